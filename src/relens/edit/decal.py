"""Decal: a picture laid onto a surface, along its relief."""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window
from relens.edit.change import Patch, changed
from relens.edit.gamut import LUMINANCE
from relens.edit.selection import Selection, Where, select
from relens.edit.surface_map import SurfaceMap, rolled_out, surface_at
from relens.edit.window import inside
from relens.errors import FileError, ValueRangeError
from relens.photo import read_photo
from relens.ranges import finite, number, positive
from relens.scene import Scene

# Folds smaller than this part of the picture are not followed: on noisy depth they would only crumple it.
_DETAIL = 1 / 16
# A picture with more pixels a texel than this is reduced first.
_PIXELS_PER_TEXEL = 2.0


@dataclass(frozen=True)
class Decal:
    """Lay a picture onto a surface, so that it follows the relief and stays there in every view.

    Attributes:
        image: the picture's file; what is transparent in it stays as it is.
        at_px: column and row of the photo where the picture's middle goes, on what the photo shows there.
        width_m: the picture's width along the surface.
        turn_deg: how far it is turned, clockwise.
        opacity: 0 to 1; what is under the picture keeps the rest.
        shading: 0 to 1, how much of the surface's light and shade shows on the picture.
        where: where the picture may go.
    """

    image: Path
    at_px: tuple[float, float]
    width_m: float
    turn_deg: float = 0.0
    opacity: float = 1.0
    shading: float = 1.0
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The scene with the picture. Raises FileError for an unreadable image, and as `laid_on` does."""
        photo = read_photo(self.image)
        alpha = np.ones(photo.linear.shape[:2], np.float32) if photo.alpha is None else photo.alpha
        if not alpha.any():
            raise FileError(self.image, "is transparent everywhere; expected something to see")
        colour = np.maximum(photo.linear, 0) * alpha[..., None]
        picture = np.dstack([colour, alpha])
        return laid_on(scene, picture, self.at_px, self.width_m, self.turn_deg, self.opacity, self.shading, self.where)


def laid_on(
    scene: Scene,
    picture: Float32[np.ndarray, "ph pw 4"],
    at_px: tuple[float, float],
    width_m: float,
    turn_deg: float,
    opacity: float,
    shading: float,
    where: Where,
) -> Scene:
    """The scene with a picture on the layer that the photo shows at a pixel, or that `where` names.

    The picture goes on underneath what hides the layer, and ends where it jumps in depth.

    picture: linear light, premultiplied. The rest as in `Decal`.
    Raises ValueRangeError for numbers out of range, off the photo, where there is no surface, on a jump in depth, and
    where nothing is left of the picture.
    """
    from relens.edit.print_kernel import read_picture

    positive("width_m", width_m, "a width in metres, more than 0")
    turn = math.radians(finite("turn_deg", turn_deg, "an angle in degrees"))
    opacity = number("opacity", opacity, "0 to 1", 0, 1)
    shading = number("shading", shading, "0 to 1", 0, 1)
    height_m = width_m * picture.shape[0] / picture.shape[1]
    layer = surface_at(scene, at_px, where)
    selection = select(scene, replace(where, layer=layer.name))
    detail_m = _DETAIL * math.sqrt(width_m * height_m)
    surface = rolled_out(scene, layer, at_px, math.hypot(width_m, height_m) / 2, detail_m)
    picture = _reduced(picture, picture.shape[1] / width_m / surface.texels_per_m)
    ink = np.empty((*surface.connected.shape, 4), np.float32)
    read_picture(picture, _on_picture(surface, picture.shape, width_m, height_m, turn), surface.connected, ink)
    window, coverage = _common(selection, layer.name, surface.window, ink[..., 3] > 0)
    if not coverage.any():
        raise ValueRangeError("selection", "without the picture", "a place for it; move it or widen the conditions")

    def printed(patch: Patch) -> np.ndarray:
        here = ink[inside(patch.window, surface.window)]
        colour = np.float32(opacity) * _lit(here, patch, shading)
        # Colours beyond sRGB have negative light, which an edit may not leave.
        return np.maximum(patch.colour, 0) * (1 - np.float32(opacity) * here[..., 3:]) + colour

    return changed(scene, Selection(window, {layer.name: coverage}), printed)


def _reduced(picture: Float32[np.ndarray, "_ _ 4"], pixels_per_texel: float) -> Float32[np.ndarray, "_ _ 4"]:
    """The picture, no finer than the texels need."""
    import cv2

    if pixels_per_texel <= _PIXELS_PER_TEXEL:
        return np.ascontiguousarray(picture)
    scale = _PIXELS_PER_TEXEL / pixels_per_texel
    tall, wide = (max(1, round(side * scale)) for side in picture.shape[:2])
    return cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA)


def _on_picture(
    surface: SurfaceMap, shape: tuple[int, ...], width_m: float, height_m: float, turn: float
) -> Float32[np.ndarray, "h w 2"]:
    """Column and row of the picture at every texel."""
    right, down = surface.place_m[..., 0], surface.place_m[..., 1]
    across, along = math.cos(turn) * right + math.sin(turn) * down, math.cos(turn) * down - math.sin(turn) * right
    sides = (across / np.float32(width_m), along / np.float32(height_m))
    return np.stack([(side + np.float32(0.5)) * size for side, size in zip(sides, shape[1::-1], strict=True)], axis=-1)


def _common(
    selection: Selection, name: str, window: Window, marked: np.ndarray
) -> tuple[Window, Float32[np.ndarray, "_ _"]]:
    """What of a layer's selection is marked in a window: the part of it that both have, and the coverage there."""
    rows, columns = (
        slice(max(one.start, other.start), max(one.start, other.start, min(one.stop, other.stop)))
        for one, other in zip(selection.window, window, strict=True)
    )
    common = rows, columns
    coverage = selection.coverage[name][inside(common, selection.window)]
    return common, coverage * marked[inside(common, window)]


def _lit(ink: Float32[np.ndarray, "h w 4"], patch: Patch, shading: float) -> Float32[np.ndarray, "h w 3"]:
    """The ink's premultiplied colours in the surface's light: its luminance over its mean under the ink."""
    luminance = np.maximum(patch.colour @ LUMINANCE, 0)
    weight = ink[..., 3] * patch.coverage * patch.alpha
    mean = float((luminance * weight).sum(dtype=np.float64)) / float(weight.sum(dtype=np.float64))
    if mean <= 0:
        return ink[..., :3]
    light = (luminance / np.float32(mean)) ** np.float32(shading)
    # A print is no lamp: light makes nothing brighter than white.
    brightest = ink[..., :3].max(axis=2)
    room = np.divide(ink[..., 3], brightest, out=np.full_like(brightest, np.inf), where=brightest > 0)
    return ink[..., :3] * np.minimum(light, np.maximum(room, 1))[..., None]
