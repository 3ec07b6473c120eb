"""The overscan border: what a wide lens or a moved camera sees past the photo's frame.

Every surface that reaches the frame runs on straight past it: its depth as the plane it is nearest to, its texture from
its own pixels. The border is made before the photo is taken apart, so that all layers share it.
"""

import math

import numpy as np
from jaxtyping import Bool, Float32

from relens.lift.inpaint import inpaint
from relens.lift.inpainter import Inpainter
from relens.lift.planes import planes
from relens.lift.reach import Reach
from relens.lift.surface import Surface, find_cuts

# Memory grows with the border; past this share of the picture's longer side, edges are held instead.
_WIDEST_SHARE = 1 / 8
_SPARE_PX = 2
# How far from the frame a surface is read, in borders, and at least.
_SOURCE_REACH, _LEAST_SOURCE_PX = 1, 32
# Brightness runs on as the mean of so much of the frame, in borders.
_SMOOTH = 1 / 8


def border_width_px(inverse_depth: Float32[np.ndarray, "h w"], parallax_px: float) -> int:
    """The scene's whole parallax under the widest view: the largest blur radius and camera move it is for."""
    parallax = parallax_px * float(inverse_depth.max() - inverse_depth.min())
    return min(math.ceil(parallax) + _SPARE_PX, math.ceil(max(inverse_depth.shape) * _WIDEST_SHARE))


def widened(
    surface: Surface,
    reach: Reach,
    border_px: int,
    inside: Bool[np.ndarray, "h w"] | None = None,
    inpainter: Inpainter = inpaint,
) -> Surface:
    """The surface, continued by a border on all sides; the photo does not show that.

    inside: where a subject is that is to be told from what is beside it, whatever their depth.
    """
    import cv2

    if border_px == 0:
        return surface
    frame = ((border_px, border_px), (border_px, border_px))
    inner = (slice(border_px, -border_px),) * 2
    numbers = find_cuts(surface, reach).regions
    if inside is not None:
        numbers = np.where(numbers > 0, 2 * numbers - inside, 0).astype(np.int32)
    beside_px = max(_SOURCE_REACH * border_px, _LEAST_SOURCE_PX)
    beside = np.ones(numbers.shape, bool)
    beside[beside_px:-beside_px, beside_px:-beside_px] = False
    wanted = np.pad(numbers, frame, mode="edge")
    sources = np.zeros_like(wanted)
    sources[inner] = np.where(beside, numbers, 0)
    wanted[inner] = 0

    smooth_px = max(1, round(border_px * _SMOOTH))
    mean = cv2.blur(surface.colour, (smooth_px, smooth_px), borderType=cv2.BORDER_REPLICATE)
    colour = np.pad(mean, (*frame, (0, 0)), mode="edge")
    colour[inner] = surface.colour

    known = np.pad(surface.inverse_depth, frame, mode="edge")
    plane = planes(known, sources, sources + wanted)
    rest = np.pad((known - plane)[inner], frame, mode="edge")
    # What runs on stays within what is seen, or the border would have to be wider.
    limits = surface.inverse_depth.min(), surface.inverse_depth.max()
    inverse_depth = np.where(wanted > 0, np.clip(plane + rest, *limits), known)
    present, shown = np.pad(surface.present, frame, mode="edge"), np.pad(surface.shown, frame)
    return Surface(inpainter(colour, sources, wanted), inverse_depth, present, shown, present.size)
