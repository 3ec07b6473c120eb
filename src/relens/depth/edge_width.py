"""How soft a depth map is at silhouettes, measured by blurring it once more."""

import numpy as np
from jaxtyping import Float32

# A silhouette is nearer than what is behind it by this ratio, and by this much (1/m).
EDGE_RATIO = 0.1
EDGE_PER_M = 0.02
# The blur added, as a standard deviation. Much softer edges show on a coarser grid.
_ADDED_PX = 1.0
# An edge stands out from the slopes around it this many times.
_PEAK = 2.0
_AROUND_PX = 13
_FEWEST = 16
_SMALLEST_PX = 32


def measure_edge_width_px(inverse: Float32[np.ndarray, "h w"]) -> float:
    """Over how many of its own pixels a map ramps at silhouettes: twice the standard deviation of its blur.

    That is where a blurred step goes from 16 to 84 %. A step from one pixel to the next measures between 0 and 1. The
    median over all silhouettes; 0 for a map without any. One more blur flattens an edge the more the sharper it is,
    whatever its height: from the steepest slopes g before and after a blur by s, the width is 2·s / sqrt((g0/g1)² − 1)
    (Zhuo and Sim, "Defocus map estimation from a single image", Pattern Recognition 44, 2011, section 3).

    inverse: 1/m of any scale; NaN is unknown and takes no part.
    """
    import cv2

    unit_px, best = 1.0, (0, 0.0)
    while min(inverse.shape) >= _SMALLEST_PX:
        widths_px = _widths_px(inverse)
        # A grid twice as coarse has half as many pixels along the same silhouettes, unless it alone can see them.
        if widths_px.size >= max(_FEWEST, best[0]):
            best = (widths_px.size, unit_px * float(np.median(widths_px)))
        inverse, unit_px = cv2.resize(inverse, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 2 * unit_px
    return best[1]


def _widths_px(inverse: np.ndarray) -> np.ndarray:
    """The width at every pixel that is the steepest of its silhouette."""
    import cv2

    known = ~np.isnan(inverse)
    plane = np.where(known, inverse, np.float32(0))
    box = np.ones((5, 5), np.uint8)
    # The blur's whole reach has to be known.
    whole = cv2.erode(known.astype(np.uint8), np.ones((9, 9), np.uint8), borderValue=0) > 0
    slope = _slope(plane)
    blurred = _slope(cv2.GaussianBlur(plane, (0, 0), _ADDED_PX, borderType=cv2.BORDER_REPLICATE))
    steepest = cv2.dilate(blurred, np.ones((3, 3), np.uint8))
    near, far = cv2.dilate(plane, box), cv2.erode(plane, box)
    edge = whole & is_edge(near - far, far) & (blurred >= steepest)
    edge &= blurred > _PEAK * cv2.blur(blurred, (_AROUND_PX, _AROUND_PX))
    before, after = cv2.dilate(slope, np.ones((3, 3), np.uint8))[edge], blurred[edge]
    excess = (before / np.maximum(after, 1e-12)) ** 2 - 1
    return 2 * _ADDED_PX / np.sqrt(np.maximum(excess, 1e-3))


def is_edge(step: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Whether a step of inverse depth, from what is far, is a silhouette rather than relief."""
    return (step > EDGE_PER_M) & (step > EDGE_RATIO * far)


def _slope(plane: np.ndarray) -> np.ndarray:
    """Length of the gradient, per pixel, from differences of neighbours, so that a step keeps its height."""
    across = np.diff(plane, axis=1, append=plane[:, -1:])
    down = np.diff(plane, axis=0, append=plane[-1:])
    return np.sqrt(across**2 + down**2)
