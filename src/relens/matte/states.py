"""States: what is settled about every pixel, and the one-way door from unknown to known."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8

BACKGROUND, FOREGROUND, UNKNOWN = np.uint8(0), np.uint8(1), np.uint8(2)

# A pixel is settled when it and the eight around it are within this much of one side.
_SETTLED = 0.02


def from_mask(
    mask: Float32[np.ndarray, "h w"], low: float = 0.05, high: float = 0.95, margin_px: int = 0
) -> UInt8[np.ndarray, "h w"]:
    """States of a mask: foreground above `high`, background under `low`, unknown between and `margin_px` around."""
    unknown = dilated((mask > low) & (mask < high), margin_px)
    # Where a hard mask jumps from one side to the other there is nothing between; the margin lies around the jump.
    inside = mask >= (low + high) / 2
    unknown |= dilated(inside, margin_px) & dilated(~inside, margin_px)
    return np.where(unknown, UNKNOWN, inside.astype(np.uint8)).astype(np.uint8)


def promote(
    states: UInt8[np.ndarray, "h w"], alpha: Float32[np.ndarray, "h w"], confidence: Bool[np.ndarray, "h w"]
) -> UInt8[np.ndarray, "h w"]:
    """States in which confident unknown pixels have joined the side that alpha is nearer to; no known one changes.

    Source: Mask2Alpha (arXiv 2502.17093), the confident pixels of its iterative refinement.
    """
    return np.where((states == UNKNOWN) & confidence, (alpha >= 0.5).astype(np.uint8), states).astype(np.uint8)


def settled(alpha: Float32[np.ndarray, "h w"], within: float = _SETTLED) -> Bool[np.ndarray, "h w"]:
    """Where alpha and its eight neighbours are all 0 or all 1, to `within`."""
    import cv2

    window = np.ones((3, 3), np.uint8)
    return (cv2.dilate(alpha, window) < within) | (cv2.erode(alpha, window) > 1 - within)


def trimap(states: UInt8[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """0 background, 0.5 unknown, 1 foreground: what matting networks and solvers read."""
    return np.array([0, 1, 0.5], np.float32)[states]


def halved(states: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h2 w2"]:
    """Two by two pixels as one: known where all of them are, and agree. An odd border is repeated."""
    height, width = states.shape
    even = np.pad(states, ((0, height % 2), (0, width % 2)), mode="edge")
    corners = even[::2, ::2], even[1::2, ::2], even[::2, 1::2], even[1::2, 1::2]
    agree = (corners[0] == corners[1]) & (corners[0] == corners[2]) & (corners[0] == corners[3])
    return np.where(agree, corners[0], UNKNOWN)


def doubled(states: UInt8[np.ndarray, "h w"], shape: tuple[int, int]) -> UInt8[np.ndarray, "h2 w2"]:
    """Every pixel as two by two, cut to the finer level's shape: what is settled stays settled in its children."""
    return states.repeat(2, axis=0).repeat(2, axis=1)[: shape[0], : shape[1]]


def dilated(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    """The mask and everything within a disc's radius of it."""
    import cv2

    if radius_px <= 0:
        return mask.copy()
    size = 2 * radius_px + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.dilate(mask.astype(np.uint8), disc, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
