"""Levels: the sizes a scene can be had in, level k halved k times, and windows of its layers in them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.camera import Intrinsics
from relens.errors import ValueRangeError
from relens.render.halved import halved_intrinsics, halved_page
from relens.scene import Layer, Scene
from relens.viewer.box import Box, page_box
from relens.viewer.packed_layer import PackedLayer

# A photo this small is there at once on any network and card.
_SMALL_PX = 300_000
# WebP's limit.
_LONGEST_SIDE_PX = 16383
# Rows worked on at a time, so that temporaries stay small beside the page.
_BAND_ROWS = 32


@dataclass(frozen=True)
class Level:
    """One size of a scene.

    Attributes:
        level: how often it is halved.
        intrinsics: the photo's camera at this size.
        border_px: of the layers' pages.
    """

    level: int
    intrinsics: Intrinsics
    border_px: int

    @property
    def page(self) -> Box:
        """The window of a whole page."""
        return page_box(self.intrinsics, self.border_px)


class Levels:
    """A scene in the sizes that it can be had in, the last with a photo of at most 0.3 megapixels.

    What was packed of whole layers is kept, some megabytes, instead of the halved scenes, which take hundreds. Threads
    may share one.

    Attributes:
        scene: at full size.
        sizes: the levels, 0 first; large ones that no page can show are left out.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._all = _levels(scene)
        self.sizes = tuple(level for level in self._all if _is_shown(level))
        self._kept: dict[tuple[str, int], tuple[Layer, PackedLayer]] = {}

    def edited(self, scene: Scene) -> "Levels":
        """Those of the scene after an edit; what was packed of layers that are the same objects is kept."""
        levels = Levels(scene)
        same = {layer.name: layer for layer in scene.layers}
        levels._kept = {key: kept for key, kept in [*self._kept.items()] if same.get(key[0]) is kept[0]}
        return levels

    def size(self, level: int) -> Level:
        """The level of a number. Raises ValueRangeError, which names those there are."""
        found = next((size for size in self.sizes if size.level == level), None)
        if found is None:
            raise ValueRangeError("level", level, f"{self.sizes[0].level} to {self.sizes[-1].level}")
        return found

    def within(self, megapixels: float) -> Level:
        """The largest whose photo has at most so many megapixels; the smallest where none has."""
        fits = [size for size in self.sizes if size.intrinsics.width_px * size.intrinsics.height_px <= 1e6 * megapixels]
        return fits[0] if fits else self.sizes[-1]

    def box_at(self, box: Box, level: int) -> Box:
        """The box at a level that covers a box of the full size."""
        for _ in range(level):
            box = box.halved()
        return box.within(self._all[level].page)

    def cut(
        self, layer: Layer, box: Box, level: int
    ) -> tuple[Float32[np.ndarray, "h w 4"], Float32[np.ndarray, "h w"]]:
        """Page and inverse depth of a layer in a box of a level, as halving the whole scene would have them."""
        if level == 0:
            return self._cut(layer, box, level)
        rgba = np.empty((box.height_px, box.width_px, 4), np.float32)
        inverse_depth = np.empty(rgba.shape[:2], np.float32)
        for top in range(box.top, box.bottom, _BAND_ROWS):
            band = Box(box.left, top, box.right, min(top + _BAND_ROWS, box.bottom))
            window = band.window(box)
            rgba[window], inverse_depth[window] = self._cut(layer, band, level)
        return rgba, inverse_depth

    def _cut(
        self, layer: Layer, box: Box, level: int
    ) -> tuple[Float32[np.ndarray, "h w 4"], Float32[np.ndarray, "h w"]]:
        if level == 0:
            window = box.window(self._all[0].page)
            return layer.rgba[window], layer.inverse_depth[window]
        fine, page = box.doubled(), self._all[level - 1].page
        # Where a page ends on an odd texel, halving repeats it.
        rows = np.clip(np.arange(fine.top, fine.bottom), page.top, page.bottom - 1)
        columns = np.clip(np.arange(fine.left, fine.right), page.left, page.right - 1)
        there = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        rgba, inverse_depth = self._cut(layer, there, level - 1)
        if there != fine:
            repeated = np.ix_(rows - there.top, columns - there.left)
            rgba, inverse_depth = rgba[repeated], inverse_depth[repeated]
        return halved_page(rgba, inverse_depth)

    def kept(self, layer: Layer, level: int, make: Callable[[], PackedLayer]) -> PackedLayer:
        """What was packed of a whole layer, made where it was not."""
        found = self._kept.get((layer.name, level))
        if found is None or found[0] is not layer:
            found = self._kept[layer.name, level] = layer, make()
        return found[1]


def _is_shown(level: Level) -> bool:
    return max(level.page.width_px, level.page.height_px) <= _LONGEST_SIDE_PX


def _levels(scene: Scene) -> tuple[Level, ...]:
    levels = [Level(0, scene.camera.intrinsics, scene.border_px)]
    while (k := levels[-1].intrinsics).width_px * k.height_px > _SMALL_PX:
        levels.append(Level(len(levels), halved_intrinsics(k), -(-levels[-1].border_px // 2)))
    return tuple(levels)
