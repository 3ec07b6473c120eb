"""Path problems: what is wrong in a path file, and where in it."""

import difflib
import reprlib
from typing import Any

from relens.path.plain_yaml import Place


class PathProblem(Exception):
    """What is wrong with a path's content, and the place in it."""

    def __init__(self, place: Place, problem: str) -> None:
        super().__init__(problem)
        self.place = place


def validated(model: Any, content: Any) -> Any:
    """The content as a record of a model. Raises PathProblem for the first thing that is wrong."""
    from pydantic import ValidationError

    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _first_problem(error) from error


def unknown_key(place: Place, known: tuple[str, ...]) -> PathProblem:
    """The problem of a key that nothing has, with the one that may be meant."""
    key = str(place[-1])
    close = difflib.get_close_matches(key, known, 1)
    advice = f"did you mean {close[0]}?" if close else f"expected some of {', '.join(known)}"
    return PathProblem(place, f"the key {reprlib.repr(key)} is unknown; {advice}")


def _first_problem(error: Any) -> PathProblem:
    from relens.path.path_model import EXPECTED, KEYFRAME_KEYS, TOP_KEYS

    details = error.errors(include_url=False, include_context=False)[0]
    place = details["loc"]
    in_keyframe = len(place) > 1 and place[0] == "keyframes"
    if details["type"] == "extra_forbidden":
        return unknown_key(place, KEYFRAME_KEYS if in_keyframe else (*TOP_KEYS, "move"))
    key = str(place[2]) if len(place) > 2 and in_keyframe else str(place[0])
    if in_keyframe and len(place) == 2:
        return PathProblem(place, f"a keyframe is {reprlib.repr(details['input'])}; expected keys and values")
    expected = EXPECTED.get(key, "a finite number")
    return PathProblem(place, f"{key}={reprlib.repr(details['input'])}: expected {expected}")
