"""Geodesic: how far every pixel is from a set of pixels, along the cheapest path across the picture's steps."""

import numba
import numpy as np

_MOST_SWEEPS = 64


def geodesic(start: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """The least sum of a start and of the steps that lead on from it.

    Source: Criminisi et al., "GeoS: Geodesic Image Segmentation", ECCV 2008 (raster sweeps to and fro).

    start: (h, w) float32, 0 at the set, inf elsewhere. across: (h, w - 1) the cost of the step from each pixel to its
    right neighbour; down: (h - 1, w) to the one below; more than 0.
    """
    distance = np.ascontiguousarray(start, np.float32).copy()
    for _ in range(_MOST_SWEEPS):
        if not _sweep(distance, across, down):
            break
    return distance


@numba.njit(cache=True)
def _sweep(distance, across, down):
    """One pass down and one up, each row both ways; tells whether anything became nearer."""
    height, width = distance.shape
    changed = False
    for turn in range(2 * height):
        i = turn if turn < height else 2 * height - 1 - turn
        step = -1 if turn < height else 1
        if 0 <= i + step < height:
            edge = min(i, i + step)
            for j in range(width):
                nearer = distance[i + step, j] + down[edge, j]
                if nearer < distance[i, j]:
                    distance[i, j] = nearer
                    changed = True
        for j in range(1, width):
            nearer = distance[i, j - 1] + across[i, j - 1]
            if nearer < distance[i, j]:
                distance[i, j] = nearer
                changed = True
        for j in range(width - 2, -1, -1):
            nearer = distance[i, j + 1] + across[i, j]
            if nearer < distance[i, j]:
                distance[i, j] = nearer
                changed = True
    return changed
