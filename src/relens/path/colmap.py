"""COLMAP models: cameras as COLMAP has reconstructed them."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.errors import FileError, MissingPackageError, ValueRangeError
from relens.path.colmap_sizes import check_sizes
from relens.path.posed_camera import PosedCamera, distortion_note
from relens.path.rigid import rigid

_PINHOLES = ("SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV")
_PARTS = ("cameras", "images", "points3D")


def is_colmap(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder looks like a COLMAP model."""
    return any(Path(folder, f"images.{kind}").is_file() for kind in ("bin", "txt"))


def read_colmap(folder: str | os.PathLike[str]) -> tuple[PosedCamera, ...]:
    """The registered images of a COLMAP model, .bin or .txt, in its order.

    Convention: COLMAP's camera axes and pixels are those of relens; its poses are world to camera, turned round here.
    Its unit of length is arbitrary.

    Raises FileError for a folder that is no model, has no registered image, or has one whose camera is no pinhole;
    MissingPackageError without pycolmap.
    """
    try:
        import pycolmap
    except ImportError as error:
        raise MissingPackageError("pycolmap", "Reading COLMAP models", "pip install 'relens[colmap]'") from error

    _require_parts(Path(folder))
    check_sizes(Path(folder))
    try:
        model = pycolmap.Reconstruction(str(folder))
    except (ValueError, IndexError, RuntimeError, MemoryError) as error:
        problem = str(error).rpartition("] ")[2][:120]
        raise FileError(folder, f"is no COLMAP model that pycolmap {pycolmap.__version__} reads: {problem}") from error
    cameras = []
    for image_id, image in model.images.items():
        if image.has_pose:
            try:
                cameras.append(_camera(image))
            except ValueRangeError as error:
                raise FileError(folder, f"image {image_id} ({image.name}): {error}") from error
    if not cameras:
        raise FileError(folder, "has no registered image; expected a COLMAP model with at least one")
    return tuple(cameras)


def _require_parts(folder: Path) -> None:
    for kind in ("bin", "txt"):
        missing = [f"{part}.{kind}" for part in _PARTS if not (folder / f"{part}.{kind}").is_file()]
        if not missing:
            return
        if len(missing) < len(_PARTS):
            problem = f"lacks {', '.join(missing)}; expected a COLMAP model"
            break
    else:
        problem = "is no COLMAP model; expected a folder with cameras, images and points3D, all .bin or all .txt"
    raise FileError(folder, problem)


def _camera(image: Any) -> PosedCamera:
    lens = image.camera
    if lens.model.name not in _PINHOLES:
        expected = f"a pinhole ({', '.join(_PINHOLES)}); run COLMAP's image_undistorter first"
        raise ValueRangeError("camera model", lens.model.name, expected)
    # A method since pycolmap 3.12, an attribute before.
    pose = image.cam_from_world
    world_to_camera = rigid("pose", (pose if hasattr(pose, "matrix") else pose()).matrix())
    k = lens.calibration_matrix()
    intrinsics = Intrinsics(k[0, 0], k[1, 1], k[0, 2], k[1, 2], lens.width, lens.height, "COLMAP")
    names = [name.strip() for name in lens.params_info.split(",")]
    coefficients = {names[index]: float(lens.params[index]) for index in lens.extra_params_idxs()}
    # COLMAP's coefficients are OpenCV's, in its order, or the first of them.
    bent = tuple(coefficients.values()) if any(coefficients.values()) else ()
    camera = Camera(intrinsics, np.linalg.inv(world_to_camera))
    return PosedCamera(image.name, camera, distortion_note(coefficients), bent)
