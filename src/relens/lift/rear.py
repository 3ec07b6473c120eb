"""Rear: what is behind a peeled layer, continued underneath it, each surface from its own pixels only.

Along a silhouette several surfaces may end: a wall, a ball before the wall. The hidden pixels are shared out among
them: each pixel goes to the surface whose bank is nearest, but a surface that stands before another beside it closes
like a disc on its visible width, so that the farther one runs on behind it too, as it does in the world.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from relens.lift.inpainter import Inpainter
from relens.lift.planes import planes
from relens.lift.surface import Banks, Cuts, Surface, grow

# How much of a surface beside its bank it is continued from, in the parallax hidden there, and at least and at most.
_SOURCE_REACH, _LEAST_SOURCE_PX, _MOST_SOURCE_PX = 3.0, 32.0, 192.0
# Parallax between surfaces that stand apart, as in a cut.
_APART_PX = 2.0
# What is hidden keeps this much parallax from what hides it: less than a cut.
_CLEAR_PX = 1.0
# Surfaces along a silhouette are told apart at so many distances.
_DISTANCE_LEVELS = 6
# Sweeps that smooth the nearest pixels' values into a membrane.
_SWEEPS = 80


@dataclass(frozen=True)
class Rear:
    """What is behind: straight colour and inverse depth over the whole grid, and where they were continued.

    Attributes:
        colour: (h, w, 3) linear light.
        inverse_depth: (h, w) 1/m.
        beside: (h, w) the pixels, in sight, of the surfaces that were continued.
    """

    colour: Float32[np.ndarray, "h w 3"]
    inverse_depth: Float32[np.ndarray, "h w"]
    beside: Bool[np.ndarray, "h w"]


def continue_rear(
    surface: Surface,
    cuts: Cuts,
    banks: Banks,
    hidden: Bool[np.ndarray, "h w"],
    near: Bool[np.ndarray, "h w"],
    mixed: Bool[np.ndarray, "h w"],
    parallax_px: float,
    inpainter: Inpainter,
) -> Rear | None:
    """The surfaces at the far side of `near`, continued underneath it; None when none of them is left.

    hidden: the part of near that views may look under. near: what is taken off. mixed: pixels whose colour is not one
    side's own; they are continued over too, but their depth is known. `parallax_px` is the widest view's parallax per
    unit of inverse depth.
    """
    from relens.lift.regions import regions

    far = (banks.far > 0) & ~near
    if not far.any():
        return None
    source_px = np.clip(_SOURCE_REACH * banks.far, _LEAST_SOURCE_PX, _MOST_SOURCE_PX, dtype=np.float32)
    zone = (grow(cuts, np.where(far, source_px, np.float32(0))) > 0) & ~near
    parallax = surface.inverse_depth * np.float32(parallax_px)
    sources, _ = regions(zone, cuts.right, cuts.down, parallax, np.float32(_APART_PX))
    wanted = hidden | (mixed & zone)
    if not (zone & ~mixed).any():
        return None
    owner = _owners(far, near, parallax)
    shares = np.where(wanted | zone, sources.ravel()[owner], 0)
    pure = zone & ~mixed
    smooth = _membrane(surface.colour, pure, wanted, shares, owner)
    colour = inpainter(smooth, np.where(pure, sources, 0), np.where(wanted & ~mixed, shares, 0))
    plane = planes(surface.inverse_depth, sources, shares)
    rest = _membrane((surface.inverse_depth - plane)[..., None], zone, hidden, shares, owner)[..., 0]
    inverse_depth = surface.inverse_depth.copy()
    # What is hidden stays clear of what hides it, and no surface lies beyond infinity.
    ceiling = surface.inverse_depth[hidden] - np.float32(_CLEAR_PX / parallax_px)
    inverse_depth[hidden] = np.maximum(np.minimum((plane + rest)[hidden], ceiling), 0)
    return Rear(colour, inverse_depth, zone)


def nearest(seeds: Bool[np.ndarray, "h w"]) -> tuple[Float32[np.ndarray, "h w"], np.ndarray]:
    """Distance to the nearest seed in pixels, and its place in the raveled grid."""
    import cv2

    distance_px, labels = cv2.distanceTransformWithLabels(
        (~seeds).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.flatnonzero(seeds)
    labels = np.asarray(labels, np.int32)
    place_of = np.zeros(len(places) + 1, np.int32)
    place_of[labels.ravel()[places]] = places
    return np.asarray(distance_px, np.float32), place_of[labels]


def _owners(
    far: Bool[np.ndarray, "h w"], near: Bool[np.ndarray, "h w"], parallax: Float32[np.ndarray, "h w"]
) -> Int64[np.ndarray, "h w"]:
    """The place of the bank pixel whose surface continues at every pixel of `near`; elsewhere the pixel itself."""
    distance_px, owner = nearest(far)
    height = parallax.ravel()[owner]
    levels = np.unique(np.quantile(parallax[far], np.linspace(0, 1, _DISTANCE_LEVELS + 1)[1:-1]))
    # From near to far: whoever stands before something farther beside it reaches no deeper than it is wide.
    for level in levels[::-1]:
        farther = far & (parallax < level - _APART_PX)
        if not farther.any():
            continue
        beyond_px, beyond = nearest(farther)
        closed = (height >= level) & (distance_px > beyond_px.ravel()[owner])
        owner = np.where(closed, beyond, owner)
        height = np.where(closed, parallax.ravel()[beyond], height)
        distance_px = np.where(closed, beyond_px, distance_px)
    return np.where(near, owner, np.arange(owner.size).reshape(owner.shape))


def _membrane(
    values: Float32[np.ndarray, "h w c"],
    known: Bool[np.ndarray, "h w"],
    wanted: Bool[np.ndarray, "h w"],
    shares: Int32[np.ndarray, "h w"],
    owner: Int64[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w c"]:
    """Values continued smoothly over the wanted pixels, never from one share into another."""
    from relens.lift.relax import relax

    height, width = wanted.shape
    filled = values.copy()
    places = np.flatnonzero(wanted)
    row, column = np.divmod(places, width)
    filled[wanted] = values.reshape(-1, values.shape[-1])[nearest(known)[1].ravel()[owner[wanted]]]
    links = np.full((len(places), 4), -1, np.int64)
    open_to = (known | wanted).ravel()
    for side, (inside, step) in enumerate(
        ((column > 0, -1), (column < width - 1, 1), (row > 0, -width), (row < height - 1, width))
    ):
        neighbour = np.where(inside, places + step, places)
        joined = inside & open_to[neighbour] & (shares.ravel()[neighbour] == shares.ravel()[places])
        links[joined, side] = neighbour[joined]
    relax(filled.reshape(-1, values.shape[-1]), places, links, _SWEEPS)
    return np.maximum(filled, values.min(axis=(0, 1)))
