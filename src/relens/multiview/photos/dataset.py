"""A data set of posed photos on disk: which photos, cameras, masks and priors it names."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from relens.errors import FileError
from relens.path.colmap import is_colmap
from relens.path.json_file import objects_in, read_object
from relens.path.posed_camera import PosedCamera
from relens.path.read_cameras import by_number, read_cameras
from relens.path.transforms_json import read_transforms

_SUFFIXES = ("", ".png", ".jpg", ".jpeg")
_MODELS = ("", "sparse/0", "sparse", "colmap/sparse/0", "dense/sparse")
_FORMATS = "a transforms.json, a folder with one, with COLMAP's sparse/0 or with Blender's transforms_train.json"
# Blender's sets keep hundreds of photos for tests; so many tell as much.
_MOST_HELD_OUT = 20
_HELD_OUT = ("val_filenames", "test_filenames")


@dataclass(frozen=True)
class ListedPhoto:
    """One photo that a data set lists.

    Attributes:
        posed: its camera, in the data set's own world.
        file: the photo.
        mask_file: white where the subject is; None for none.
        depth_file, normal_file: None for none.
        held_out: whether the data set keeps it for tests.
    """

    posed: PosedCamera
    file: Path
    mask_file: Path | None = None
    depth_file: Path | None = None
    normal_file: Path | None = None
    held_out: bool = False

    @property
    def name(self) -> str:
        """As the data set has it."""
        return self.posed.name


def list_photos(path: str | os.PathLike[str]) -> tuple[ListedPhoto, ...]:
    """The photos of a data set, by name.

    | data set | photos | held out |
    |---|---|---|
    | transforms.json, or a folder with one | file_path | val_filenames, test_filenames |
    | a folder with transforms_train.json (Blender's NeRF sets) | its file_path | 20 of transforms_test.json |
    | COLMAP: a folder with images and sparse/0, or sparse/0 itself | images/ beside the model | |

    A frame's mask_path, depth_file_path and normal_file_path go with its photo.

    Raises FileError for anything else, for no or only one photo, and where a file is missing; what
    `relens.path.read_cameras.read_cameras` raises.
    """
    place = Path(path)
    if not place.exists():
        raise FileError(place, f"does not exist; expected {_FORMATS}")
    listed = sorted(_listed(place), key=lambda photo: by_number(photo.name))
    names = [photo.name for photo in listed]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise FileError(place, f"lists {twice[0]} more than once; expected every photo to have its own name")
    _require_files(place, listed)
    if sum(not photo.held_out for photo in listed) < 2:
        raise FileError(place, "has only one photo to fit; expected many: of one, `relens lift` makes a scene")
    return tuple(listed)


def _listed(place: Path) -> Sequence[ListedPhoto]:
    if place.is_file():
        return _of_transforms(place)
    if (place / "transforms.json").is_file():
        return _of_transforms(place / "transforms.json")
    if (place / "transforms_train.json").is_file():
        return _of_blender(place)
    for model in _MODELS:
        if is_colmap(place / model):
            return _of_colmap(place, place / model)
    raise FileError(place, f"is no data set of posed photos; expected {_FORMATS}")


def _of_transforms(file: Path) -> list[ListedPhoto]:
    cameras = read_transforms(file)
    whole = read_object(file)
    frames = objects_in(whole, "frames", file)
    listed = [_of_frame(posed, whole | frame, file.parent) for posed, frame in zip(cameras, frames, strict=True)]
    # nerfstudio's names for its own split.
    kept = {name for key in _HELD_OUT if isinstance(whole.get(key), list) for name in whole[key]}
    return [replace(photo, held_out=photo.name in kept) for photo in listed]


def _of_frame(posed: PosedCamera, said: dict[str, Any], folder: Path) -> ListedPhoto:
    def named(key: str) -> Path | None:
        name = said.get(key)
        return folder / name if isinstance(name, str) and name else None

    file = _with_suffix(folder / posed.name)
    return ListedPhoto(posed, file, named("mask_path"), named("depth_file_path"), named("normal_file_path"))


def _with_suffix(file: Path) -> Path:
    """Blender's NeRF sets leave the suffix out."""
    candidates = [file.with_name(file.name + suffix) for suffix in _SUFFIXES]
    return next((candidate for candidate in candidates if candidate.is_file()), file)


def _of_blender(folder: Path) -> list[ListedPhoto]:
    fitted = _of_transforms(folder / "transforms_train.json")
    if not (folder / "transforms_test.json").is_file():
        return fitted
    tests = sorted(_of_transforms(folder / "transforms_test.json"), key=lambda photo: by_number(photo.name))
    step = -(-len(tests) // _MOST_HELD_OUT)
    return fitted + [replace(photo, held_out=True) for photo in tests[::step]]


def _of_colmap(root: Path, model: Path) -> list[ListedPhoto]:
    cameras = read_cameras(model)
    folders = [place / "images" for place in (root, model, model.parent, model.parent.parent)] + [root]
    first = cameras[0].name
    images = next((folder for folder in folders if (folder / first).is_file()), folders[0])
    return [ListedPhoto(posed, images / posed.name) for posed in cameras]


def _require_files(place: Path, listed: Sequence[ListedPhoto]) -> None:
    for what in ("file", "mask_file", "depth_file", "normal_file"):
        files = [file for photo in listed if (file := getattr(photo, what)) is not None]
        missing = [file for file in files if not file.is_file()]
        if missing:
            kind = "photos" if what == "file" else f"{what.removesuffix('_file')} files"
            problem = (
                f"lists {len(files)} {kind}, of which {len(missing)} are missing, {missing[0]} first; put them there"
            )
            raise FileError(place, problem)
