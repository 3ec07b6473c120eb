"""Specks: regions of the depth map too small to be things take the depth of a neighbour that looks like them."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.lift.reach import Reach
from relens.lift.surface import Surface, find_cuts

# Fewer connected pixels than this are noise, or pixels flying between two surfaces.
SPECK_PX = 24
_LOOK_PX = 2


def without_specks(surface: Surface, reach: Reach) -> Surface:
    """The surface with every speck's pixels at the depth of the pixel within two, of a thing, most like it in colour."""
    cuts = find_cuts(surface, reach)
    if not cuts.any():
        return surface
    size = np.bincount(cuts.regions.ravel(), minlength=cuts.count + 1)
    speck = surface.present & (size < SPECK_PX)[cuts.regions]
    if not speck.any() or (speck == surface.present).all():
        return surface
    inverse_depth = surface.inverse_depth.copy()
    # Square roots tell dark colours apart as eyes do.
    light = np.sqrt(np.maximum(surface.colour, 0))
    known = surface.present & ~speck
    left = np.flatnonzero(speck)
    while left.size:
        found = _most_alike(light, known, left)
        told = found >= 0
        if not told.any():
            break
        inverse_depth.ravel()[left[told]] = inverse_depth.ravel()[found[told]]
        known.ravel()[left[told]] = True
        left = left[~told]
    return Surface(surface.colour, inverse_depth, surface.present)


def _most_alike(light: Float32[np.ndarray, "h w 3"], known: Bool[np.ndarray, "h w"], places: np.ndarray) -> np.ndarray:
    """For each place the known place within reach that is most like it in colour, or -1."""
    height, width = known.shape
    row, column = np.divmod(places, width)
    best = np.full(len(places), np.inf)
    found = np.full(len(places), -1)
    own = light[row, column]
    for down in range(-_LOOK_PX, _LOOK_PX + 1):
        for right in range(-_LOOK_PX, _LOOK_PX + 1):
            y, x = np.clip(row + down, 0, height - 1), np.clip(column + right, 0, width - 1)
            unlike = np.where(known[y, x], ((light[y, x] - own) ** 2).sum(axis=-1), np.inf)
            better = unlike < best
            best[better], found[better] = unlike[better], (y * width + x)[better]
    return found
