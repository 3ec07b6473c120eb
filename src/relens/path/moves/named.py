"""The ready-made moves by name, as files and command lines call them."""

import difflib
import json
import re
import reprlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from relens.errors import ValueRangeError
from relens.path.moves.aperture_sweep import ApertureSweep
from relens.path.moves.breathing import Breathing
from relens.path.moves.dolly_zoom import DollyZoom
from relens.path.moves.focus_sweep import FocusSweep
from relens.path.moves.handheld import Handheld
from relens.path.moves.light_field_grid import LightFieldGrid
from relens.path.moves.move import Move
from relens.path.moves.orbit import Orbit
from relens.path.moves.push_in import PushIn
from relens.path.moves.rack_focus import RackFocus
from relens.path.moves.stereo_pair import StereoPair

_ALL: tuple[type, ...] = (
    ApertureSweep, Breathing, DollyZoom, FocusSweep, Handheld, LightFieldGrid, Orbit, PushIn, RackFocus, StereoPair,
)  # fmt: skip
# By their files' names, dolly-zoom for DollyZoom.
MOVES: dict[str, type[Move]] = {re.sub(r"(?<=.)([A-Z])", r"-\1", kind.__name__).lower(): kind for kind in _ALL}


def move_of(name: str, values: Mapping[str, Any]) -> Move:
    """The move of a name and its values. Raises ValueRangeError for names, values and kinds that it does not have."""
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(name, str) or name not in MOVES:
        raise ValueRangeError("move", reprlib.repr(name), f"one of {', '.join(MOVES)}{_meant(name, MOVES)}")
    kind = MOVES[name]
    known = [field.name for field in fields(kind)]  # pyright: ignore[reportArgumentType]
    if extra := next((key for key in values if key not in known), None):
        raise ValueRangeError(name, reprlib.repr(extra), f"no values but {', '.join(known)}{_meant(extra, known)}")
    try:
        # As JSON, but strictly: neither text nor True is a number.
        return TypeAdapter(kind).validate_json(json.dumps(dict(values), default=str), strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        if isinstance(own := problem.get("ctx", {}).get("error"), ValueRangeError):
            raise own from error
        found, place = reprlib.repr(problem["input"]), ".".join([name, *map(str, problem["loc"])])
        raise ValueRangeError(place, found, f"a value of its kind: {problem['msg'].lower()}") from error


def _meant(name: object, known: Any) -> str:
    near = difflib.get_close_matches(str(name), known, 1)
    return f"; did you mean {near[0]}?" if near else ""
