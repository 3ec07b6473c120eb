"""relens edit undo, redo, log and replay: the edits of a scene."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

if TYPE_CHECKING:
    from relens.edit.history import Step

_SCENE = arg(metavar="SCENE")


@dataclass(frozen=True)
class Undo:
    """Take back the last edits of a scene, to the bit.

    Try:
      relens edit undo me.relens
      relens edit undo me.relens --steps 3
    """

    scene: Annotated[Positional[Path], _SCENE]
    """The edited scene."""
    steps: Annotated[int, arg(metavar="N")] = 1
    """How many edits."""

    def run(self) -> None:
        """Undo and save; say what is left."""
        _moved(self.scene, self.steps, back=True)


@dataclass(frozen=True)
class Redo:
    """Do the edits again that were undone last, to the bit.

    Try:
      relens edit redo me.relens
    """

    scene: Annotated[Positional[Path], _SCENE]
    """The scene whose edits were undone."""
    steps: Annotated[int, arg(metavar="N")] = 1
    """How many edits."""

    def run(self) -> None:
        """Redo and save; say what is left."""
        _moved(self.scene, self.steps, back=False)


@dataclass(frozen=True)
class Log:
    """List a scene's edits, oldest first; those in brackets were undone.

    Try:
      relens edit log me.relens
    """

    scene: Annotated[Positional[Path], _SCENE]
    """The edited scene."""

    def run(self) -> None:
        """Print a line an edit, as it would be typed."""
        from relens.edit.history_file import load_edits

        done, undone = load_edits(self.scene)
        lines = [f"{number}  {_line(step)}" for number, step in enumerate(done, 1)]
        lines += [f"({number})  {_line(step)}" for number, step in enumerate(undone, len(done) + 1)]
        print("\n".join(lines) if lines else "no edits")


@dataclass(frozen=True)
class Replay:
    """Do one scene's edits again in another.

    Try:
      relens edit replay me.relens you.relens -o you-too.relens
    """

    edited: Annotated[Positional[Path], arg(metavar="EDITED")]
    """The scene whose edits are wanted."""
    scene: Annotated[Positional[Path], _SCENE]
    """The scene they are done to."""
    output: Annotated[Path | None, arg(aliases=["-o"], metavar="SCENE", help_behavior_hint="(default: SCENE)")] = None
    """Where the result goes."""
    skip: bool = False
    """Leave out what cannot be done there, such as strokes of a brush on another photo, instead of doing nothing."""

    def run(self) -> None:
        """Replay and save; say what was left out."""
        from relens.cli.outcome import Outcome
        from relens.cli.output import require_scene_path
        from relens.edit.history_file import load_edits, load_history, same_photo, save_history
        from relens.edit.replay import replay

        target = self.output or self.scene
        require_scene_path(target)
        steps, _ = load_edits(self.edited)
        onto = load_history(self.scene)
        result = replay(steps, onto, places_hold=same_photo(self.edited, self.scene), skip=self.skip)
        if result.history is not onto or self.output is not None:
            save_history(result.history, target)
        count = len(result.history.done) - len(onto.done)
        Outcome(f"{target}: {_edits(count)} of {len(steps)} done again", result.left_out).show()


def _moved(path: Path, steps: int, *, back: bool) -> None:
    from relens.edit.history_file import load_history, save_history
    from relens.ranges import whole

    history = load_history(path)
    for _ in range(whole("--steps", steps, "1 or more", 1)):
        history = history.undo() if back else history.redo()
    save_history(history, path)
    print(f"{path}: {_edits(len(history.done))} done, {len(history.undone)} undone")


def _edits(count: int) -> str:
    return f"{count} edit" if count == 1 else f"{count} edits"


def _line(step: "Step") -> str:
    """A step as it would be typed, without what has its default."""
    from relens.edit.named import edit_of, flags_of
    from relens.errors import ValueRangeError

    if step.values is None:
        return step.name
    try:
        return " ".join([step.name, *flags_of(edit_of(step.name, step.values))])
    except ValueRangeError as error:
        return f"{step.name}, which this relens does not know ({error})"
