"""The photo's own view of a scene: what its pinhole sees of all layers, and changes of it taken back to them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from relens.errors import ValueRangeError
from relens.scene import Layer, Scene

# Rows worked on at a time, so that what is stacked stays small beside the pages.
_BAND_ROWS = 64
_THREADS = 2
# Of two pages that one editor made, alpha differs by less.
_SAME_ALPHA = 1e-4

Window = tuple[slice, slice]


def photo_view(scene: Scene, window: Window | None = None) -> Float32[np.ndarray, "h w 4"]:
    """What the photo's pinhole sees: linear light, premultiplied.

    window: rows and columns of the pages; without it all, border included.
    """
    from relens.canonical.photo_kernels import add_shown

    height, width = scene.layers[0].inverse_depth.shape
    rows, columns = window = window or (slice(0, height), slice(0, width))
    page = np.zeros((rows.stop - rows.start, columns.stop - columns.start, 4), np.float32)

    def add(band: Window) -> None:
        layers, share = _shares(scene, band)
        for layer, part in zip(layers, share, strict=True):
            start = band[0].start - rows.start
            add_shown(page[start : start + len(part)], layer.rgba[band], part)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(add, _bands(window)))
    return page


def shown(scene: Scene, window: Window) -> dict[str, Float32[np.ndarray, "h w"]]:
    """How much of each texel of a window (rows, columns) the photo shows of every layer, 0 to 1, by the layer's name.

    Layers that show nowhere in it are left out.
    """
    rows, columns = window
    size = rows.stop - rows.start, columns.stop - columns.start
    found: dict[str, np.ndarray] = {}
    for band in _bands(window):
        layers, share = _shares(scene, band)
        for layer, part in zip(layers, share, strict=True):
            if part.any():
                plane = found.setdefault(layer.name, np.zeros(size, np.float32))
                plane[band[0].start - rows.start : band[0].stop - rows.start] = part
    return found


def with_photo_view(scene: Scene, edited: Float32[np.ndarray, "h w 4"]) -> Scene:
    """The scene whose photo's view is `edited`, by the least change of what shows there.

    Raises ValueRangeError where alpha is another, or light is negative or not finite.
    """
    from relens.canonical.photo_kernels import rows_that_differ, spread

    if not np.isfinite(edited.sum(dtype=np.float64)):
        raise ValueRangeError("page photo", "not finite", "finite values only")
    seen = photo_view(scene)
    rows, first, end, most, least = rows_that_differ(seen, edited)
    # Colours beyond sRGB have negative light; what keeps them is no edit.
    if least < 0:
        raise ValueRangeError("page photo", "negative light", "0 or more wherever it changes")
    if most > _SAME_ALPHA:
        advice = "the alpha it had; what is to become transparent has to on its layer's page"
        raise ValueRangeError("page photo", "another alpha", advice)
    if not rows.any():
        return scene
    changed = np.flatnonzero(rows)
    pages: dict[str, np.ndarray] = {}
    for band in _bands((slice(int(changed[0]), int(changed[-1]) + 1), slice(first, end))):
        layers, share = _shares(scene, band)
        texels = np.stack([layer.rgba[band] for layer in layers]) if layers else np.zeros((0, 0, 0, 4), np.float32)
        moved = spread(seen[band], edited[band], texels, share)
        for layer, after in zip((layers[number] for number in np.flatnonzero(moved)), texels[moved], strict=True):
            if layer.name not in pages:
                pages[layer.name] = layer.rgba.copy()
            pages[layer.name][band] = after
    return replace(
        scene,
        layers=tuple(
            replace(layer, rgba=pages[layer.name]) if layer.name in pages else layer for layer in scene.layers
        ),
    )


def _bands(window: Window) -> Iterator[Window]:
    rows, columns = window
    for start in range(rows.start, rows.stop, _BAND_ROWS):
        yield slice(start, min(start + _BAND_ROWS, rows.stop)), columns


def _shares(scene: Scene, window: Window) -> tuple[list[Layer], Float32[np.ndarray, "l h w"]]:
    """The layers with anything in a window, and how much of each texel they show."""
    from relens.canonical.photo_kernels import shares

    layers = [layer for layer in scene.layers if layer.rgba[window][..., 3].any()]
    size = window[0].stop - window[0].start, window[1].stop - window[1].start
    alpha = np.empty((len(layers), *size), np.float32)
    inverse_depth = np.empty_like(alpha)
    for number, layer in enumerate(layers):
        alpha[number], inverse_depth[number] = layer.rgba[window][..., 3], layer.inverse_depth[window]
    share = np.empty_like(alpha)
    shares(alpha, inverse_depth, share)
    return layers, share
