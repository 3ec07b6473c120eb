"""Peel: take the nearest things off a surface as a layer, and continue what is behind them.

Connected surfaces come off whole, those first that nothing else covers. Where a surface covers a part of itself (a nose
before a cheek), the covered part stays for the next peel. What is behind is continued exactly as far as the widest
view can look underneath, which is the step's parallax. What is left can be peeled again.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.depth.fill import membrane
from relens.lift.front import front_colour
from relens.lift.reach import Reach
from relens.lift.rear import continue_rear
from relens.lift.specks import SPECK_PX
from relens.lift.surface import Banks, Cuts, Surface, find_banks, find_cuts, grow
from relens.matte.blend import edge_alpha, split_exactly

# Room beyond the computed reach for bilinear reads and prefiltered edges.
_SPARE_PX = np.float32(6)
# The sheet reaches this much further over what stays behind, so that no ray passes between its inner end and that.
_OVERLAP_PX = np.float32(3)
# A silhouette shares at most this many pixels on either side with what is behind.
_MIXED_PX = 1
# A surface is free of others if they cover no more than this part of its silhouette.
_FREE = 0.02


@dataclass(frozen=True)
class Sheet:
    """A layer before it gets its name and border: straight colour, alpha and inverse depth on the photo's grid."""

    colour: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"]


def peel(surface: Surface, reach: Reach) -> tuple[Sheet, Surface] | None:
    """The nearest things as a sheet and the surface behind; None when there is no discontinuity to peel."""
    cuts = find_cuts(surface, reach)
    if not cuts.any():
        return None
    banks = find_banks(surface, cuts, reach.parallax_px)
    near = _nearest_things(cuts, banks)
    if not near.any():
        return None
    cover = grow(cuts, np.where(near, _OVERLAP_PX, 0)) > 0
    at_edge = (near & (banks.near > 0)) | (_dilated(near, 1) & ~near & (banks.far > 0))
    mixed = _dilated(at_edge, _MIXED_PX) & surface.present
    rear = continue_rear(surface, cuts, banks, near, mixed, reach.parallax_px)
    if rear is None:
        return None

    # Each side's own colours, continued over the mixed pixels; what is behind comes from its own side only.
    mixed &= near | rear.beside
    front = front_colour(surface.colour, rear.colour, cover & ~mixed, mixed, near)
    alpha = cover.astype(np.float32)
    prior = np.where(near, np.float32(0.85), np.float32(0.15))
    alpha[mixed] = edge_alpha(surface.colour[mixed], front[mixed], rear.colour[mixed], prior[mixed])
    rear_colour = rear.colour
    front[mixed], rear_colour[mixed] = split_exactly(
        surface.colour[mixed], alpha[mixed], front[mixed], rear_colour[mixed]
    )
    seen = grow(cuts, np.where(near & (banks.near > 0), banks.near + _SPARE_PX, 0)) > 0
    inverse_depth = np.where(cover, surface.inverse_depth, membrane(surface.inverse_depth, cover))
    behind = Surface(rear_colour, rear.inverse_depth, surface.present & (seen | ~near))
    return Sheet(front, alpha, inverse_depth), behind


def _nearest_things(cuts: Cuts, banks: Banks) -> Bool[np.ndarray, "h w"]:
    """The surfaces that cover others and that no other covers, but for what they cover of themselves.

    When only surfaces are left that cover parts of themselves, it is their near banks, as far as views look under them.
    """
    size = np.bincount(cuts.regions.ravel(), minlength=cuts.count + 1)
    thing = size >= SPECK_PX
    thing[0] = False

    def length(bank: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return tuple(
            np.bincount(cuts.regions[edge], minlength=cuts.count + 1) for edge in (bank > own, own > 0)
        )  # pyright: ignore

    near_others, near_own = length(banks.near, banks.near_own)
    far_others, _ = length(banks.far, banks.far_own)
    covering = thing & (near_others > 0)
    near_left = grow(cuts, np.where(banks.near_own > 0, banks.near_own + _SPARE_PX, 0))
    far_left = grow(cuts, np.where(banks.far_own > 0, banks.far_own + _SPARE_PX, 0))
    if covering.any():
        covered = far_others / np.maximum(near_others, 1)
        free = covering & (covered <= max(_FREE, covered[covering].min()))
        return free[cuts.regions] & (near_left >= far_left)
    return _without_specks((near_left > far_left) & (thing & (near_own > 0))[cuts.regions])


def _without_specks(mask: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """The mask without connected regions too small to be a thing of the scene."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= SPECK_PX
    large[0] = False
    return large[np.asarray(labels, np.intp)]


def _dilated(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    import cv2

    size = 2 * radius_px + 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
