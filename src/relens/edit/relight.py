"""Relight: more light in the highlights, before the lens makes discs of them."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window, photo_view
from relens.edit.change import Patch, changed
from relens.edit.gamut import LUMINANCE, in_gamut
from relens.edit.selection import Selection, Where, select
from relens.edit.window import grown, inside
from relens.errors import ValueRangeError
from relens.ranges import number
from relens.scene import Scene

# The encoding's brightest value: what is at least as bright in all channels is burnt out, and so has lost its colour.
_CLIPPED = 0.985
_RIM_PX = 3
# Surroundings are no darker: below, a stop is nothing that one sees.
_DARK = np.float32(1e-3)


@dataclass(frozen=True)
class Relight:
    """Lift lamps, catchlights and glints, so that their bokeh grows; bright walls, skin and sky stay.

    Attributes:
        stops: how much more light the brightest get, 0 to 16.
        threshold: the part of the brightest from which on light is lifted, 0 to 0.99.
        size_px: how wide a highlight may be in the photo (default: a fiftieth of its width); wider things are none.
        where: where to look for highlights.
    """

    stops: float = 2.0
    threshold: float = 0.5
    size_px: float | None = None
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The relit scene. Raises ValueRangeError for numbers out of range or no highlight, and as `select` does.

        A texel is as bright as its brightest channel, so that a red lamp counts as much as a white one. The lift in
        stops is smooth: it rises from none at `threshold` to all at the brightest highlight that is selected, or at
        white, whichever is less; and from none a stop above the surroundings, the photo without bright things smaller
        than `size_px`, to all at two. What a burnt-out core is given has the colour of the bright rim around it.
        """
        stops = number("stops", self.stops, "0 to 16", 0, 16)
        threshold = number("threshold", self.threshold, "0 to 0.99", 0, 0.99)
        size_px = scene.camera.intrinsics.width_px / 50 if self.size_px is None else self.size_px
        size_px = round(number("size_px", size_px, "0 to 1000 pixels", 0, 1000))
        selection = select(scene, self.where)
        if stops == 0:
            return scene
        lifts = _lifts(scene, selection, threshold, size_px)
        lit = {name: selection.coverage[name] * (lift > 0) for name, lift in lifts.items()}

        def relit(patch: Patch) -> np.ndarray:
            lift = lifts[patch.layer.name][inside(patch.window, selection.window)]
            colour = in_gamut(patch.colour)
            more = np.expm1(np.float32(stops * np.log(2)) * lift)
            return colour + more[..., None] * _light(colour, patch.coverage * patch.alpha)

        return changed(scene, Selection(selection.window, lit), relit)


def _lifts(scene: Scene, selection: Selection, threshold: float, size_px: int) -> dict[str, Float32[np.ndarray, "h w"]]:
    """How much of all stops each selected texel is lifted by, by the layer's name; layers without any are left out."""
    around = _surroundings(scene, selection.window, size_px)
    found, brightest = {}, 0.0
    for layer in scene.layers:
        part = selection.coverage.get(layer.name)
        if part is None:
            continue
        rgba = layer.rgba[selection.window]
        light, alpha = _brightness(rgba), rgba[..., 3]
        # Few texels stand out; all else is done with these.
        at = np.nonzero((light > 2 * around * alpha) & (part > 0) & (alpha > 0))
        bright = light[at] / alpha[at]
        stands_out = _smooth(np.log2(bright / around[at]) - 1)
        found[layer.name] = at, bright, stands_out
        # What is faint or hardly selected does not set the measure.
        brightest = max(brightest, float((light[at] * stands_out * part[at]).max(initial=0)))
    if brightest == 0:
        raise ValueRangeError("selection", "without highlights", "something small, a stop brighter than what is around")
    brightest, lifts = min(brightest, 1.0), {}
    for name, (at, bright, stands_out) in found.items():
        lift = np.zeros(around.shape, np.float32)
        lift[at] = stands_out * _smooth((bright / brightest - threshold) / (1 - threshold))
        if lift.any():
            lifts[name] = lift
    return lifts


def _smooth(along: Float32[np.ndarray, "*n"]) -> Float32[np.ndarray, "*n"]:
    along = np.clip(along, 0, 1)
    return along * along * (3 - 2 * along)


def _surroundings(scene: Scene, window: Window, size_px: int) -> Float32[np.ndarray, "h w"]:
    """How bright the photo is without bright things smaller than this: a morphological opening, beyond the window too.

    An opening (Serra, "Image analysis and mathematical morphology", 1982) is at each texel the brightest of the darkest
    of all the squares that hold the texel.
    """
    import cv2

    wide = grown(window, size_px, scene.layers[0].inverse_depth.shape)
    square = np.ones((size_px + 1, size_px + 1), np.uint8)
    opened = np.asarray(cv2.morphologyEx(_brightness(photo_view(scene, wide)), cv2.MORPH_OPEN, square), np.float32)
    return np.maximum(opened[inside(window, wide)], _DARK)


def _brightness(colour: Float32[np.ndarray, "h w _"]) -> Float32[np.ndarray, "h w"]:
    """The brightest of the three channels."""
    return np.maximum(np.maximum(colour[..., 0], colour[..., 1]), colour[..., 2])


def _light(colour: Float32[np.ndarray, "h w 3"], weight: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 3"]:
    """The colour of the light that lit each texel: its own, or its rim's where it is burnt out; luminances stay.

    weight: above 0 where there is a highlight at all, and more where it is more of the texel.
    """
    import cv2

    core = (colour[..., 0] >= _CLIPPED) & (colour[..., 1] >= _CLIPPED) & (colour[..., 2] >= _CLIPPED) & (weight > 0)
    if not core.any():
        return colour
    # Each texel's nearest core, by number: so that all cores' rims are summed at once.
    outside = (~core).view(np.uint8)
    distance_px, nearest = cv2.distanceTransformWithLabels(outside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
    rim = ~core & (distance_px <= _RIM_PX) & (weight > 0)
    parts = colour[rim] * weight[rim][:, None]
    number_of = np.asarray(nearest, np.intp)
    sums = [np.bincount(number_of[rim], parts[:, c], number_of.max() + 1) for c in range(3)]
    rims = np.stack(sums, axis=1).astype(np.float32)[number_of[core]]
    # A core without a bright rim, such as a painted lamp, keeps its colour.
    rims = np.where(rims.any(axis=1, keepdims=True), rims, colour[core])
    light = colour.copy()
    light[core] = rims * ((colour[core] @ LUMINANCE) / (rims @ LUMINANCE))[:, None]
    return light
