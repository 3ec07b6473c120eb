"""Witness: a scene made to be looked at for what it lacks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.progress import silent
from relens.render.choose import open_engine
from relens.render.engine import Engine, SampleBlock
from relens.scene import Layer, Scene

# The long side of a look, and the fewest samples that the engine takes.
_LOOK_PX, _SAMPLES = 224, 8
# A pixel counts as empty as soon as so much of it is: less light lost than one sees as an edge.
_LACKING = 0.05
# Transparent texels around the small scene, wide enough for the engine's prefiltered levels.
_PAST_PX = 64
# Surfaces that leave more of the photo open than this are a cut-out.
_CUT_OUT = 0.01


@dataclass(frozen=True)
class Witness:
    """A scene's surfaces without their colours, small, and ending where they end.

    Engines hold the border's last texels for rays that run past them, which shows as streaks; here these rays meet
    nothing, as those do that pass between surfaces.

    Attributes:
        engine: of the small scene.
        photo: the photo's own camera.
    """

    engine: Engine
    photo: Camera

    def empty_share(self, camera: Camera | MovingCamera, lens: Lens) -> float:
        """The part of the picture, 0 to 1, in which more than a twentieth of a pixel's rays meet nothing."""
        camera = camera.middle if isinstance(camera, MovingCamera) else camera
        k = camera.intrinsics
        scale = _LOOK_PX / max(k.width_px, k.height_px)
        small = k.resized(*(max(1, round(side * scale)) for side in (k.width_px, k.height_px)))
        # Colour errors move rays by less than this sees, and treble their number.
        plain = replace(lens, axial_colour=0.0, lateral_colour=0.0)
        seen = self.engine.render(replace(camera, intrinsics=small), plain, SampleBlock(0, _SAMPLES, 0), None, silent)
        return float((seen.rgba[..., 3] < 1 - _LACKING).mean())


def witness_of(scene: Scene) -> Witness:
    """The witness of a scene, ready to look."""
    k = scene.camera.intrinsics
    step = max(1, round(max(k.width_px, k.height_px) / _LOOK_PX))
    border_px = -(-scene.border_px // step)
    before = border_px * step - scene.border_px
    size = tuple((2 * border_px + -(-side // step)) * step for side in (k.height_px, k.width_px))
    layers = [_small(layer, step, before, size) for layer in scene.layers]
    if (backdrop := _backdrop(layers, border_px)) is not None:
        layers.append(backdrop)
    small = replace(
        k,
        fx_px=k.fx_px / step,
        fy_px=k.fy_px / step,
        cx_px=k.cx_px / step,
        cy_px=k.cy_px / step,
        width_px=-(-k.width_px // step),
        height_px=-(-k.height_px // step),
    )
    around = tuple(_within_nothing(layer) for layer in layers)
    return Witness(open_engine(Scene(Camera(small), around, border_px + _PAST_PX), "cpu"), scene.camera)


def _small(layer: Layer, step: int, before: int, size: tuple[int, ...]) -> Layer:
    """Means of blocks of step x step texels, colourless; the photo's grid starts on a whole block.

    before: transparent texels to add on the left and at the top; size: height and width with those to be added after.
    """
    known = ~np.isnan(layer.inverse_depth)
    parts = layer.rgba[..., 3], np.where(known, layer.inverse_depth, np.float32(0)), known.astype(np.float32)
    alpha, total, count = (_means(part, step, before, size) for part in parts)
    inverse_m = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return Layer(layer.name, _colourless(alpha), inverse_m)


def _means(
    values: Float32[np.ndarray, "h w"], step: int, before: int, size: tuple[int, ...]
) -> Float32[np.ndarray, "_ _"]:
    import cv2

    after = [whole - side - before for whole, side in zip(size, values.shape, strict=True)]
    padded = cv2.copyMakeBorder(values, before, after[0], before, after[1], cv2.BORDER_CONSTANT, value=0)
    small = size[1] // step, size[0] // step
    return np.asarray(cv2.resize(padded, small, interpolation=cv2.INTER_AREA), np.float32).reshape(small[::-1])


def _colourless(alpha: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 4"]:
    rgba = np.zeros((*alpha.shape, 4), np.float32)
    rgba[..., 3] = np.clip(alpha, 0, 1)
    return rgba


def _backdrop(layers: Sequence[Layer], border_px: int) -> Layer | None:
    """What stands for the emptiness behind a cut-out, as far away as anything is; None where the photo is closed."""
    frame = (slice(border_px, -border_px or None),) * 2
    clear = math.prod(1 - layer.rgba[frame][..., 3] for layer in layers)
    if np.mean(clear) <= _CUT_OUT:
        return None
    farthest_m = min(float(np.nanmin(layer.inverse_depth, initial=np.inf)) for layer in layers)
    shape = layers[0].inverse_depth.shape
    name = "-".join([*(layer.name for layer in layers), "backdrop"])[-64:]
    return Layer(name, _colourless(np.ones(shape, np.float32)), np.full(shape, farthest_m, np.float32))


def _within_nothing(layer: Layer) -> Layer:
    """The layer with a wide transparent border, over which its surface runs on."""
    rgba = np.pad(layer.rgba, ((_PAST_PX, _PAST_PX), (_PAST_PX, _PAST_PX), (0, 0)))
    return Layer(layer.name, rgba, np.pad(layer.inverse_depth, _PAST_PX, mode="edge"))
