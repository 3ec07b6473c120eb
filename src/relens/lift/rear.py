"""Rear: what is behind a peeled layer, continued underneath it, each surface from its own pixels only.

Along a silhouette several surfaces may end: a wall, a ball before the wall. The hidden pixels are shared out among
them: each pixel goes to the surface whose bank is nearest, but a surface that stands before another beside it closes
like a disc on its visible width, so that the farther one runs on behind it too, as it does in the world.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32

from relens.depth.fill import membrane, push_pull
from relens.lift.surface import Banks, Cuts, Surface, grow

# How much of a surface beside its bank it is continued from, in the parallax hidden there, and at least and at most.
_SOURCE_REACH, _LEAST_SOURCE_PX, _MOST_SOURCE_PX = 2.0, 8.0, 96.0
# Parallax between surfaces that stand apart, as in a cut.
_APART_PX = 2.0
# Smaller shares are too small for more than their nearest pixel's value.
_SMALL_PX = 64
_DISTANCE_LEVELS = 6


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
    near: Bool[np.ndarray, "h w"],
    mixed: Bool[np.ndarray, "h w"],
    parallax_px: float,
) -> Rear | None:
    """The surfaces at the far side of `near`, continued underneath it; None when none of them is left.

    near: what is taken off. mixed: pixels whose colour is not one side's own; they are continued over too, but their
    depth is known. `parallax_px` is the widest view's parallax per unit of inverse depth.
    """
    from relens.lift.regions import regions

    far = (banks.far > 0) & ~near
    if not far.any():
        return None
    source_px = np.clip(_SOURCE_REACH * banks.far, _LEAST_SOURCE_PX, _MOST_SOURCE_PX, dtype=np.float32)
    zone = (grow(cuts, np.where(far, source_px, np.float32(0))) > 0) & ~near
    parallax = surface.inverse_depth * np.float32(parallax_px)
    sources, count = regions(zone, cuts.right, cuts.down, parallax, np.float32(_APART_PX))
    wanted = near | (mixed & zone)
    shares = np.where(wanted, _shared_out(sources, far, near, parallax), 0)
    colour, inverse_depth = surface.colour.copy(), surface.inverse_depth.copy()
    _copy_nearest(colour, zone & ~mixed, wanted)
    _copy_nearest(inverse_depth, far, near)
    for number, window in _windows(shares, sources, count):
        own, share = sources[window] == number, shares[window] == number
        sure = own & ~mixed[window]
        if not sure.any():
            continue
        filled = push_pull(surface.colour[window], sure.astype(np.float32))
        colour[window][share] = filled[share]
        hidden = share & near[window]
        inverse_depth[window][hidden] = _continued_plane(surface.inverse_depth[window], own)[hidden]
    # What is behind stays clear of what is before it, and no surface lies beyond infinity.
    ceiling = surface.inverse_depth[near] - np.float32(_APART_PX / parallax_px)
    inverse_depth[near] = np.maximum(np.minimum(inverse_depth[near], ceiling), 0)
    return Rear(colour, inverse_depth, zone)


def _shared_out(
    sources: Int32[np.ndarray, "h w"],
    far: Bool[np.ndarray, "h w"],
    near: Bool[np.ndarray, "h w"],
    parallax: Float32[np.ndarray, "h w"],
) -> Int32[np.ndarray, "h w"]:
    """Which surface every pixel belongs to: its own, and for hidden ones that of a bank pixel nearby."""
    distance_px, nearest = _nearest(far)
    owner = nearest
    height = parallax.ravel()[nearest]
    levels = np.unique(np.quantile(parallax[far], np.linspace(0, 1, _DISTANCE_LEVELS + 1)[1:-1]))
    # From near to far: whoever stands before something farther beside it reaches no deeper than it is wide.
    for level in levels[::-1]:
        farther = far & (parallax < level - _APART_PX)
        if not farther.any():
            continue
        beyond_px, beyond = _nearest(farther)
        closed = (height >= level) & (distance_px > beyond_px.ravel()[owner])
        owner = np.where(closed, beyond, owner)
        height = np.where(closed, parallax.ravel()[beyond], height)
        distance_px = np.where(closed, beyond_px, distance_px)
    return np.where(near, sources.ravel()[owner], sources)


def _nearest(seeds: Bool[np.ndarray, "h w"]) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the nearest seed in pixels, and its place in the raveled grid."""
    import cv2

    distance_px, labels = cv2.distanceTransformWithLabels(
        (~seeds).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.flatnonzero(seeds)
    place_of = np.zeros(len(places) + 1, np.int64)
    place_of[labels.ravel()[places]] = places
    return distance_px, place_of[labels]


def _copy_nearest(image: np.ndarray, known: Bool[np.ndarray, "h w"], wanted: Bool[np.ndarray, "h w"]) -> None:
    if known.any():
        places = _nearest(known)[1][wanted]
        image[wanted] = image.reshape(-1, *image.shape[2:])[places]


def _windows(
    shares: Int32[np.ndarray, "h w"], sources: Int32[np.ndarray, "h w"], count: int
) -> list[tuple[int, tuple[slice, slice]]]:
    """Every share worth filling: its number, and the window around it that holds the sources beside it."""
    import cv2

    sizes = np.bincount(shares.ravel(), minlength=count + 1)
    found = []
    for number in np.flatnonzero(sizes[1:] >= _SMALL_PX) + 1:
        left, top, width, height = cv2.boundingRect((shares == number).astype(np.uint8))
        room = int(min(_MOST_SOURCE_PX, max(width, height) + _LEAST_SOURCE_PX))
        rows = slice(max(0, top - room), min(shares.shape[0], top + height + room))
        columns = slice(max(0, left - room), min(shares.shape[1], left + width + room))
        found.append((int(number), (rows, columns)))
    return found


def _continued_plane(inverse_depth: Float32[np.ndarray, "h w"], own: Bool[np.ndarray, "h w"]) -> np.ndarray:
    """Inverse depth continued from a surface's own pixels: the plane through them, and smoothly what is left of them.

    A plane of the world is a plane in inverse depth over the picture. As little of its slope is kept as it explains.
    """
    row, column = own.nonzero()
    values = inverse_depth[own].astype(np.float64)
    middle = np.array([row.mean(), column.mean(), values.mean()])
    spread = np.column_stack([row, column]) - middle[:2]
    slope = np.linalg.lstsq(spread, values - middle[2], rcond=None)[0]
    explained, total = np.var(spread @ slope), np.var(values)
    slope *= explained / total if total > 0 else 0
    grid = np.ogrid[: own.shape[0], : own.shape[1]]
    plane = (middle[2] + slope[0] * (grid[0] - middle[0]) + slope[1] * (grid[1] - middle[1])).astype(np.float32)
    return plane + membrane(inverse_depth - plane, own)
