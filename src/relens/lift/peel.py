"""Peel: take the nearest things off a surface as a layer, and continue what is behind them.

Connected surfaces come off whole, those first that nothing else covers. Where a surface covers a part of itself (a nose
before a cheek), the covered part stays for the next peel. What is behind is continued exactly as far as the widest
view can look underneath, which is the step's parallax. What is left can be peeled again.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.lift.front import front_colour
from relens.lift.inpaint import inpaint
from relens.lift.inpainter import Inpainter
from relens.lift.reach import Reach
from relens.lift.rear import continue_rear, nearest
from relens.lift.surface import Banks, Cuts, Surface, Window, find_banks, grow, least_thing_px
from relens.matte.blend import edge_alpha, split_exactly

# Room beyond the computed reach for bilinear reads and prefiltered edges.
_SPARE_PX = np.float32(6)
# A sheet reaches so much over what stays behind, at least: reads between pixels would pass between the two.
LEAST_OVERLAP_PX = 5
# Room around the discontinuities beyond what they hide: for what is continued, and for filters.
_ROOM_PX = 120
# A discontinuity within one surface claims the pixels around it this far, times its squared step in parallax.
_CLAIM = np.float32(4)
# A surface is free of others if they cover no more than this part of its silhouette.
_FREE = 0.02


@dataclass(frozen=True)
class Sheet:
    """A layer before it gets its name and border: straight colour, alpha and inverse depth on the photo's grid."""

    colour: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"]

    def between(self, floor: Float32[np.ndarray, "h w"], ceiling: Float32[np.ndarray, "h w"]) -> "Sheet":
        """The sheet, nowhere farther than a floor of inverse depth and nowhere nearer than a ceiling."""
        return replace(self, inverse_depth=np.minimum(np.maximum(self.inverse_depth, floor), ceiling))

    def sharing(self, matte: Float32[np.ndarray, "h w"], covered: Float32[np.ndarray, "h w"]) -> "Sheet":
        """The sheet within a matte of which others, before it, have covered a part already.

        What the matte shares with what is behind it is shown once: sheets over one another cover as much as the matte
        alone. What it covers wholly goes on underneath, for views from beside.
        """
        left = np.where(matte < 1, np.maximum(matte - covered, 0) / np.maximum(1 - covered, 1e-6), 1)
        return replace(self, alpha=self.alpha * left)


def peel(
    surface: Surface,
    cuts: Cuts,
    reach: Reach,
    softness_px: int = 0,
    inpainter: Inpainter = inpaint,
    overlap_px: float = LEAST_OVERLAP_PX,
) -> tuple[Sheet, Surface] | None:
    """The nearest things as a sheet and the surface behind; None when there is no discontinuity to peel.

    cuts: the surface's. softness_px: how many pixels beside those at a silhouette mix both sides' colours. overlap_px:
    how far the sheet reaches over what stays behind where one surface goes on in the other, so that light does not leak
    between their ends.
    """
    if not cuts.any():
        return None
    banks = find_banks(surface, cuts, reach.parallax_px)
    near = _nearest_things(cuts, banks, surface)
    if not near.any():
        return None
    cover = _covered(cuts, near, banks, overlap_px)
    window = _around((banks.near > 0) & near, float(banks.near[near].max()) + _ROOM_PX)
    parts = surface.cropped(window), cuts.cropped(window), banks.cropped(window)
    taken = _taken_apart(*parts, near[window], cover[window], softness_px, reach.parallax_px, inpainter)
    if taken is None:
        return None
    front, behind = taken
    sheet = Sheet(surface.colour.copy(), cover.astype(np.float32), surface.inverse_depth.ravel()[nearest(cover)[1]])
    sheet.colour[window], sheet.alpha[window] = front.colour, front.alpha
    gone = surface.present & ~near, surface.shown & ~near
    rest = Surface(surface.colour.copy(), surface.inverse_depth.copy(), *gone, surface.picture_px)
    rest.colour[window], rest.inverse_depth[window] = behind.colour, behind.inverse_depth
    rest.present[window] = behind.present
    return sheet, rest


def _taken_apart(
    surface: Surface,
    cuts: Cuts,
    banks: Banks,
    near: Bool[np.ndarray, "h w"],
    cover: Bool[np.ndarray, "h w"],
    softness_px: int,
    parallax_px: float,
    inpainter: Inpainter,
) -> tuple[Sheet, Surface] | None:
    """The near things and what is behind them, each with its own colours; what is behind comes from its own side."""
    at_edge = (near & (banks.near > 0)) | (_dilated(near, 1) & ~near & (banks.far > 0))
    mixed = _dilated(at_edge, softness_px) & surface.present
    seen = grow(cuts, np.where(near & (banks.near > 0), banks.near + _SPARE_PX, 0)) > 0
    rear = continue_rear(surface, cuts, banks, near & seen, near, mixed, parallax_px, inpainter)
    if rear is None:
        return None
    mixed &= near | rear.beside
    front = front_colour(surface.colour, rear.colour, cover & ~mixed, mixed, near)
    alpha = cover.astype(np.float32)
    prior = np.where(near, np.float32(0.85), np.float32(0.15))
    alpha[mixed] = edge_alpha(surface.colour[mixed], front[mixed], rear.colour[mixed], prior[mixed])
    rear_colour = rear.colour
    front[mixed], rear_colour[mixed] = split_exactly(
        surface.colour[mixed], alpha[mixed], front[mixed], rear_colour[mixed]
    )
    left = surface.present & (seen | ~near), surface.shown & ~near
    behind = Surface(rear_colour, rear.inverse_depth, *left, surface.picture_px)
    return Sheet(front, alpha, surface.inverse_depth), behind


def _covered(cuts: Cuts, near: Bool[np.ndarray, "h w"], banks: Banks, overlap_px: float) -> Bool[np.ndarray, "h w"]:
    """The near things and as much of what stays behind as they reach over, wide only where nothing else is near.

    Around the end of a discontinuity one sheet would hold both its sides, and stretch between them.
    """
    least, wide = (grow(cuts, np.where(near, np.float32(px), 0)) > 0 for px in (LEAST_OVERLAP_PX, overlap_px))
    return least | (wide & ~_dilated((banks.near > 0) | (banks.far > 0), LEAST_OVERLAP_PX))


def _around(mask: Bool[np.ndarray, "h w"], room_px: float) -> Window:
    """The window that holds a mask with room on all sides."""
    import cv2

    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    room = int(room_px)
    return slice(max(0, top - room), top + height + room), slice(max(0, left - room), left + width + room)


def _nearest_things(cuts: Cuts, banks: Banks, surface: Surface) -> Bool[np.ndarray, "h w"]:
    """The surfaces that cover others and that no other covers, but for what they cover of themselves.

    When only surfaces are left that cover parts of themselves, it is those parts that belong rather to the near side of
    a discontinuity than to the far side of another, the higher the step the farther around it.
    """
    edges = (banks.near > banks.near_own, banks.far > banks.far_own)
    near_others, far_others = (np.bincount(cuts.regions[edge], minlength=cuts.count + 1) for edge in edges)
    covering = cuts.things & (near_others > 0)
    if covering.any():
        covered = far_others / np.maximum(near_others, 1)
        free = covering & (covered <= max(_FREE, covered[covering].min()))
        taken = free[cuts.regions]
        if (banks.far_own[taken] > 0).any():
            near_px, far_px = (np.where(bank > 0, bank + _SPARE_PX, 0) for bank in (banks.near_own, banks.far_own))
            taken &= grow(cuts, near_px) >= grow(cuts, far_px)
        return taken
    if not banks.near_own.any():
        return np.zeros(cuts.regions.shape, bool)
    own_near = grow(cuts, _CLAIM * banks.near_own**2) > grow(cuts, _CLAIM * banks.far_own**2)
    return _without_specks(own_near & cuts.things[cuts.regions], surface)


def _without_specks(mask: Bool[np.ndarray, "h w"], surface: Surface) -> Bool[np.ndarray, "h w"]:
    """The mask without connected regions of which the photo shows too little for a thing of the scene."""
    import cv2

    count, numbers = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    labels = np.asarray(numbers, np.intp)
    large = np.bincount(labels[surface.shown], minlength=count) >= least_thing_px(surface.picture_px)
    large[0] = False
    return large[labels]


def _dilated(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    import cv2

    size = 2 * radius_px + 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
