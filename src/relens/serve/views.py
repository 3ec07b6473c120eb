"""Views: what pages fetch of the scene, made once however many ask."""

import threading
from typing import Any

from relens.lens import Lens
from relens.render.repaint import recoloured
from relens.scene import Scene
from relens.serve.document import Edited, Opened
from relens.viewer.levels import Levels
from relens.viewer.pack import packed
from relens.viewer.safe_volume import SafeVolume, safe_volume
from relens.viewer.scene_info import scene_info
from relens.viewer.source_image import source_webp

# Safe through this pupil is safe through what portraits are taken with.
_LENS = Lens(85, 1.4)


class Views:
    """The description, the packs, the source photo and the safe volume. Threads share it."""

    def __init__(self) -> None:
        # One at a time: who comes second finds it made.
        self._packing, self._looking, self._developing = threading.Lock(), threading.Lock(), threading.Lock()
        self._safe: tuple[Scene, SafeVolume] | None = None
        self._sources: dict[int, bytes] = {}

    def info(self, opened: Opened, name: str) -> dict[str, Any]:
        """What the page is told before the pixels come."""
        return scene_info(opened.levels, name, opened.edits)

    def pack(self, opened: Opened, level: int) -> bytes:
        """The scene at a level. Raises ValueRangeError for a level that it does not have."""
        with self._packing:
            return packed(opened.levels, level, opened.edits)

    def patch(self, edited: Edited, level: int) -> bytes:
        """What a change changed, at a level. Raises as `pack`."""
        return packed(edited.now.levels, level, edited.now.edits, edited.changed)

    def require_level(self, levels: Levels, level: int) -> None:
        """Raise ValueRangeError for a level that the scene does not have: before a change, not after it."""
        levels.size(level)

    def source(self, levels: Levels, level: int) -> bytes:
        """The source photo as WebP. Raises FileError where there is none, and as `pack`."""
        with self._developing:
            if level not in self._sources:
                self._sources[level] = source_webp(levels, level)
            return self._sources[level]

    def safe(self, scene: Scene) -> SafeVolume:
        """How far the camera may go; edits of colours leave it as it is."""
        with self._looking:
            if self._safe is None or recoloured(self._safe[0], scene) is None:
                self._safe = scene, safe_volume(scene, _LENS)
            return self._safe[1]
