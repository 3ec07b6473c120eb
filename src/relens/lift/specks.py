"""Specks: what is too small to be a thing, or flies between two, takes the depth of a neighbour that looks like it."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.lift.reach import Reach
from relens.lift.surface import Cuts, Surface, find_banks, find_cuts

# How far a pixel looks for one like it.
_LOOK_PX = 2
# What was hidden among specks may be one itself.
_ROUNDS = 3


def without_specks(surface: Surface, reach: Reach) -> tuple[Surface, Cuts]:
    """The surface with every speck's pixels at the depth of that pixel nearby, of a thing, most like them in colour.

    And the discontinuities that are left in it.

    Specks are small connected regions, and pixels that cover one neighbour and are covered by another: silhouettes that
    were resized or blurred leave such pixels between the near and the far side.
    """
    cuts = find_cuts(surface, reach)
    for _ in range(_ROUNDS):
        mended = _mended(surface, cuts, reach)
        if mended is None:
            break
        surface, cuts = mended, find_cuts(mended, reach)
    return surface, cuts


def _mended(surface: Surface, cuts: Cuts, reach: Reach) -> Surface | None:
    banks = find_banks(surface, cuts, reach.parallax_px)
    flying = (banks.near > 0) & (banks.far > 0)
    speck = surface.present & (~cuts.things[cuts.regions] | flying)
    if not cuts.any() or not speck.any() or (speck == surface.present).all():
        return None
    inverse_depth = surface.inverse_depth.copy()
    known = surface.present & ~speck
    left = np.flatnonzero(speck)
    while left.size:
        found = _most_alike(surface.colour, known, left)
        told = found >= 0
        if not told.any():
            break
        inverse_depth.ravel()[left[told]] = inverse_depth.ravel()[found[told]]
        known.ravel()[left[told]] = True
        left = left[~told]
    return replace(surface, inverse_depth=inverse_depth)


def _most_alike(colour: Float32[np.ndarray, "h w 3"], known: Bool[np.ndarray, "h w"], places: np.ndarray) -> np.ndarray:
    """For each place the known place within reach that is most like it in colour, or -1."""
    height, width = known.shape
    row, column = np.divmod(places, width)
    best = np.full(len(places), np.inf)
    found = np.full(len(places), -1)
    own = _light(colour[row, column])
    for down in range(-_LOOK_PX, _LOOK_PX + 1):
        for right in range(-_LOOK_PX, _LOOK_PX + 1):
            y, x = np.clip(row + down, 0, height - 1), np.clip(column + right, 0, width - 1)
            unlike = np.where(known[y, x], ((_light(colour[y, x]) - own) ** 2).sum(axis=-1), np.inf)
            better = unlike < best
            best[better], found[better] = unlike[better], (y * width + x)[better]
    return found


def _light(colour: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Square roots tell dark colours apart as eyes do."""
    return np.sqrt(np.maximum(colour, 0))
