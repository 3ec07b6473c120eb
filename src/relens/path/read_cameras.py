"""read_cameras: the cameras that another program has placed, from whichever file it wrote."""

import os
import re
from pathlib import Path

from relens.errors import FileError
from relens.path.colmap import is_colmap, read_colmap
from relens.path.posed_camera import PosedCamera
from relens.path.transforms_json import read_transforms


def read_cameras(path: str | os.PathLike[str]) -> tuple[PosedCamera, ...]:
    """The cameras of a transforms.json, of a folder that holds one, or of a COLMAP model's folder, by their names.

    Convention: OpenCV axes in the file's own world and unit (`PosedCamera`). Numbers in names count as numbers, so that
    r_10 comes after r_9.

    Raises FileError for anything else; MissingPackageError for a COLMAP model without pycolmap.
    """
    place = Path(path)
    if place.is_dir() and is_colmap(place):
        cameras = read_colmap(place)
    elif place.is_dir() and (place / "transforms.json").is_file():
        cameras = read_transforms(place / "transforms.json")
    elif place.is_file():
        cameras = read_transforms(place)
    else:
        raise FileError(
            place, "holds no cameras; expected a transforms.json or the folder of a COLMAP model (sparse/0)"
        )
    return tuple(sorted(cameras, key=lambda camera: by_number(camera.name)))


def by_number(name: str) -> list[tuple[int, str]]:
    """The key by which names are sorted: numbers in them count as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
