"""scene.json: the scene folder's versioned, validated table of contents."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import from_json, to_json

from relens.errors import FileError
from relens.left_over import bring_back
from relens.scene import MOST_PAGE_PIXELS
from relens.scene_folder.migrate import OLDEST, migrated
from relens.scene_folder.read_bytes import read_bytes

MANIFEST_NAME = "scene.json"
# What `relens fit` makes of many photos beside its scene (relens.multiview.fit_folder).
_FIT_NAME = "fit.json"
FORMAT = "relens-scene"
VERSION = 2
# Channels of the folder's OpenEXR files.
INVERSE_DEPTH, UNCERTAINTY = "inverse_depth", "uncertainty"
# Beside scene.json, where no layer's name can be the same.
UNCERTAINTY_PATH = Path(f"{UNCERTAINTY}.exr")

_MANIFEST_BYTES_LIMIT = 1 << 20


def _plain_file_name(name: str) -> str:
    if name != portable_file_name(name):
        raise ValueError("should be a plain file name without folders")
    return name


def portable_file_name(name: str) -> str:
    """The file name itself where it works on every system and stays inside its folder, else its nearest relative."""
    safe = "".join(letter if letter.isalnum() or letter in " ._-+()[]@,&'!~#" else "_" for letter in name)
    # The end is kept, for the suffix; 60 characters are at most 240 bytes.
    return safe[-60:].strip(". ") or "photo"


def page_path(layer_name: str) -> Path:
    """A layer's texture page, relative to the scene folder."""
    return Path("canonical", f"{layer_name}.png")


def depth_path(layer_name: str) -> Path:
    """A layer's inverse depth, relative to the scene folder."""
    return Path("depth", f"{layer_name}.exr")


class _Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class CameraRecord(_Record):
    """The photo's pinhole; the fields of `relens.camera.Intrinsics`."""

    fx_px: float = Field(gt=0)
    fy_px: float = Field(gt=0)
    cx_px: float
    cy_px: float
    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    source: str


class LayerRecord(_Record):
    """One layer; its name is also the name of its files.

    | field | unit | meaning |
    |---|---|---|
    | name | | lower-case letters, digits and dashes |
    | gain | 1 | linear light in the page times this is scene light; above 1 where the layer holds highlights above 1 |
    """

    name: str = Field(pattern=r"\A[a-z0-9-]+\z", max_length=64)
    gain: float = Field(ge=1, le=2e30)


class Manifest(_Record):
    """All of scene.json. Layers stand in the scene's order; `source` names a file in the folder `source`.

    `written_by` is for people, and for the advice that an older relens gives: no pixel and no key depends on it.
    `uncertainty` says that the folder holds `uncertainty.exr`, and is written only where it is true.

    | version | what changed |
    |---|---|
    | 1 | the first |
    | 2 | `written_by` came |
    """

    format: Literal["relens-scene"] = FORMAT
    version: Literal[2] = VERSION
    written_by: str = Field(min_length=1, max_length=200)
    camera: CameraRecord
    border_px: int = Field(ge=0)
    layers: list[LayerRecord] = Field(min_length=1, max_length=64)
    depth_source: str
    source: Annotated[str, AfterValidator(_plain_file_name)] | None = None
    uncertainty: bool = False

    @model_validator(mode="after")
    def _bounded(self) -> "Manifest":
        # A folder of a few kilobytes must not be able to ask for all memory.
        if self.width_px * self.height_px > MOST_PAGE_PIXELS:
            raise ValueError(f"pages of {self.width_px} x {self.height_px} pixels, over {MOST_PAGE_PIXELS} in all")
        return self

    @property
    def width_px(self) -> int:
        """Width of every page: the photo and its border."""
        return self.camera.width_px + 2 * self.border_px

    @property
    def height_px(self) -> int:
        """Height of every page: the photo and its border."""
        return self.camera.height_px + 2 * self.border_px

    @property
    def source_path(self) -> Path | None:
        """The source photo, relative to the scene folder."""
        return Path("source", self.source) if self.source else None

    def files(self) -> set[Path]:
        """Every file of the scene, relative to its folder."""
        of_layers = {of(layer.name) for layer in self.layers for of in (page_path, depth_path)}
        others = {self.source_path} if self.source_path else set()
        return {Path(MANIFEST_NAME)} | of_layers | others | ({UNCERTAINTY_PATH} if self.uncertainty else set())


class _Header(BaseModel):
    """What every version of the format has and will have; `written_by` since version 2."""

    model_config = ConfigDict(strict=True, extra="ignore")
    format: str
    version: int
    written_by: Any = None


def this_relens() -> str:
    """What `written_by` says of scenes that this relens writes: "relens 0.2.0"."""
    from importlib.metadata import version

    return f"relens {version('relens')}"


def manifest_text(manifest: Manifest) -> str:
    """All of scene.json, for people to read too."""
    left_out = None if manifest.uncertainty else {UNCERTAINTY}
    return manifest.model_dump_json(indent=2, exclude=left_out) + "\n"


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write scene.json into `folder`."""
    folder.joinpath(MANIFEST_NAME).write_text(manifest_text(manifest), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read and check scene.json of any version up to this one, as this one says it.

    Raises FileError for a folder without one, one that is not ours or not valid, and a version that is not known here.
    """
    return read_versioned(folder)[1]


def read_versioned(folder: Path) -> tuple[int, Manifest]:
    """As `read_manifest`, with the version that the file itself has."""
    path = folder / MANIFEST_NAME
    bring_back(folder)
    if not folder.exists():
        raise FileError(folder, "no such scene; expected the folder of a saved scene")
    if not folder.is_dir():
        raise FileError(folder, "is a file; expected the folder of a saved scene")
    if not path.exists():
        advice = "expected the folder of a saved scene"
        if (folder / _FIT_NAME).is_file():
            advice = f"it holds a fit: make it a scene with relens lift {folder} -o scene.relens"
        raise FileError(folder, f"holds no {MANIFEST_NAME}; {advice}")
    text = read_bytes(path, _MANIFEST_BYTES_LIMIT)
    try:
        header = _Header.model_validate_json(text)
    except ValidationError as error:
        raise FileError(path, f"is not a scene description: {first_problem(error)}") from error
    if header.format != FORMAT:
        raise FileError(path, f"format {header.format!r}; expected {FORMAT!r}")
    if not OLDEST <= header.version <= VERSION:
        known = f"this relens reads versions {OLDEST} to {VERSION}"
        raise FileError(path, f"scene version {header.version}; {known}: {_advice(header)}")
    try:
        if header.version < VERSION:
            text = to_json(migrated(from_json(text), header.version, VERSION))
        return header.version, Manifest.model_validate_json(text)
    except ValidationError as error:
        raise FileError(path, f"is not valid: {first_problem(error)}") from error
    except ValueError as error:
        raise FileError(path, f"is not valid: {error}") from error


def _advice(header: _Header) -> str:
    if header.version < OLDEST:
        return "no relens ever wrote that; bring scene.json back from a copy"
    # What a newer relens says of itself is text from a file, so only what looks like a version is repeated.
    writer = re.fullmatch(r"relens ([0-9][0-9A-Za-z.+-]{0,31})", str(header.written_by))
    return f"update relens to {writer[1]} or newer" if writer else "update relens"


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong: which field, and why."""
    problem = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else problem["msg"]
