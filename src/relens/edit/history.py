"""History: a scene, the edits that made it, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from relens.edit.edit import Edit
from relens.edit.named import name_of, values_of
from relens.edit.page_patch import PagePatch, overwritten, patched
from relens.edit.patch_file import read_patches
from relens.errors import ValueRangeError
from relens.scene import Scene

# What is done to a scene that can be taken back, but not done again elsewhere.
Change = Callable[[Scene], Scene]


@dataclass(frozen=True)
class Step:
    """One edit of a stack.

    Attributes:
        name: of the edit, as on the command line.
        values: what it was made of, plain values; None where it cannot be replayed.
        other_side: what the scene has otherwise once the step is taken back, or done again; encoded by
            `relens.edit.patch_file` where it comes from a file, since few of them are ever looked at.
    """

    name: str
    values: dict[str, Any] | None
    other_side: tuple[PagePatch, ...] | bytes


@dataclass(frozen=True)
class History:
    """A scene and its edits; every method gives another history, and this one stays.

    Attributes:
        scene: as it is now.
        done: the edits in it, oldest first.
        undone: those taken back, the last one first.
    """

    scene: Scene
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def do(self, edit: Edit | Change, name: str | None = None) -> "History":
        """Edit the scene. What was undone is forgotten; an edit that changes no bit is not kept.

        edit: of `relens.edit`, or any function from scene to scene, which cannot be replayed. name: instead of its own.
        Raises what the edit does.
        """
        scene = edit(self.scene)
        _require_same_layers(self.scene, scene)
        before = overwritten(self.scene, scene)
        if not before:
            return self
        return History(scene, (*self.done, Step(name or name_of(edit), values_of(edit), before)))

    def undo(self) -> "History":
        """Take the last edit back, to the bit. Raises ValueRangeError when there is none."""
        if not self.done:
            raise ValueRangeError("undo", "no edit left", "at least one edit in the scene's history")
        scene, step = _crossed(self.scene, self.done[-1])
        return History(scene, self.done[:-1], (step, *self.undone))

    def redo(self) -> "History":
        """Do the edit again that was undone last, to the bit. Raises ValueRangeError when there is none."""
        if not self.undone:
            raise ValueRangeError("redo", "no edit was undone", "an undo first")
        scene, step = _crossed(self.scene, self.undone[0])
        return History(scene, (*self.done, step), self.undone[1:])


def _crossed(scene: Scene, step: Step) -> tuple[Scene, Step]:
    """The scene on the other side of a step, and the step as it is seen from there."""
    patches = read_patches(step.other_side, scene) if isinstance(step.other_side, bytes) else step.other_side
    scene, taken = patched(scene, patches)
    return scene, replace(step, other_side=taken)


def _require_same_layers(before: Scene, after: Scene) -> None:
    one, other = ([layer.name for layer in scene.layers] for scene in (before, after))
    if one != other or before.border_px != after.border_px or before.camera != after.camera:
        raise ValueRangeError("edit", "another camera, border or set of layers", f"the layers {', '.join(one)}")
