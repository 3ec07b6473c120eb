"""Subject: split a photo by its matte into the subject and what is behind, each with its own colours and depth."""

import math

import numpy as np
from jaxtyping import Bool, Float32

from relens.depth.fill import membrane, push_pull
from relens.lift.inpaint import inpaint
from relens.lift.inpainter import Inpainter
from relens.lift.surface import Surface
from relens.matte.blend import least_alpha, split_exactly

# Light of the subject strays this far past its matte (lens, sharpening, the phone's own blur); what is behind is
# continued from beyond.
_STRAY_PX = 6
# Behind it, texture is read from at least this far around the subject.
_LEAST_SOURCE_PX = 32
# A matte is taken to be too thin by this much at most; what is darker still is behind.
_DENSER = 2.0
# Depth steps from one side to the other within this many pixels of the matte's middle.
_STEP_PX = 2


def split_subject(
    surface: Surface, alpha: Float32[np.ndarray, "h w"], parallax_px: float, inpainter: Inpainter = inpaint
) -> tuple[Surface, Surface, Float32[np.ndarray, "h w"]]:
    """The subject's surface, the surface behind it, present where that may ever be seen, and the subject's alpha.

    Either side's colours are continued smoothly from where it is alone, then moved by the least that makes both blend
    to the photo exactly, so that hair keeps its detail; what the subject hides wholly has texture. Where the photo is
    darker than the matte and what is behind would have it, alpha is raised: dark hair is denser. `parallax_px` is the
    widest view's parallax per unit of inverse depth: with the step in depth it says how far a view can look behind the
    subject.
    """
    colour, inside = surface.colour, alpha >= 0.5
    front_depth = membrane(surface.inverse_depth, _heart(inside, _STEP_PX))
    rear_depth = membrane(surface.inverse_depth, _heart(~inside, _STEP_PX))
    rear_depth = np.minimum(rear_depth, np.where(inside, front_depth, np.inf)).astype(np.float32)
    step = float(np.percentile(front_depth[inside], 99) - np.percentile(rear_depth[~inside], 1))
    hidden_px = math.ceil(parallax_px * max(step, 0)) + _STRAY_PX
    seen = ~_eroded(alpha >= 1, hidden_px)

    # A matte that is soft everywhere is read where it is closest to being alone.
    beyond = _heart(alpha <= alpha.min(), _STRAY_PX)
    rear = push_pull(colour, beyond.astype(np.float32))
    front = push_pull(colour, _heart(alpha >= alpha.max(), _STEP_PX).astype(np.float32))
    sources = beyond & ~_eroded(alpha <= 0, max(hidden_px, _LEAST_SOURCE_PX))
    texture = inpainter(rear, sources.astype(np.int32), (seen & ~beyond).astype(np.int32))
    # Past the frame either side runs on by itself; there is no photo that they would have to blend to.
    mixed = (alpha > 0) & (alpha < 1) & surface.shown
    alpha = alpha.copy()
    denser = np.minimum(least_alpha(colour[mixed], rear[mixed]), _DENSER * alpha[mixed])
    alpha[mixed] = np.maximum(alpha[mixed], denser)
    front_colour = np.where((alpha >= 1)[..., None], colour, front)
    rear_colour = np.where((alpha <= 0)[..., None], colour, texture)
    front_colour[mixed], rear_colour[mixed] = split_exactly(colour[mixed], alpha[mixed], front[mixed], rear[mixed])

    # The subject's own depth and colours are read a little past its outline.
    near = ~_eroded(alpha <= 0, _STRAY_PX)
    return (
        Surface(front_colour, front_depth, near, surface.shown & inside, surface.picture_px),
        Surface(rear_colour, rear_depth, seen, surface.shown & ~inside, surface.picture_px),
        alpha,
    )


def _heart(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    """The mask eroded by `radius_px`, or by half its own half-width where it is thinner than that everywhere."""
    inside_px = _inside_px(mask)
    return inside_px > min(radius_px, 0.5 * float(inside_px.max()))


def _eroded(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    """The part of a mask farther than `radius_px` from everything outside it; the frame's edge is not outside."""
    return _inside_px(mask) > radius_px


def _inside_px(mask: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """How far each pixel of a mask is from what is outside it."""
    import cv2

    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
