"""Pyramid: planes at half the size, and half of that, pixel for pixel over each other."""

import numpy as np
from jaxtyping import Float32


def halved_plane(plane: Float32[np.ndarray, "h w *c"]) -> Float32[np.ndarray, "h2 w2 *c"]:
    """Means of two by two pixels; an odd border is repeated, so a coarse pixel covers exactly its four children."""
    import cv2

    height, width = plane.shape[:2]
    if height % 2 or width % 2:
        plane = cv2.copyMakeBorder(plane, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return cv2.resize(plane, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)


def doubled_plane(plane: Float32[np.ndarray, "h w *c"], shape: tuple[int, int]) -> Float32[np.ndarray, "h2 w2 *c"]:
    """Twice the size by linear interpolation, cut to the finer level's shape."""
    import cv2

    size = 2 * plane.shape[1], 2 * plane.shape[0]
    return np.ascontiguousarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[: shape[0], : shape[1]])


def levels_to(shape: tuple[int, ...], longest_px: int) -> int:
    """How many halvings bring the long side to at most so many pixels."""
    side, levels = max(shape[:2]), 0
    while side > longest_px:
        side, levels = (side + 1) // 2, levels + 1
    return levels
