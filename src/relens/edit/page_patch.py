"""PagePatch: what a window of a page was, so that an edit can be taken back to the bit."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window
from relens.scene import Layer, Scene
from relens.scene_folder.page import page_gain


@dataclass(frozen=True)
class PagePatch:
    """A window of a layer.

    Attributes:
        layer: its name.
        top, left: row and column of the page's arrays where the window begins.
        rgba: (h, w, 4) as in `Layer`.
        inverse_depth: (h, w) as in `Layer`.
    """

    layer: str
    top: int
    left: int
    rgba: Float32[np.ndarray, "h w 4"]
    inverse_depth: Float32[np.ndarray, "h w"]

    @property
    def window(self) -> Window:
        """Rows and columns of the page's arrays."""
        height, width = self.inverse_depth.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def overwritten(before: Scene, after: Scene) -> tuple[PagePatch, ...]:
    """What of a scene's pages another scene, of the same layers, has otherwise: as it was before.

    A page whose brightest light changed is kept whole: its file is rounded anew in every texel.
    """
    patches = []
    for one, other in zip(before.layers, after.layers, strict=True):
        window = _differing(one, other)
        if window is None:
            continue
        if _gain_differs(one, other, window):
            height, width = one.inverse_depth.shape
            window = slice(0, height), slice(0, width)
        patches.append(_cut(one, window))
    return tuple(patches)


def patched(scene: Scene, patches: tuple[PagePatch, ...]) -> tuple[Scene, tuple[PagePatch, ...]]:
    """The scene with the patches laid over its pages, and the patches that take that back."""
    layers, taken = {layer.name: layer for layer in scene.layers}, []
    for patch in patches:
        layer = layers[patch.layer]
        taken.append(_cut(layer, patch.window))
        rgba, inverse_depth = layer.rgba.copy(), layer.inverse_depth
        rgba[patch.window] = patch.rgba
        if _window_of(inverse_depth[patch.window][..., None], patch.inverse_depth[..., None]) is not None:
            inverse_depth = inverse_depth.copy()
            inverse_depth[patch.window] = patch.inverse_depth
        layers[patch.layer] = replace(layer, rgba=rgba, inverse_depth=inverse_depth)
    return replace(scene, layers=tuple(layers.values())), tuple(taken)


def _cut(layer: Layer, window: Window) -> PagePatch:
    rows, columns = window
    return PagePatch(
        layer.name, rows.start, columns.start, layer.rgba[window].copy(), layer.inverse_depth[window].copy()
    )


def _differing(one: Layer, other: Layer) -> Window | None:
    """The window where two states of a layer differ in any bit."""
    found = []
    if one.rgba is not other.rgba:
        found.append(_window_of(one.rgba, other.rgba))
    if one.inverse_depth is not other.inverse_depth:
        found.append(_window_of(one.inverse_depth[..., None], other.inverse_depth[..., None]))
    windows = [window for window in found if window is not None]
    if not windows:
        return None
    rows, columns = zip(*windows, strict=True)
    return _hull(rows), _hull(columns)


def _hull(spans: tuple[slice, ...]) -> slice:
    return slice(min(span.start for span in spans), max(span.stop for span in spans))


def _window_of(one: Float32[np.ndarray, "h w c"], other: Float32[np.ndarray, "h w c"]) -> Window | None:
    from relens.edit.window_kernel import window_that_differs

    # As whole numbers, so that NaN is the same as itself.
    bits = (np.ascontiguousarray(array).view(np.uint32) for array in (one, other))
    top, bottom, left, right = window_that_differs(*bits)
    return (slice(top, bottom), slice(left, right)) if bottom > top else None


def _gain_differs(one: Layer, other: Layer, window: Window) -> bool:
    # Looking at a whole page takes longer than most edits.
    if all(page_gain(layer.rgba[window]) == 1 for layer in (one, other)):
        return False
    return page_gain(one.rgba) != page_gain(other.rgba)
