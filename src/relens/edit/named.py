"""The touch-ups by name: as commands, and as lines of a history that can be written down and done again."""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

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
    """What an edit is made of, as JSON has it; None for what is no edit of ours, and so cannot be done again."""
    if type(edit) not in EDITS.values() or not is_dataclass(edit) or isinstance(edit, type):
        return None
    return _plain(asdict(edit))


def edit_of(name: str, values: Mapping[str, Any]) -> Edit:
    """The edit of a name and its values. Raises ValueRangeError for names, values and kinds that it does not have."""
    from pydantic import TypeAdapter, ValidationError

    if name not in EDITS:
        raise ValueRangeError("edit", repr(name), f"one of {', '.join(EDITS)}")
    kind = EDITS[name]
    _require_known(name, kind, values)
    try:
        return TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise ValueRangeError(f"{name}.{place}", repr(problem["input"]), problem["msg"].lower()) from error


def flags_of(name: str, values: Mapping[str, Any]) -> list[str]:
    """The flags that make an edit on the command line, quoted for a shell, without those that have their defaults."""
    flags = []
    for key, value in [*_given(EDITS[name], values), *_given(Where, values.get("where") or {})]:
        flags.append(f"--{key.replace('_', '-')}")
        flags += [shlex.quote(f"{word:g}" if isinstance(word, float) else str(word)) for word in _words(value)]
    return flags


def _given(kind: type, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    known = [field for field in fields(kind) if field.name in values and field.name != "where"]
    return [(field.name, values[field.name]) for field in known if values[field.name] != _plain(field.default)]


def _words(value: Any) -> list[Any]:
    if value is True:
        return []
    return [word for inner in value for word in _words(inner)] if isinstance(value, list) else [value]


def places_of(values: Mapping[str, Any]) -> list[str]:
    """Which of an edit's values say where in its photo something is, so that they mean nothing in another."""
    flat = {**values, **(values.get("where") or {})}
    return [name for name, value in flat.items() if value and (name == "mask" or _is_place(name, value))]


def _is_place(name: str, value: Any) -> bool:
    return name.endswith("_px") and isinstance(value, list | tuple)


def _require_known(name: str, kind: type, values: Mapping[str, Any]) -> None:
    # pydantic passes over fields that a dataclass does not have.
    where = values.get("where", {})
    known = [({field.name for field in fields(kind)}, values)]
    if isinstance(where, Mapping):
        known.append(({field.name for field in fields(Where)}, where))
    for names, given in known:
        if extra := sorted(set(given) - names):
            raise ValueRangeError(name, extra[0], f"no values but {', '.join(sorted(names))}")


def _plain(value: Any) -> Any:
    """Paths as text, whole and from the root, for another folder to find them; tuples as lists."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return str(value.resolve()) if isinstance(value, Path) else value
