"""relens edit NAME: one touch-up of a scene, which its history can take back."""

import re
from dataclasses import dataclass, fields
from functools import reduce
from inspect import getdoc
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from tyro.conf import OmitArgPrefixes, Positional, arg, subcommand

from relens.edit.named import EDITS
from relens.edit.selection import Where
from relens.errors import RelensError, ValueRangeError

_Edit = TypeVar("_Edit")


@dataclass(frozen=True)
class TouchUp(Generic[_Edit]):
    """One edit, done to a scene folder."""

    scene: Annotated[Positional[Path], arg(metavar="SCENE")]
    """The folder that `relens lift` made."""
    edit: Annotated[_Edit, OmitArgPrefixes]
    output: Annotated[Path | None, arg(aliases=["-o"], metavar="SCENE", help_behavior_hint="(default: SCENE)")] = None
    """Where the edited scene goes."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Edit and save; say what changed."""
        from relens.cli.output import require_scene_path
        from relens.edit.history_file import load_history, save_history

        target = self.output or self.scene
        require_scene_path(target)
        before = load_history(self.scene)
        try:
            after = before.do(self.edit)  # pyright: ignore[reportArgumentType]
        except ValueRangeError as error:
            raise RelensError(_in_flags(str(error), type(self.edit))) from error
        if after is not before or self.output is not None:
            save_history(after, target)
        if not self.quiet:
            print(f"{target}: {_told(after) if after is not before else 'nothing changed'}")


def _in_flags(message: str, kind: type) -> str:
    """`stops=99: expected ...` as `--stops 99: expected ...`; what names no value of the edit as it is."""
    named = re.match(r"(\w+)=", message)
    names = {field.name for one in (kind, Where) for field in fields(one)} - {"where"}
    if named is None or named[1] not in names:
        return message
    return f"--{named[1].replace('_', '-')} {message[named.end() :]}"


def _told(history: Any) -> str:
    step = history.done[-1]
    pages = ", ".join(patch.layer for patch in step.other_side)
    return f"{step.name} changed {pages}; relens edit undo takes it back"


def _help_of(kind: type) -> str:
    """The purpose of an edit, from its docstring; the parser has what its values mean."""
    return (getdoc(kind) or "").split("Attributes:")[0].strip()


TOUCH_UPS: Any = reduce(
    or_,
    (
        Annotated[TouchUp[kind], subcommand(name, description=_help_of(kind))]  # pyright: ignore[reportInvalidTypeForm]
        for name, kind in EDITS.items()
    ),
)
