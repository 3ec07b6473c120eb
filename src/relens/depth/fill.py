"""Filling what is unknown: the smooth membrane through everything that is known."""

from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float32

from relens.errors import ValueRangeError

# Above this many pixels a level only polishes what the level below it solved.
_SOLVED_PX = 400_000


def push_pull(values: Float32[np.ndarray, "h w c"], weight: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w c"]:
    """Fill an image smoothly wherever its weight falls short of 1.

    The result x solves Laplace's equation softly tied to the data, x = weight·values + (1 − weight)·blur(x), with a
    free border. So constant fields stay constant, affine ones run on straight through a hole that they surround, and
    nothing leaves the range of the known values. Solved from coarse to fine by pull and push (Gortler et al., "The
    Lumigraph", 1996, section 4.3) with multigrid V-cycles on the coarse levels (Briggs, Henson, McCormick, "A Multigrid
    Tutorial").

    values: any unit; ignored, and may be NaN, where weight is 0. weight: 0 (unknown) to 1 (kept exactly).
    Raises ValueRangeError when nothing is known.
    """
    import cv2

    known = weight > 0
    if not known.any():
        raise ValueRangeError("weight", 0, "at least one pixel above 0 to fill from")
    filled = np.empty(values.shape, np.float32)
    weights = _pull_weights(np.clip(weight, 0, 1, dtype=np.float32))
    for channel in range(values.shape[2]):
        plane = np.where(known, values[..., channel], np.float32(0))
        low, high, _, _ = cv2.minMaxLoc(plane, known.astype(np.uint8))
        # The solver's remaining error may overshoot; an inverse depth must not fall below 0.
        np.clip(_fill_plane(plane, weights), low, high, out=filled[..., channel])
    return filled


def membrane(plane: Float32[np.ndarray, "h w"], known: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """One plane, kept where it is known and filled smoothly elsewhere, as `push_pull` does; NaN there is ignored.

    Raises ValueRangeError when nothing is known.
    """
    return push_pull(plane[..., None], known.astype(np.float32))[..., 0]


def _pull_weights(weight: np.ndarray) -> list[np.ndarray]:
    """The weights of every level, fine to coarse: a coarse pixel is as sure as its four children together."""
    weights = [weight]
    while max(weights[-1].shape) > 1 and weights[-1].min() < 1:
        weights.append(np.minimum(4 * _halve(weights[-1]), 1))
    return weights


def _fill_plane(plane: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    data = [plane * weights[0]]
    for fine, coarse in pairwise(weights):
        mean = np.divide(_halve(data[-1]), _halve(fine), out=np.zeros_like(coarse), where=coarse > 0)
        data.append(mean * coarse)
    keeps = [1 - weight for weight in weights]
    # The coarsest pixel (or the fully known level) is its own data, however unsure.
    x = np.divide(data[-1], weights[-1], out=np.zeros_like(data[-1]), where=weights[-1] > 0)
    for level in range(len(weights) - 2, -1, -1):
        x = _double(x, data[level].shape)
        if x.size > _SOLVED_PX:
            x = _relax(x, data[level], keeps[level], sweeps=2)
            continue
        for _ in range(3):
            x = _v_cycle(x, data[level], keeps[level:])
    return x


def _v_cycle(x: np.ndarray, data: np.ndarray, keeps: list[np.ndarray]) -> np.ndarray:
    """One multigrid cycle towards the solution of x = data + keep·blur(x)."""
    keep = keeps[0]
    if len(keeps) == 1 or max(x.shape) <= 4:
        return _relax(x, data, keep, sweeps=16)
    x = _relax(x, data, keep, sweeps=2)
    residual = _relax(x, data, keep, sweeps=1) - x
    # The blur of a grid twice as coarse reaches four times as far, so the residual counts fourfold there.
    drive = np.divide(residual, keep, out=np.zeros_like(x), where=keep > 1e-3)
    drive = 4 * _halve(drive) * keeps[1]
    x = x + keep * _double(_v_cycle(np.zeros_like(drive), drive, keeps[1:]), x.shape)
    return _relax(x, data, keep, sweeps=2)


def _relax(x: np.ndarray, data: np.ndarray, keep: np.ndarray, sweeps: int) -> np.ndarray:
    import cv2

    for _ in range(sweeps):
        x = cv2.GaussianBlur(x, (3, 3), 0, borderType=cv2.BORDER_REPLICATE)
        x *= keep
        x += data
    return x


def _halve(plane: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels; beyond an odd border there is nothing (zero)."""
    import cv2

    height, width = plane.shape
    if height % 2 or width % 2:
        plane = cv2.copyMakeBorder(plane, 0, height % 2, 0, width % 2, cv2.BORDER_CONSTANT, value=0)
    return cv2.resize(plane, (plane.shape[1] // 2, plane.shape[0] // 2), interpolation=cv2.INTER_AREA)


def _double(plane: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Bilinear, pixel centres at +0.5, cropped to the finer level's shape."""
    import cv2

    double = cv2.resize(plane, (2 * plane.shape[1], 2 * plane.shape[0]), interpolation=cv2.INTER_LINEAR)
    return double[: shape[0], : shape[1]]
