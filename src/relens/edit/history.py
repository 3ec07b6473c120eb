"""History: a scene, the edits that made it, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.edit.edit import Edit
from relens.edit.named import name_of, values_of
from relens.edit.page_patch import PagePatch, overwritten, patched
from relens.edit.patch_file import read_patches
from relens.errors import ValueRangeError
from relens.scene import Scene
from relens.scene_folder.beside import step_path

# What is done to a scene that can be taken back, but not done again elsewhere.
Change = Callable[[Scene], Scene]

_LONGEST_NAME = 200


@dataclass(frozen=True)
class Step:
    """One edit of a stack.

    Attributes:
        name: of the edit, as on the command line.
        values: what it was made of, plain values; None where it cannot be replayed.
        other_side: what the scene has otherwise once the step is taken back, or done again; encoded by
            `relens.edit.patch_file` where it comes from a file, since few of them are ever looked at.

    Raises ValueRangeError for a name that is no line of text.
    """

    name: str
    values: dict[str, Any] | None
    other_side: tuple[PagePatch, ...] | bytes

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= _LONGEST_NAME or not self.name.isprintable():
            raise ValueRangeError("name", ascii(self.name), f"1 to {_LONGEST_NAME} characters of one line")


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

        edit: a touch-up of `relens.edit`, or any function from scene to scene, which cannot be replayed.
        name: of a function, instead of its own.
        Raises what the edit does, and ValueRangeError for one that changes more than layers or that JSON cannot hold.
        """
        values = values_of(edit)
        step = Step(name_of(edit) if values is not None or name is None else name, values, ())
        scene = edit(self.scene)
        _require_same_layers(self.scene, scene)
        before = overwritten(self.scene, scene)
        return History(scene, (*self.done, replace(step, other_side=before))) if before else self

    def undo(self) -> "History":
        """Take the last edit back, to the bit.

        Raises ValueRangeError when there is none, FileError where the file of its pages is damaged.
        """
        if not self.done:
            raise ValueRangeError("undo", "no edit left", "at least one edit in the scene's history")
        scene, step = _crossed(self.scene, self.done[-1], len(self.done))
        return History(scene, self.done[:-1], (step, *self.undone))

    def redo(self) -> "History":
        """Do the edit again that was undone last, to the bit. Raises as `undo`."""
        if not self.undone:
            raise ValueRangeError("redo", "no edit was undone", "an undo first")
        scene, step = _crossed(self.scene, self.undone[0], len(self.done) + 1)
        return History(scene, (*self.done, step), self.undone[1:])


def _crossed(scene: Scene, step: Step, number: int) -> tuple[Scene, Step]:
    """The scene on the other side of a step, and the step as it is seen from there."""
    patches = step.other_side
    if isinstance(patches, bytes):
        patches = read_patches(patches, step_path(number), scene)
    scene, taken = patched(scene, patches)
    return scene, replace(step, other_side=taken)


def _same_bits(one: Float32[np.ndarray, "h w"] | None, other: Float32[np.ndarray, "h w"] | None) -> bool:
    if one is None or other is None or one is other:
        return one is other
    return np.array_equal(one, other, equal_nan=True)


def _require_same_layers(before: Scene, after: Scene) -> None:
    one, other = (
        ([layer.name for layer in scene.layers], scene.border_px, scene.camera.intrinsics, scene.depth_source)
        for scene in (before, after)
    )
    same_rest = before.source == after.source and _same_bits(before.uncertainty, after.uncertainty)
    if one != other or not same_rest:
        raise ValueRangeError(
            "edit", "more than layers changed", f"a scene with the layers {', '.join(one[0])}, as it was"
        )
