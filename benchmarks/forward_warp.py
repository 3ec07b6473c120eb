"""Forward warping of a left view into the right one of a rectified pair, and what each right pixel is known by."""

import numpy as np
from numba import njit
from scipy.ndimage import distance_transform_edt

# Neighbours whose disparities differ by more are two surfaces.
_MOST_STEP_PX = 1.0
# A narrower hole is a crack between samples of one surface.
_LEAST_HOLE_PX = 2

CLASSES = ("visible", "disoccluded", "outside", "unmeasured", "crack")
VISIBLE, DISOCCLUDED, OUTSIDE, UNMEASURED, CRACK = range(5)


def warp(disparity_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The left view seen from the right: disparity and left column (px, centres at + 0.5) at every right pixel centre.

    Surfaces are straight between neighbours of a row, the nearest wins, and NaN stays where no left pixel lands.
    """
    return _warp(np.ascontiguousarray(disparity_px, np.float64))


@njit(cache=True)
def _warp(disparity_px):  # pragma: no cover
    height, width = disparity_px.shape
    nearest = np.full((height, width), np.nan)
    source = np.full((height, width), np.nan)
    for row in range(height):
        for column in range(width):
            d = disparity_px[row, column]
            if np.isnan(d):
                continue
            # Half a pixel to either side: straight to the neighbour's middle where it is the same surface, else flat.
            for side in (-1, 1):
                other = column + side
                rise = 0.0
                if 0 <= other < width:
                    step = disparity_px[row, other] - d
                    if abs(step) <= _MOST_STEP_PX:  # False for NaN
                        rise = step * side
                # Left column column + 0.5 + u, u from 0 to side / 2, has disparity d + rise u.
                slope = 1.0 - rise
                if slope <= 0:
                    continue  # seen from behind
                start = column + 0.5 - d
                end = start + 0.5 * side * slope
                for place in range(int(np.ceil(min(start, end) - 0.5)), int(np.ceil(max(start, end) - 0.5))):
                    if 0 <= place < width:
                        u = (place + 0.5 - start) / slope
                        near = d + rise * u
                        if not nearest[row, place] >= near:
                            nearest[row, place] = near
                            source[row, place] = column + 0.5 + u
    return nearest, source


def pulled(left: np.ndarray, source_column: np.ndarray) -> np.ndarray:
    """Colours of the left view at the columns that `warp` gives, linear between pixels; NaN where there is none."""
    height, width = source_column.shape
    known = np.isfinite(source_column)
    place = np.clip(np.where(known, source_column, 0.5) - 0.5, 0, width - 1)
    first = np.minimum(place.astype(int), width - 2)
    part = (place - first)[..., None]
    row = np.arange(height)[:, None]
    return np.where(known[..., None], (1 - part) * left[row, first] + part * left[row, first + 1], np.nan)


def filled_nearest(seen: np.ndarray) -> np.ndarray:
    """Holes (NaN) take the colour of the nearest pixel that has one."""
    holes = np.isnan(seen).any(axis=-1)
    at = np.asarray(distance_transform_edt(holes, return_distances=False, return_indices=True))
    return seen[at[0], at[1]]


def filled_from_behind(seen: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """Holes (NaN) take the end of their row's hole that lies farther away, as what comes into view does."""
    filled = seen.copy()
    for row, first, last in _runs(np.isnan(nearest)):
        before = nearest[row, first - 1] if first > 0 else np.inf
        after = nearest[row, last] if last < nearest.shape[1] else np.inf
        if min(before, after) < np.inf:
            filled[row, first:last] = seen[row, first - 1 if before < after else last]
    return filled


def classes(disparity_px: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """What each right pixel is known by: an index into CLASSES.

    A hole is *outside* where the farther surface beside it would have been left of nothing: beyond the left view's
    frame. It is *unmeasured* where left pixels without disparity may land, at the disparity of either end of their
    run. The rest is *disoccluded*, but for cracks narrower than 2 px.
    """
    height, width = nearest.shape
    kind = np.full((height, width), VISIBLE)
    for row, first, last in _runs(np.isnan(nearest)):
        kind[row, first:last] = DISOCCLUDED if last - first >= _LEAST_HOLE_PX else CRACK
        ends = [nearest[row, place] for place in (first - 1, last) if 0 <= place < width]
        if ends and last - first >= _LEAST_HOLE_PX:
            beyond = np.arange(first, last) + 0.5 + min(ends) > width
            kind[row, first:last][beyond] = OUTSIDE
    for row, first, last in _runs(np.isnan(disparity_px)):
        for end in (first - 1, last):
            if 0 <= end < width:
                shift = disparity_px[row, end]
                span = slice(max(int(np.floor(first - shift)), 0), max(int(np.ceil(last - shift)), 0))
                there = kind[row, span]
                there[there == DISOCCLUDED] = UNMEASURED
    return kind


def _runs(mask: np.ndarray) -> list[tuple[int, int, int]]:
    """(row, first column, column after the last) of every run of a mask along its rows."""
    change = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, first = np.nonzero(change == 1)
    _, last = np.nonzero(change == -1)
    return [(int(r), int(a), int(b)) for r, a, b in zip(rows, first, last, strict=True)]
