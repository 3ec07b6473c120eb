"""Changes: which windows of which pages each revision changed, for the pages on the screens to catch up."""

from collections import deque
from dataclasses import dataclass

from relens.canonical.photo_view import Window
from relens.edit.page_patch import PagePatch
from relens.scene import Scene
from relens.viewer.pack import Changed

_REVISIONS_KEPT = 100


@dataclass(frozen=True)
class Revision:
    """What made one revision of the one before."""

    number: int
    changed: tuple[Changed, ...]


class Changes:
    """The last hundred revisions."""

    def __init__(self) -> None:
        self._revisions: deque[Revision] = deque(maxlen=_REVISIONS_KEPT)

    def add(self, revision: Revision) -> None:
        """Note the newest."""
        self._revisions.append(revision)

    def since(self, number: int, scene: Scene) -> tuple[Changed, ...]:
        """One window a layer, around all that changed since a revision; whole layers where that is not known.

        scene: as it is now.
        """
        revisions = list(self._revisions)
        newest = revisions[-1].number if revisions else 0
        if number == newest:
            return ()
        if number > newest or number < revisions[0].number - 1:
            return tuple(Changed(layer.name, whole(scene), depth=True) for layer in scene.layers)
        around: dict[str, Changed] = {}
        for revision in revisions:
            for changed in revision.changed if revision.number > number else ():
                known = around.get(changed.layer)
                around[changed.layer] = changed if known is None else _around(known, changed)
        return tuple(around.values())


def changed_by(patches: tuple[PagePatch, ...], before: Scene, after: Scene) -> tuple[Changed, ...]:
    """The windows that a step of a history changed, from what it overwrote."""
    depths = [{layer.name: layer.inverse_depth for layer in scene.layers} for scene in (before, after)]
    return tuple(
        Changed(patch.layer, patch.window, depth=depths[0][patch.layer] is not depths[1][patch.layer])
        for patch in patches
    )


def whole(scene: Scene) -> Window:
    """The window that is all of a page."""
    height, width = scene.layers[0].inverse_depth.shape
    return slice(0, height), slice(0, width)


def _around(one: Changed, other: Changed) -> Changed:
    rows, columns = (
        slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(one.window, other.window, strict=True)
    )
    return Changed(one.layer, (rows, columns), one.depth or other.depth)
