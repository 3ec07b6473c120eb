"""Replay: the edits of one scene, done again in another."""

from collections.abc import Sequence
from dataclasses import dataclass

from relens.edit.edit import Edit
from relens.edit.history import History, Step
from relens.edit.named import edit_of, places_of
from relens.errors import RelensError, ValueRangeError
from relens.progress import Progress, silent


@dataclass(frozen=True)
class Replayed:
    """A history with more edits, and those that were left out, each with the reason."""

    history: History
    left_out: tuple[str, ...] = ()


def replay(
    steps: Sequence[Step],
    onto: History,
    *,
    places_hold: bool,
    skip: bool = False,
    progress: Progress = silent,
) -> Replayed:
    """Do the edits again, one after the other; each becomes a step of the other scene's history.

    places_hold: whether a pixel is the same place in both scenes (`relens.edit.history_file.same_photo`). Where not, an
    edit of a brush, a click, a mask or any other place cannot be done again; nor can one that was no touch-up, as pages
    from an editor are. skip: leave these out, and those that fail, instead of raising.

    Raises ValueRangeError, with nothing done, for an edit that cannot be done again.
    """
    left_out = []
    for number, step in enumerate(steps, 1):
        progress("replay", (number - 1) / len(steps))
        try:
            onto = onto.do(_again(step, places_hold))
        except RelensError as error:
            if not skip:
                expected = f"one that this scene can take, or skip, which leaves such edits out ({error})"
                raise ValueRangeError(f"edit {number}", step.name, expected) from error
            left_out.append(f"edit {number}, {step.name}, was left out: {error}")
    progress("replay", 1.0)
    return Replayed(onto, tuple(left_out))


def _again(step: Step, places_hold: bool) -> Edit:
    if step.values is None:
        raise ValueRangeError("edit", step.name, "one that was made by a command of relens edit")
    edit = edit_of(step.name, step.values)
    if not places_hold and (places := places_of(edit)):
        expected = "a scene of the same photo, since places in one mean nothing in another"
        raise ValueRangeError(f"{step.name}.{places[0]}", "a place", expected)
    return edit
