"""Change: what every edit of colours is made of. What is not selected keeps its bits."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window
from relens.edit.selection import Selection
from relens.edit.window import bounds
from relens.errors import ValueRangeError
from relens.render.threads import copied
from relens.scene import Layer, Scene


@dataclass(frozen=True)
class Patch:
    """A window of one layer's page, for an edit to look at; arrays are read-only.

    Attributes:
        layer: the whole layer.
        window: rows and columns of its arrays, no larger than what is selected of it.
        colour: (h, w, 3) linear light, straight; 0 where alpha is 0.
        alpha: (h, w).
        inverse_depth: (h, w) 1/m, NaN where there is no surface.
        coverage: (h, w) how much of each texel is selected, 0 to 1.
    """

    layer: Layer
    window: Window
    colour: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"]
    coverage: Float32[np.ndarray, "h w"]


def changed(scene: Scene, selection: Selection, change: Callable[[Patch], Float32[np.ndarray, "h w 3"]]) -> Scene:
    """The scene with the selected texels' colours changed, each by as much as it is selected.

    change: from a patch to its new straight colours, linear light. Alpha and depth stay.
    Raises ValueRangeError for colours of another shape, not finite or negative.
    """
    from relens.edit.mix_kernel import mix

    layers = {}
    for layer in scene.layers:
        coverage = selection.coverage.get(layer.name)
        if coverage is None:
            continue
        patch = _patch(layer, selection.window, coverage)
        new = np.asarray(change(patch), np.float32)
        if new.shape != patch.colour.shape:
            raise ValueRangeError("edit", f"colours of shape {new.shape}", f"{patch.colour.shape}, as the patch's")
        page = copied(layer.rgba)
        if not mix(page[patch.window], new, patch.colour, patch.alpha, patch.coverage):
            raise ValueRangeError("edit", "colours that are negative or not finite", "linear light, 0 or more")
        layers[layer.name] = replace(layer, rgba=page)
    return replace(scene, layers=tuple(layers.get(layer.name, layer) for layer in scene.layers))


def _patch(layer: Layer, window: Window, coverage: Float32[np.ndarray, "h w"]) -> Patch:
    """What of a layer's window is selected: cropped, so that a small edit of a large page is fast."""
    from relens.edit.mix_kernel import unmultiply

    rows, columns = box = bounds(coverage)
    top, left = window[0].start, window[1].start
    window = slice(top + rows.start, top + rows.stop), slice(left + columns.start, left + columns.stop)
    rgba = layer.rgba[window]
    colour, alpha = np.empty((*rgba.shape[:2], 3), np.float32), np.empty(rgba.shape[:2], np.float32)
    unmultiply(rgba, colour, alpha)
    patch = Patch(layer, window, colour, alpha, layer.inverse_depth[window].copy(), coverage[box].copy())
    for array in (colour, alpha, patch.inverse_depth, patch.coverage):
        array.setflags(write=False)
    return patch
