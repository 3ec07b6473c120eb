"""Camera paths that a page hands over, as it has them, or as a file's text. No file is opened for what they say."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from relens.errors import FileError, RelensError, ValueRangeError
from relens.lens import Lens
from relens.lens_preset import preset_names, read_preset
from relens.path.camera_path import CameraPath
from relens.path.moves.move import Move
from relens.path.nerfstudio import read_nerfstudio
from relens.path.path_file import path_of
from relens.path.path_problem import PathProblem
from relens.path.plain_yaml import PlainYamlError, read_plain_yaml
from relens.path.write_path import path_content
from relens.scene import Scene

# A path's frames are all made at once: more than this would take the memory of a film, and hours.
MOST_FRAMES = 20_000


def path_of_page(content: Any) -> CameraPath:
    """The path of a page's `PathRecord`, parsed.

    Raises RelensError, in one line, for what is no path, and for a lens that is a file.
    """
    if isinstance(content, dict) and "move" in content:
        raise ValueRangeError("path", "a move", "keyframes; ask for the move's path first")
    found = _path_of(content)
    assert isinstance(found, CameraPath)
    return found


def record_of_text(text: str, scene: Scene) -> dict[str, Any]:
    """A file's text as a page's `PathRecord`: ours in YAML or JSON, or nerfstudio's camera_path.json.

    scene: what the ready-made move of a file that names one is made for.
    Raises RelensError as `path_of_page`, and with the line for what is neither.
    """
    content = _parsed(text)
    if isinstance(content, dict) and "camera_path" in content:
        path, lens = _nerfstudio(text), None
    else:
        path, lens = _path_of(content), content.get("lens")
        if not isinstance(path, CameraPath):
            path = path(scene, Lens(85, 1.4))
    require_frames(path, path.fps)
    # The lens stays as the file says it: a preset by its name.
    return path_content(path) if lens is None else {"lens": lens, **path_content(replace(path, lens=None))}


def require_frames(path: CameraPath, fps: float) -> None:
    """Raise ValueRangeError for a film that is longer than anybody waits for."""
    if not path.duration_s * fps <= MOST_FRAMES:
        expected = f"at most {MOST_FRAMES} frames; relens path makes longer films"
        raise ValueRangeError("path", f"{path.duration_s:g} s at {fps:g} fps", expected)


def _path_of(content: Any) -> CameraPath | Move:
    if isinstance(content, dict) and content.get("lens") is not None:
        content = {**content, "lens": _lens_without_files(content["lens"])}
    try:
        # Nothing is left that would be looked for in a folder.
        return path_of(content, Path("/nowhere"))
    except PathProblem as problem:
        place = ".".join(map(str, problem.place))
        raise RelensError(f"path{f' at {place}' if place else ''}: {problem}") from problem


def _lens_without_files(lens: Any) -> Any:
    """A path's lens, whose preset and aperture image are known by name."""
    if isinstance(lens, str) and lens not in preset_names():
        raise ValueRangeError("path.lens", repr(lens)[:80], f"one of {', '.join(preset_names())}, or a preset's keys")
    if isinstance(lens, dict) and lens.get("image") is not None:
        name = lens["image"]
        preset = read_preset(name) if isinstance(name, str) and name in preset_names() else None
        if preset is None or preset.image is None:
            raise ValueRangeError("path.lens.image", repr(name)[:80], "a preset whose aperture is an image, or none")
        return {**lens, "image": str(Path(preset.image).resolve())}
    return lens


def _parsed(text: str) -> Any:
    try:
        # JSON is YAML too, but read ten times as fast.
        return json.loads(text) if text.lstrip().startswith("{") else read_plain_yaml(text)
    except (ValueError, RecursionError):
        try:
            return read_plain_yaml(text.replace("\t", " "))
        except PlainYamlError as error:
            raise RelensError(f"path, line {error.line}: {error}") from error


def _nerfstudio(text: str) -> CameraPath:
    with tempfile.TemporaryDirectory(prefix="relens-view-") as folder:
        file = Path(folder, "camera_path.json")
        file.write_text(text, "utf-8")
        try:
            return read_nerfstudio(file)
        except FileError as error:
            raise RelensError(str(error).replace(str(file), file.name)) from error
