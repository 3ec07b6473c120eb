"""Paths as files: YAML that reads well, or the same in JSON; by name from configs/paths, or by file."""

import json
import os
import reprlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relens.errors import FileError, ValueRangeError
from relens.path.camera_path import CameraPath
from relens.path.path_problem import PathProblem, unknown_key, validated
from relens.path.plain_yaml import Place, PlainYamlError, read_plain_yaml

if TYPE_CHECKING:
    from relens.path.moves.move import Move

# An installed wheel carries them inside the package, a source checkout beside it.
_FOLDERS = (Path(__file__).parents[1] / "_configs" / "paths", Path(__file__).parents[3] / "configs" / "paths")
# A nerfstudio film of two hours has about 100 MB of frames.
_BYTES_LIMIT = 1 << 28


def read_path(name_or_file: str | os.PathLike[str]) -> "CameraPath | Move":
    """The path of that name in configs/paths, or in the file: ours, or nerfstudio's camera_path.json.

    Of the whole path:

    | key | unit | meaning |
    |---|---|---|
    | keyframes | | a list, in the order of time; see below |
    | move | | instead of keyframes: the name of a ready-made move (`relens.path.moves`), its values beside it |
    | spline | | centripetal (default), kochanek-bartels (as nerfstudio's viewer) or linear |
    | loop_s | s | from the last keyframe back to the first, so that the film runs in circles |
    | lens | | a lens of configs/lenses by name, a file, or keys as those files have them; focus_distance_m besides |
    | fps | 1/s | frames a second, 24 unless said otherwise here or by the caller |
    | shutter_deg | degrees | how long each frame is exposed: 180 is half the time to the next, 0 a moment |
    | focus_lag_s | s | how far the focus lags behind a place that it follows |

    Of a keyframe; what it leaves out runs through from the keyframes that say it:

    | key | unit | meaning |
    |---|---|---|
    | at_s or after_s | s | when, from the start; or after the keyframe before is over; the first is at 0 |
    | eye_m | m | where the camera stands: [right, down, forward] of the photo's |
    | yaw_deg, pitch_deg, roll_deg | degrees | turned right, then up, then clockwise (`Camera.turned`) |
    | look_at | | instead: what stays in the middle: subject, a pixel of the photo (1200,800), a point [x, y, z] |
    | camera_to_world | | instead of eye and turn: 16 numbers, row by row, OpenCV axes |
    | fov_deg | degrees | field of view, top to bottom |
    | zoom | | instead: how many times as long as the photo's view the lens is, in frames of any shape |
    | focus | | a distance (1.2, 120cm, inf), or a place to stay on: subject, a pixel, a point [x, y, z] |
    | LENS_VALUES, e.g. f_number | | of `relens.path.keyframe`, with the units of `relens.lens_preset` |
    | exposure_ev | stops | brighter or darker |
    | ease | | to the next: linear, in, out, in-out, hold (jumps), or [x1, y1, x2, y2] of a cubic Bezier, as in CSS |
    | hold_s | s | how long all stays here |
    | tension, continuity, bias | | of kochanek-bartels splines, -1 to 1 each |

    Raises FileError in one line, FILE:LINE: what was wrong and what was expected.
    """
    file = _find(name_or_file)
    text = _read_text(file)
    try:
        content = _parse(text)
        if isinstance(content, dict) and "camera_path" in content:
            from relens.path.nerfstudio import read_nerfstudio

            return read_nerfstudio(file)
        return path_of(content, file.parent)
    except PlainYamlError as error:
        raise FileError(f"{file}:{error.line}", str(error)) from error
    except PathProblem as problem:
        raise FileError(f"{file}:{_line_of(problem.place, text)}", str(problem)) from problem


def path_of(content: Any, folder: Path) -> "CameraPath | Move":
    """The path that a file's content stands for; files that it names lie in `folder`. Raises PathProblem."""
    from relens.path.keyframes_of import path_of_record
    from relens.path.path_model import TOP_KEYS, PathRecord

    if not isinstance(content, dict) or not content:
        found = "is empty" if not content else f"has {reprlib.repr(content)}"
        raise PathProblem((), f"{found}; expected keyframes: and a list of them, or move: and a name")
    if "move" in content:
        return _move_of(content)
    if "frames" in content:
        way = "relens.path.path_through(read_cameras(file), seconds_each=1) makes a path of it in Python"
        raise PathProblem(("frames",), f"holds cameras, as transforms.json does; {way}")
    if "keyframes" not in content:
        extra = next((key for key in content if key not in TOP_KEYS), None)
        raise unknown_key((extra,), (*TOP_KEYS, "move")) if extra else PathProblem((), "has no keyframes and no move")
    return path_of_record(validated(PathRecord, content), folder)


def _move_of(content: dict[str, Any]) -> "Move":
    from relens.path.moves.named import move_of

    values = {key: value for key, value in content.items() if key != "move"}
    try:
        return move_of(content["move"], values)
    except ValueRangeError as error:
        # The message begins with the value's name.
        named = [key for key in values if key in str(error).partition(": expected")[0]]
        raise PathProblem(((named or ["move"])[-1],), str(error)) from error


def _find(name: str | os.PathLike[str]) -> Path:
    known = {path.stem: path for folder in _FOLDERS for path in sorted(folder.glob("*.yaml"))}
    if str(name) in known:
        return known[str(name)]
    file = Path(name)
    try:
        if file.is_dir():
            raise FileError(name, "is a folder; expected a YAML or JSON file")
        if file.is_file():
            return file
    except ValueError:  # a NUL in the name
        pass
    names = ", ".join(known) or "none installed"
    raise FileError(name, f"no such path; expected a YAML or JSON file, or one of: {names}")


def _read_text(file: Path) -> str:
    try:
        if file.stat().st_size > _BYTES_LIMIT:
            raise FileError(file, f"is larger than {_BYTES_LIMIT >> 20} MB; expected a camera path")
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise FileError(file, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FileError(file, "is not text in UTF-8; expected YAML or JSON") from error


def _parse(text: str) -> Any:
    """The content of YAML, or of JSON ten times as fast. Raises PlainYamlError."""
    if not text.lstrip().startswith("{"):
        return read_plain_yaml(text)
    try:
        return json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        # It may be YAML that begins so; else this says on which line it is neither.
        return read_plain_yaml(text.replace("\t", " "))


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _line_of(place: Place, text: str) -> int:
    """On which line a place of the content is, or the innermost part around it that has one."""
    lines: dict[Place, int] = {}
    # JSON has escapes that YAML's parsers do not know.
    with suppress(PlainYamlError):
        read_plain_yaml(text.replace("\t", " "), lines)
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 1)
