"""Peel: take the near side of every discontinuity off a surface as a layer, and continue what is behind it.

The layer reaches back from the silhouette as far as the widest view can look underneath (the step's parallax), so what
is behind must be continued exactly that far. What is left covers the grid again and can be peeled again.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.depth.fill import membrane, push_pull
from relens.lift.surface import Surface, find_banks, find_cuts, grow
from relens.matte.blend import edge_alpha, split_exactly

# Room beyond the computed reach for bilinear reads and prefiltered edges.
_SPARE_PX = 6.0
# The sheet reaches this much further over what stays behind, so that no ray passes between its inner end and that.
_OVERLAP_PX = 2.0
# A silhouette shares at most this many pixels on either side with what is behind.
_MIXED_PX = 1
_UNLIMITED = 1e9
# Fewer connected pixels than this are noise in the depth map.
_SPECK_PX = 24


@dataclass(frozen=True)
class Sheet:
    """A layer before it gets its name and border: straight colour, alpha and inverse depth on the photo's grid."""

    colour: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"]


def peel(surface: Surface, parallax_px: float) -> tuple[Sheet, Surface] | None:
    """The near banks as a sheet and the surface behind; None when there is no discontinuity to peel.

    A bank that is itself behind a nearer one waits for the next peel, since the nearer one's fill continues it.
    """
    cuts = find_cuts(surface, parallax_px)
    if not cuts.any():
        return None
    banks = find_banks(surface, cuts, parallax_px)
    spare = np.float32(_SPARE_PX)
    behind = grow(cuts, np.where(banks.far > 0, banks.far + spare, 0))
    cover = grow(cuts, np.where(banks.near > 0, banks.near + spare + np.float32(_OVERLAP_PX), 0)) & ~behind
    cover = _without_specks(cover)
    near = cover & grow(cuts, np.where(banks.near > 0, banks.near + spare, 0))
    if not near.any():
        return None
    whole_near = grow(cuts, np.where((banks.near > 0) & near, np.float32(_UNLIMITED), np.float32(0)))
    at_edge = (near & (banks.near > 0)) | (_dilated(near, 1) & (banks.far > 0))
    mixed = _dilated(at_edge, _MIXED_PX) & (near | behind)

    # Each side's own colours, continued over the mixed pixels; what is behind comes from its own side only.
    known_behind = (behind | ~whole_near) & ~near & ~mixed
    known_near = cover & ~mixed
    if not known_behind.any() or not known_near.any():
        return None
    rear = _continued(surface, known_behind, behind & ~near)
    front = _continued(surface, known_near, cover)

    alpha = cover.astype(np.float32)
    prior = np.where(near, np.float32(0.85), np.float32(0.15))
    alpha[mixed] = edge_alpha(surface.colour[mixed], front[0][mixed], rear[0][mixed], prior[mixed])
    front_colour, rear_colour = surface.colour.copy(), surface.colour.copy()
    front_colour[~known_near] = front[0][~known_near]
    unseen = near & ~mixed
    rear_colour[unseen] = rear[0][unseen]
    front_colour[mixed], rear_colour[mixed] = split_exactly(
        surface.colour[mixed], alpha[mixed], front[0][mixed], rear[0][mixed]
    )
    # What is behind stays behind.
    inverse_behind = np.where(near, np.minimum(rear[1], surface.inverse_depth), surface.inverse_depth)
    sheet = Sheet(front_colour, alpha, np.where(cover, surface.inverse_depth, front[1]))
    return sheet, Surface(rear_colour, inverse_behind, surface.hidden | near)


def _continued(
    surface: Surface, colour_known: Bool[np.ndarray, "h w"], depth_known: Bool[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "h w 3"], Float32[np.ndarray, "h w"]]:
    """Colour and inverse depth of one side, continued smoothly over everything else.

    Depth is sampled at pixel centres, so it is known up to the cut where colour is mixed.
    """
    colour = push_pull(surface.colour, colour_known.astype(np.float32))
    depth_known = depth_known | colour_known
    return colour, membrane(surface.inverse_depth, depth_known)


def _without_specks(mask: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """The mask without connected regions too small to be a thing of the scene."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= _SPECK_PX
    large[0] = False
    return large[np.asarray(labels, np.intp)]


def _dilated(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    import cv2

    size = 2 * radius_px + 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
