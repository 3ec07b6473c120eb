"""The touch-ups by name: as commands, and as lines of a history that can be written down and done again."""

import json
import os
import re
import reprlib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from relens.edit.background import Background
from relens.edit.clone import Clone
from relens.edit.decal import Decal
from relens.edit.edit import Edit
from relens.edit.expose import Expose
from relens.edit.extract import Extract
from relens.edit.heal import Heal
from relens.edit.paint import Paint
from relens.edit.recolour import Recolour
from relens.edit.relight import Relight
from relens.edit.remove import Remove
from relens.edit.selection import Where
from relens.edit.smooth_skin import SmoothSkin
from relens.edit.stylise import Stylise
from relens.edit.text import Text
from relens.errors import ValueRangeError

_ALL: tuple[type, ...] = (
    Background, Clone, Decal, Expose, Extract, Heal, Paint, Recolour, Relight, Remove, SmoothSkin, Stylise, Text,
)  # fmt: skip
# By their commands' names, smooth-skin for SmoothSkin.
EDITS: dict[str, type[Edit]] = {re.sub(r"(?<=.)([A-Z])", r"-\1", kind.__name__).lower(): kind for kind in _ALL}


def name_of(edit: Edit | Callable) -> str:
    """An edit's name as a command, or what any other function calls itself."""
    for name, kind in EDITS.items():
        if type(edit) is kind:
            return name
    return str(getattr(edit, "__name__", type(edit).__name__)).strip("<>")


def values_of(edit: Edit | Callable) -> dict[str, Any] | None:
    """What an edit is made of, as JSON has it; None for what is no edit of ours, and so cannot be done again.

    Raises ValueRangeError for values that are not of their fields' kinds.
    """
    if type(edit) not in EDITS.values():
        return None
    # There and back, so that a path is one even where it was given as text.
    return _plain(asdict(edit_of(name_of(edit), _plain(asdict(edit)))))  # pyright: ignore[reportArgumentType]


def edit_of(name: str, values: Mapping[str, Any]) -> Edit:
    """The edit of a name and its values. Raises ValueRangeError for names, values and kinds that it does not have."""
    from pydantic import TypeAdapter, ValidationError

    if name not in EDITS:
        raise ValueRangeError("edit", reprlib.repr(name), f"one of {', '.join(EDITS)}")
    kind = EDITS[name]
    _require_known(name, kind, values)
    try:
        # As JSON a list is a tuple and text a path, but strictly: neither text nor True is a number.
        return TypeAdapter(kind).validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        place = ".".join([name, *map(str, problem["loc"])])
        found = "nothing" if problem["type"] == "missing" else reprlib.repr(problem["input"])
        raise ValueRangeError(place, found, f"a value of its kind: {problem['msg'].lower()}") from error


def flags_of(edit: Edit) -> list[str]:
    """The flags that make an edit on the command line, quoted for a shell, without those that have their defaults."""
    own = _defaults(type(edit))
    return [*_flags(edit, own), *_flags(edit.where, vars(own["where"]))]


def _defaults(kind: type) -> dict[str, Any]:
    return {
        field.name: field.default if field.default_factory is MISSING else field.default_factory()
        for field in fields(kind)
    }


def _flags(part: Any, defaults: Mapping[str, Any]) -> list[str]:
    flags = []
    for key, value in vars(part).items():
        if key == "where" or value == defaults[key]:
            continue
        flag, words = key.replace("_", "-"), _words(value)
        if isinstance(value, bool):
            flags.append(f"--{flag}" if value else f"--no-{flag}")
        elif str(value).startswith("-"):
            # Apart it would be taken for a flag.
            flags.append(f"--{flag}={words[0]}")
        else:
            flags += [f"--{flag}", *words]
    return flags


def _words(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [word for inner in value for word in _words(inner)]
    return [repr(value).removesuffix(".0") if isinstance(value, float) else shlex.quote(str(value))]


def places_of(edit: Edit) -> list[str]:
    """Which of an edit's values say where in its photo something is, so that they mean nothing in another."""
    flat = {**vars(edit), **vars(edit.where)}
    return [
        name
        for name, value in flat.items()
        if value and (name == "mask" or (name.endswith("_px") and isinstance(value, tuple)))
    ]


def _require_known(name: str, kind: type, values: Mapping[str, Any]) -> None:
    # pydantic passes over fields that a dataclass does not have.
    where = values.get("where", {})
    known = [(name, kind, values), *([(f"{name}.where", Where, where)] if isinstance(where, Mapping) else [])]
    for place, owner, given in known:
        names = {field.name for field in fields(owner)}
        if extra := sorted(set(given) - names):
            found, known_names = reprlib.repr(extra[0]), ", ".join(sorted(names))
            raise ValueRangeError(place, found, f"no values but {known_names}")


def _plain(value: Any) -> Any:
    """Paths as text, whole and from the root, for another folder to find them; tuples as lists."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return value.item()
    text = os.path.abspath(value) if isinstance(value, Path) else value
    if isinstance(text, str) and not text.isascii() and text != text.encode("utf-8", "replace").decode("utf-8"):
        raise ValueRangeError("edit", ascii(text), "text, or a file's name, of whole characters; rename the file")
    return text
