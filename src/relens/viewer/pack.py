"""Pack: a scene at one level, or what an edit changed of it, as the bytes that the page reads."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from relens.canonical.photo_view import Window
from relens.edit.selection import is_subject
from relens.edit.window import bounds
from relens.errors import ValueRangeError
from relens.render.threads import thread_count
from relens.scene import Layer
from relens.viewer.box import Box, box_of
from relens.viewer.container import Chunks, joined
from relens.viewer.edit_state import EditState
from relens.viewer.levels import Level, Levels
from relens.viewer.packed_layer import PackedLayer, packed_layer
from relens.viewer.pinhole import pinhole_record
from relens.viewer.plane import encoded
from relens.viewer.uncertainty import uncertainty_codes

# Around what shows, so that it can be read between texels.
_ROOM_PX = 2
# What stands for a layer that shows nowhere.
_NOWHERE = Box(0, 0, 1, 1)
_UNCERTAINTY_STEP = 4


@dataclass(frozen=True)
class Changed:
    """A window of a layer's page that an edit changed.

    Attributes:
        layer: its name.
        window: rows and columns of the full-size page's array.
        depth: whether inverse depth changed, too.
    """

    layer: str
    window: Window
    depth: bool = False


def packed(levels: Levels, level: int, edits: EditState, changed: Sequence[Changed] | None = None) -> bytes:
    """The scene at a level, or only what `changed` of it, as a container (`relens.viewer.container`).

    Its JSON:

    | key | meaning |
    |---|---|
    | kind | "scene": all of it; "patch": the windows of layers that changed |
    | revision, history | of the edits |
    | level, camera, border_px | the level, and the photo's pinhole and the pages' border at it |
    | layers | of each `name`, whether it is of the `subject`, and what `PackedLayer` has, front to back |
    | uncertainty | plane of codes (`relens.viewer.uncertainty`), null where unknown and in a patch, and its size |

    Raises ValueRangeError for a level that the scene does not have, and an unknown layer.
    """
    at = levels.size(level)
    by_name = {layer.name: layer for layer in levels.scene.layers}
    jobs: list[tuple[Layer, Callable[[], PackedLayer | None]]] = []
    if changed is None:
        jobs = [(layer, lambda layer=layer: _whole(levels, at, layer)) for layer in by_name.values()]
    for each in changed or ():
        if each.layer not in by_name:
            raise ValueRangeError("layer", repr(each.layer), f"one of {', '.join(by_name)}")
        layer = by_name[each.layer]
        jobs.append((layer, lambda layer=layer, each=each: _patch(levels, at, layer, each)))
    with ThreadPoolExecutor(thread_count()) as threads:
        found = list(threads.map(lambda job: job[1](), jobs))
    layers = [(layer, part) for (layer, _), part in zip(jobs, found, strict=True) if part is not None]
    return _joined(levels, at, edits, "scene" if changed is None else "patch", layers)


def _whole(levels: Levels, at: Level, layer: Layer) -> PackedLayer:
    def make() -> PackedLayer:
        there = box_of(bounds(layer.rgba[..., 3]), levels.scene)
        box = levels.box_at(there, at.level).grown(_ROOM_PX).within(at.page) if there.width_px else _NOWHERE
        return packed_layer(box, *levels.cut(layer, box, at.level))

    return levels.kept(layer, at.level, make)


def _patch(levels: Levels, at: Level, layer: Layer, changed: Changed) -> PackedLayer | None:
    """The window at the level; None where it lies outside the page."""
    box = levels.box_at(box_of(changed.window, levels.scene), at.level)
    if not box.width_px or not box.height_px:
        return None
    rgba, inverse_depth = levels.cut(layer, box, at.level)
    return packed_layer(box, rgba, inverse_depth if changed.depth else None)


def _joined(
    levels: Levels, at: Level, edits: EditState, kind: str, layers: Sequence[tuple[Layer, PackedLayer]]
) -> bytes:
    k, chunks = at.intrinsics, Chunks()
    content: dict[str, Any] = {
        "kind": kind,
        "revision": edits.revision,
        "level": at.level,
        "camera": pinhole_record(k),
        "border_px": at.border_px,
        "history": edits.record(),
        "layers": [{"name": layer.name, "subject": is_subject(layer), **part.record(chunks)} for layer, part in layers],
        "uncertainty": None,
    }
    if kind == "scene" and levels.scene.uncertainty is not None:
        width_px, height_px = (-(-side // _UNCERTAINTY_STEP) for side in (k.width_px, k.height_px))
        codes = uncertainty_codes(levels.scene.uncertainty, width_px, height_px)
        content["uncertainty"] = chunks.add(encoded(codes))
        content |= {"uncertainty_width": width_px, "uncertainty_height": height_px}
    return joined(content, chunks)
