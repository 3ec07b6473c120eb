"""Softness: how many pixels beside a silhouette the photo's own blur mixes with the other side."""

import numpy as np

from relens.lift.surface import Cuts, Surface

# A side's own colours are read this far from the silhouette.
_SIDE_PX = 4
# A pixel counts as its side's own when less than this part of its colour is the other's.
_OWN = 0.1
_MOST_PX = 2
# Colours that differ by less (linear light) tell nothing, nor do fewer pixels than this.
_CONTRAST, _FEWEST = 0.15, 16


def silhouette_softness_px(surface: Surface, cuts: Cuts) -> int:
    """How many pixels on either side, beyond those that touch the discontinuity, share their colour with the other.

    The median over all discontinuities of where a pixel's colour lies between those of both sides, so that misplaced
    depth does not count: 0 for a sharp photo, or one without contrast there; at most 2.
    """
    foreign: list[list[np.ndarray]] = [[] for _ in range(_MOST_PX)]
    for cut, axis in ((cuts.right, 1), (cuts.down, 0)):
        row, column = cut.nonzero()
        line, along = (column, row) if axis else (row, column)
        inside = (line >= _SIDE_PX) & (line < cut.shape[axis] - 1 - _SIDE_PX)
        line, along = line[inside], along[inside]

        def colour(offset: int, line: np.ndarray = line, along: np.ndarray = along, axis: int = axis) -> np.ndarray:
            return surface.colour[along, line + offset] if axis else surface.colour[line + offset, along]

        one, other = colour(-_SIDE_PX), colour(1 + _SIDE_PX)
        across = other - one
        contrast = (across**2).sum(axis=-1)
        told = contrast > _CONTRAST**2
        for step in range(_MOST_PX):
            for own, pixel, way in ((one, colour(-1 - step), across), (other, colour(2 + step), -across)):
                foreign[step].append((((pixel - own) * way).sum(axis=-1) / np.maximum(contrast, 1e-12))[told])
    shares = [np.concatenate(parts) for parts in foreign]
    if shares[0].size < _FEWEST:
        return 0
    return next((step for step, share in enumerate(shares) if np.median(share) < _OWN), _MOST_PX)
