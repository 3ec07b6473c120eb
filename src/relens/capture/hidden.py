"""Hidden surfaces: what lifting had to invent behind things is replaced with what the model has there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32, Int64

from relens.camera import Camera
from relens.capture.view import Look
from relens.scene import Layer

# Surfaces with less parallax than this between them, under the widest view, are one: a layer overlaps its neighbours.
_ONE_PX = 0.5
# A texel that is covered by less than this is seen, not hidden.
_HIDDEN = 0.5


def with_true_hidden(
    layers: Sequence[Layer], camera: Camera, look: Look, parallax_px: float, *, whole: bool
) -> tuple[tuple[Layer, ...], float]:
    """The layers, with hidden texels as the model has them, and how much of the hidden texels the model knew.

    A texel is hidden where another layer before it covers most of it: lifting invented its colour. There the model is
    looked at again, from half way (in inverse depth) between that cover and the texel on. Where that shows a surface,
    the texel takes its colour and depth; but where the surface is nearer to the next layer behind, the texel is
    cleared, for that layer shows it. Where the model has nothing, a whole model's texel is cleared; else the invention
    stays.

    The camera's own picture stays the same. Texels that are not hidden stay so bit for bit, but for covers that let a
    little through: they are set off against what shines through them.

    Args:
        layers: front to back over the camera's grid.
        camera: the scene's, as wide as the layers.
        look: at the model.
        parallax_px: the widest view's parallax per unit of inverse depth, px·m.
        whole: nothing is where the model shows nothing, as for a mesh; splats may just never have been told.
    """
    gap = np.float32(_ONE_PX / parallax_px)
    layers = [replace(layer, rgba=layer.rgba.copy(), inverse_depth=layer.inverse_depth.copy()) for layer in layers]
    hidden_texels, known_texels = 0, 0
    for layer in layers:
        others = [other for other in layers if other is not layer]
        cover, number = _cover(layer, others, gap)
        hidden = np.isfinite(cover) & (layer.rgba[..., 3] > 0)
        if not hidden.any():
            continue
        view = look(camera, np.where(hidden, (cover + layer.inverse_depth) / 2, 0).astype(np.float32))
        known = hidden & (view.inverse_depth >= 0)
        # Without a layer behind (NaN) all that is there is the texel's.
        own = known & ~(view.inverse_depth < (layer.inverse_depth + _behind(layer, others, gap)) / 2)
        cleared = (hidden if whole else known) & ~own
        shown = np.zeros_like(layer.rgba)
        shown[own] = np.column_stack([view.straight[own] * layer.rgba[own, 3:], layer.rgba[own, 3]])
        for index, other in enumerate(others):
            _set_off(layer, shown, other, (own | cleared) & (number == index))
        layer.inverse_depth[own] = view.inverse_depth[own]
        hidden_texels, known_texels = hidden_texels + int(hidden.sum()), known_texels + int((own | cleared).sum())
    return tuple(replace(layer) for layer in layers), known_texels / max(hidden_texels, 1)


def _set_off(layer: Layer, shown: Float32[np.ndarray, "h w 4"], cover: Layer, here: Bool[np.ndarray, "h w"]) -> None:
    """Give the layer what it shows, and its cover the light and alpha with which both together are as before."""
    over, before, clear = cover.rgba[here], layer.rgba[here], 1 - cover.rgba[here, 3:]
    # No more light than the two showed together.
    most = before + np.divide(over, clear, out=np.full_like(over, np.inf), where=clear > 0)
    layer.rgba[here] = np.minimum(shown[here], most)
    cover.rgba[here] = np.maximum(over + clear * (before - layer.rgba[here]), 0)


def _cover(
    layer: Layer, others: Sequence[Layer], gap: np.float32
) -> tuple[Float32[np.ndarray, "h w"], Int64[np.ndarray, "h w"]]:
    """Inverse depth of the farthest layer that covers each texel, inf where there is none, and which it is."""
    cover = np.full(layer.inverse_depth.shape, np.inf, np.float32)
    number = np.full(layer.inverse_depth.shape, -1, np.int64)
    for index, other in enumerate(others):
        before = (other.rgba[..., 3] >= _HIDDEN) & (other.inverse_depth > layer.inverse_depth + gap)
        before &= other.inverse_depth < cover
        cover[before], number[before] = other.inverse_depth[before], index
    return cover, number


def _behind(layer: Layer, others: Sequence[Layer], gap: np.float32) -> Float32[np.ndarray, "h w"]:
    """Inverse depth of the nearest layer behind each texel; NaN where there is none."""
    behind = np.full(layer.inverse_depth.shape, np.nan, np.float32)
    for other in others:
        farther = (other.rgba[..., 3] > 0) & (other.inverse_depth < layer.inverse_depth - gap)
        behind[farther] = np.fmax(behind[farther], other.inverse_depth[farther])
    return behind
