"""Half a scene's size: for pictures much smaller than the photo, which then cost no more than they show."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera, Intrinsics
from relens.scene import Layer, Scene


def halved(scene: Scene) -> Scene:
    """The same scene on a grid of half the size.

    Colours are means of 2x2 texels. Inverse depths are means of those that have a surface, which is smooth within a
    layer (steps between things lie between layers); uncertainties are means of those that are known. The photo's grid
    starts on an even texel, so that texels keep their place; where it ends on an odd one, the last is repeated.
    """
    k, border_px = scene.camera.intrinsics, scene.border_px + scene.border_px % 2
    pad = border_px - scene.border_px
    odd = (k.height_px % 2, k.width_px % 2)
    after = (pad + odd[0], pad + odd[1])
    layers = tuple(
        Layer(layer.name, _mean(layer.rgba, pad, after), _mean_of_known(layer.inverse_depth, pad, after))
        for layer in scene.layers
    )
    unsure = None if scene.uncertainty is None else _mean_of_known(scene.uncertainty, 0, odd)
    return Scene(Camera(halved_intrinsics(k)), layers, border_px // 2, scene.source, scene.depth_source, unsure)


def halved_intrinsics(k: Intrinsics) -> Intrinsics:
    """The photo's pinhole on the grid that `halved` gives a scene."""
    return replace(
        k,
        fx_px=k.fx_px / 2,
        fy_px=k.fy_px / 2,
        cx_px=k.cx_px / 2,
        cy_px=k.cy_px / 2,
        width_px=-(-k.width_px // 2),
        height_px=-(-k.height_px // 2),
    )


def halved_page(
    rgba: Float32[np.ndarray, "h w 4"], inverse_depth: Float32[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "_ _ 4"], Float32[np.ndarray, "_ _"]]:
    """Page and inverse depth of a layer's window of even size, as `halved` makes them of a whole scene."""
    return _mean(rgba, 0, (0, 0)), _mean_of_known(inverse_depth, 0, (0, 0))


def _padded(image: np.ndarray, before: int, after: tuple[int, int]) -> np.ndarray:
    if not before and not any(after):
        return image
    return np.pad(image, ((before, after[0]), (before, after[1]), *[(0, 0)] * (image.ndim - 2)), mode="edge")


def _mean(image: Float32[np.ndarray, "h w c"], before: int, after: tuple[int, int]) -> Float32[np.ndarray, "_ _ c"]:
    import cv2

    image = _padded(image, before, after)
    return cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)


def _mean_of_known(
    values: Float32[np.ndarray, "h w"], before: int, after: tuple[int, int]
) -> Float32[np.ndarray, "_ _"]:
    import cv2

    values = _padded(values, before, after)
    size = values.shape[1] // 2, values.shape[0] // 2
    known = cv2.resize((~np.isnan(values)).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(np.nan_to_num(values), size, interpolation=cv2.INTER_AREA)
    return np.divide(total, known, out=np.full_like(total, np.nan), where=known > 0)
