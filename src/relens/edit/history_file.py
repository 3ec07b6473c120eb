"""A history in its scene's folder: `edits.json` lists the edits, `edits/<n>.npz` hold what undoes them."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from relens.edit.digest import digest, file_digest
from relens.edit.history import History, Step
from relens.edit.patch_file import encode_patches
from relens.errors import FileError, ValueRangeError
from relens.scene_folder import load_scene, save_scene
from relens.scene_folder.beside import ADVICE, EDITS_FOLDER, EDITS_NAME, step_path
from relens.scene_folder.manifest import depth_path, first_problem, page_path, read_manifest
from relens.scene_folder.read_bytes import read_bytes

FORMAT = "relens-edits"
VERSION = 1

_RECORD_BYTES_LIMIT = 16 << 20
_STEP_BYTES_LIMIT = 1 << 32


class _Record(BaseModel):
    # Distances may be infinite.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, ser_json_inf_nan="constants")


class _Header(BaseModel):
    """What every version of the format has and will have."""

    model_config = ConfigDict(strict=True, extra="ignore")
    format: Literal["relens-edits"]
    version: int


class _StepRecord(_Record):
    """One edit.

    | field | meaning |
    |---|---|
    | name | as on the command line |
    | values | the edit's, with the names they have in Python; none where it cannot be done again |
    | pages | SHA-256 of its `edits/<n>.npz`: what undoes it, or does it again |
    """

    name: str
    values: dict[str, Any] | None
    pages: str


class _Edits(_Record):
    """All of edits.json.

    | field | meaning |
    |---|---|
    | done | how many of the steps are in the scene; the others were undone |
    | steps | oldest first |
    | scene | SHA-256 of the files that the steps belong to: pages and depths |
    """

    format: Literal["relens-edits"] = FORMAT
    version: Literal[1] = VERSION
    done: int = Field(ge=0)
    steps: list[_StepRecord] = Field(max_length=999_999)
    scene: dict[str, str]


def save_history(history: History, path: str | os.PathLike[str]) -> None:
    """Write the scene and its edits as one folder, as `save_scene` does. Raises FileError."""

    def write(folder: Path) -> None:
        if not history.done and not history.undone:
            return
        (folder / EDITS_FOLDER).mkdir()
        steps = []
        for number, step in enumerate((*history.done, *history.undone), 1):
            data = step.other_side if isinstance(step.other_side, bytes) else encode_patches(step.other_side)
            (folder / step_path(number)).write_bytes(data)
            steps.append(_StepRecord(name=step.name, values=step.values, pages=digest(data)))
        digests = _digests(folder, [layer.name for layer in history.scene.layers])
        edits = _Edits(done=len(history.done), steps=steps, scene=digests)
        (folder / EDITS_NAME).write_text(edits.model_dump_json(indent=1) + "\n", encoding="utf-8")

    save_scene(history.scene, path, beside=write)


def load_history(path: str | os.PathLike[str]) -> History:
    """Read a scene and its edits; a scene without any has an empty history.

    Raises FileError as `load_scene` does, and for a record of edits that is damaged, or of another state of the scene
    than the folder holds.
    """
    done, undone = load_edits(path)
    return History(load_scene(path), done, undone)


def load_edits(path: str | os.PathLike[str]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The edits that are in a scene, and those undone, without loading the scene. Raises FileError."""
    folder = Path(path)
    if not (folder / EDITS_NAME).exists():
        read_manifest(folder)
        return (), ()
    steps, done = _read_steps(folder)
    return tuple(steps[:done]), tuple(steps[done:])


def same_photo(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two scenes were lifted from one photo, so that a pixel is the same place in both. Raises FileError."""
    folders = Path(one), Path(other)
    manifests = [read_manifest(folder) for folder in folders]
    sizes = {(manifest.camera.width_px, manifest.camera.height_px) for manifest in manifests}
    sources = [manifest.source_path for manifest in manifests]
    if len(sizes) > 1 or None in sources:
        return False
    digests = {file_digest(folder / source) for folder, source in zip(folders, sources, strict=True) if source}
    return len(digests) == 1


def _read_steps(folder: Path) -> tuple[list[Step], int]:
    path = folder / EDITS_NAME
    edits = _read_edits(path)
    now = _digests(folder, [layer.name for layer in read_manifest(folder).layers])
    for name in sorted(edits.scene.keys() | now.keys()):
        if edits.scene.get(name) != now.get(name):
            problem = f"belongs to another scene, or {name} was changed since by other means"
            raise FileError(path, f"{problem}; {ADVICE}")
    steps = []
    for number, step in enumerate(edits.steps, 1):
        file = folder / step_path(number)
        if not file.is_file():
            raise FileError(file, f"is missing from the scene's edits; {ADVICE}")
        data = read_bytes(file, _STEP_BYTES_LIMIT)
        if digest(data) != step.pages:
            raise FileError(file, f"is damaged, or of other edits; {ADVICE}")
        try:
            steps.append(Step(step.name, step.values, data))
        except ValueRangeError as error:
            raise FileError(path, f"is no record of edits: steps.{number - 1}.{error}; {ADVICE}") from error
    return steps, edits.done


def _read_edits(path: Path) -> _Edits:
    text = read_bytes(path, _RECORD_BYTES_LIMIT)
    try:
        version = _Header.model_validate_json(text).version
        if version != VERSION:
            advice = "update relens" if version > VERSION else ADVICE
            raise FileError(path, f"edits version {version}; this relens reads version {VERSION}: {advice}")
        edits = _Edits.model_validate_json(text)
    except ValidationError as error:
        raise FileError(path, f"is no record of edits: {first_problem(error)}; {ADVICE}") from error
    if edits.done > len(edits.steps):
        raise FileError(path, f"has {edits.done} of {len(edits.steps)} edits done; {ADVICE}")
    return edits


def _digests(folder: Path, layers: list[str]) -> dict[str, str]:
    names = [of(layer).as_posix() for layer in layers for of in (page_path, depth_path)]
    return {name: file_digest(folder / name) for name in names}
