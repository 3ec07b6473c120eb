"""The record of an export of pages: what `pages.json` says, and which files belong to an export."""

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from relens.canonical import Pages
from relens.errors import FileError
from relens.scene import Scene
from relens.scene_folder.manifest import first_problem
from relens.scene_folder.read_bytes import read_bytes

RECORD_NAME = "pages.json"
RASTER_NAME = "pages.ora"
FORMAT = "relens-pages"
VERSION = 1

_RECORD_BYTES_LIMIT = 1 << 20
# Of the depth every so many-th row and column tells one scene from another.
_STEP = 16


class PageSet(BaseModel):
    """All of pages.json.

    | field | unit | meaning |
    |---|---|---|
    | width_px, height_px | px | size of every page: the photo and its border |
    | border_px | px | what of that lies outside the photo, on each side |
    | gain | 1 | linear light in the pages times this is scene light; one for all, so that colours can be copied |
    | pages | | SHA-256 of every page's file as exported; the photo's own view, and layers front to back |
    | raster | | SHA-256 of the OpenRaster file as exported |
    | geometry | | of the scene's camera and depth, which no page may be taken to another scene of |
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    format: Literal["relens-pages"] = FORMAT
    version: Literal[1] = VERSION
    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    border_px: int = Field(ge=0)
    gain: float = Field(ge=1, le=2e30)
    layers: list[str] = Field(min_length=1)
    pages: dict[str, str]
    raster: str
    geometry: str

    def check(self, scene: Scene, path: Path) -> None:
        """Raise FileError unless this is a record of an export of the scene, or of one edited since in its colours."""
        height_px, width_px = scene.layers[0].inverse_depth.shape
        found, expected = (self.width_px, self.height_px), (width_px, height_px)
        if found != expected:
            sizes = f"{found[0]} x {found[1]} pixels, and the scene's are {expected[0]} x {expected[1]}"
            raise FileError(path, f"belongs to pages of {sizes}; import them into the scene they came from")
        names = [layer.name for layer in scene.layers]
        if self.layers != names or list(self.pages) != list(Pages(scene)):
            layers = f"{', '.join(self.layers)}; the scene has {', '.join(names)}"
            raise FileError(path, f"belongs to a scene of layers {layers}; export this scene's pages anew")
        if self.geometry != geometry_digest(scene) or self.border_px != scene.border_px:
            problem = "belongs to another scene, or this one's depth has changed since the export"
            raise FileError(path, f"{problem}; export this scene's pages anew")


def page_file(name: str) -> str:
    """The file of a page in the folder of an export."""
    return f"{name}.png"


def geometry_digest(scene: Scene) -> str:
    """SHA-256 of what edits of colours leave alone: the camera, and every 16th row and column of the depth."""
    k = scene.camera.intrinsics
    numbers = hashlib.sha256(repr((k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px)).encode())
    for layer in scene.layers:
        # As a saved scene has it: all that is not a number is one.
        sample = np.nan_to_num(layer.inverse_depth[::_STEP, ::_STEP], nan=-1.0)
        numbers.update(np.ascontiguousarray(sample, "<f4").tobytes())
    return numbers.hexdigest()


def write_record(record: PageSet, folder: Path) -> None:
    """Write pages.json into `folder`, for people to read too."""
    folder.joinpath(RECORD_NAME).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> PageSet:
    """Read and check pages.json. Raises FileError for a folder without one, and one that is not ours or not valid."""
    path = folder / RECORD_NAME
    if not path.is_file():
        problem = f"holds no {RECORD_NAME}; keep edited pages in the folder that `relens edit export` made"
        raise FileError(folder, f"{problem}, or export again")
    text = read_bytes(path, _RECORD_BYTES_LIMIT)
    try:
        return PageSet.model_validate_json(text)
    except ValidationError as error:
        problem = f"is no record of exported pages: {first_problem(error)}"
        raise FileError(path, f"{problem}; export the scene's pages anew") from error
