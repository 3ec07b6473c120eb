"""fit.json: the fit folder's versioned, validated table of contents."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from relens.errors import FileError
from relens.scene_folder.manifest import CameraRecord, first_problem

MANIFEST_NAME = "fit.json"
FORMAT, VERSION = "relens-fit", 1
MODEL_NAME, BUFFER_NAME, PAGE_NAME = "model.gltf", "model.bin", "page.png"
TEXELS_NAME, CAMERAS_NAME = "texels.npz", "transforms.json"
FILES = (MANIFEST_NAME, MODEL_NAME, BUFFER_NAME, PAGE_NAME, TEXELS_NAME, CAMERAS_NAME)

_MANIFEST_BYTES_LIMIT = 256 << 20

Row = Annotated[list[float], Field(min_length=4, max_length=4)]
Matrix = Annotated[list[Row], Field(min_length=4, max_length=4)]
Rows = Annotated[list[int], Field(min_length=2, max_length=2)]
Point = Annotated[list[float], Field(min_length=3, max_length=3)]


class _Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class PhotoRecord(_Record):
    """A photo's camera; the pose is camera to world, OpenCV axes, metres."""

    name: str
    camera: CameraRecord
    camera_to_world: Matrix
    held_out: bool


class CanonicalRecord(_Record):
    """The pseudo canonical camera and the page's layout: `CanonicalCamera` and `PageLayout` of the room `page`."""

    kind: Literal["perspective", "panorama", "object"]
    pose: Matrix
    radius_m: float | None = Field(gt=0)
    width_px: int = Field(ge=1)
    front_px: int = Field(ge=1)
    texels_per_unit: float = Field(gt=0)
    low_x: float
    low_y: float
    goes_round: bool
    hidden_px: Annotated[list[Rows], Field(max_length=16)]
    tolerance: float = Field(ge=0, lt=1)


class FitManifest(_Record):
    """All of fit.json.

    | field | unit | meaning |
    |---|---|---|
    | relens | | the version that wrote it |
    | gain | 1 | linear light in the page times this is scene light; above 1 where photos hold highlights above 1 |
    | canonical | | where points lie on the page as it was fitted, with texels.npz |
    | photos, reference | | cameras; the world is that of the reference, counted from 0 |
    | box_m | m | least and greatest corner of what was fitted |
    | dataset_from_world | | a similarity: points of the world to the data set's own |
    | ..._psnr_db | dB | of the surface's own colours; of the page, on fitted photos and on those held out |
    | settings | | of the fit, for people |
    """

    format: Literal["relens-fit"] = FORMAT
    version: Literal[1] = VERSION
    relens: str
    gain: float = Field(ge=1, le=2e30)
    canonical: CanonicalRecord
    reference: int = Field(ge=0)
    box_m: Annotated[list[Point], Field(min_length=2, max_length=2)]
    arrangement: Literal["forward", "inside", "around"]
    dataset_from_world: Matrix
    surface_psnr_db: float | None
    fitted_psnr_db: float | None
    held_out_psnr_db: float | None
    notes: list[str]
    settings: dict[str, Any]
    photos: list[PhotoRecord] = Field(min_length=1, max_length=1_000_000)


class _Header(BaseModel):
    """What every version of the format has and will have."""

    model_config = ConfigDict(strict=True, extra="ignore")
    format: str
    version: int


def write_manifest(manifest: FitManifest, folder: Path) -> None:
    """Write fit.json into `folder`, for people to read too."""
    folder.joinpath(MANIFEST_NAME).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> FitManifest:
    """Read and check fit.json.

    Raises FileError for a folder without one, one that is not ours or not valid, and any version but this one.
    """
    path = folder / MANIFEST_NAME
    if not folder.exists():
        raise FileError(folder, "no such fit; expected the folder that `relens fit` writes")
    if not path.is_file():
        raise FileError(folder, f"holds no {MANIFEST_NAME}; expected the folder that `relens fit` writes")
    text = read_file(path, _MANIFEST_BYTES_LIMIT)
    try:
        header = _Header.model_validate_json(text)
    except ValidationError as error:
        raise FileError(path, f"is not the description of a fit: {first_problem(error)}") from error
    if header.format != FORMAT:
        raise FileError(path, f"format {header.format!r}; expected {FORMAT!r}")
    if header.version != VERSION:
        advice = "update relens" if header.version > VERSION else "fit the photos again"
        raise FileError(path, f"fit version {header.version}; this relens reads version {VERSION}: {advice}")
    try:
        return FitManifest.model_validate_json(text)
    except ValidationError as error:
        raise FileError(path, f"is not valid: {first_problem(error)}") from error


def read_file(path: Path, limit: int) -> bytes:
    """All bytes of a file of the fit, of at most `limit`. Raises FileError."""
    try:
        if not path.is_file():
            raise FileError(path, "is missing from the fit; restore it or fit the photos again")
        size = path.stat().st_size
        if size > limit:
            raise FileError(path, f"holds {size} bytes; expected at most {limit} for a fit of this size")
        return path.read_bytes()
    except OSError as error:
        raise FileError(path, f"cannot read: {error.strerror or error}") from error
