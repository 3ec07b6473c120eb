"""transforms.json: cameras as nerfstudio, instant-ngp and Blender's NeRF data sets write them."""

import math
import os
from pathlib import Path
from typing import Any

from relens.camera import Camera, Intrinsics, opencv_from_opengl
from relens.errors import FileError, ValueRangeError
from relens.path.json_file import objects_in, read_object
from relens.path.posed_camera import PosedCamera, distortion_note
from relens.path.rigid import rigid
from relens.ranges import finite, number, positive, whole

# nerfstudio's names; it takes all of these for pinholes with the distortion below.
_PINHOLES = ("OPENCV", "PINHOLE", "SIMPLE_PINHOLE", "PERSPECTIVE", "SIMPLE_RADIAL", "RADIAL")
_DISTORTION = ("k1", "k2", "k3", "k4", "p1", "p2")
_SUFFIXES = ("", ".png", ".jpg", ".jpeg")


def read_transforms(path: str | os.PathLike[str]) -> tuple[PosedCamera, ...]:
    """The cameras of a transforms.json, in its order.

    | key, of a frame or of the whole file | meaning |
    |---|---|
    | file_path | the photo: the camera's name |
    | transform_matrix | camera to world, 4x4, OpenGL axes |
    | fl_x, fl_y, or camera_angle_x, camera_angle_y | focal length in pixels, or field of view in radians |
    | cx, cy | principal point in pixels; the middle when left out |
    | w, h | size in pixels; else that of the photo itself |
    | camera_model, is_fisheye | pinholes only |
    | k1 ... k4, p1, p2 | distortion, noted: a polynomial of the squared radius, and the tangential part |

    A frame's own value wins over the file's; other keys are ignored.

    Raises FileError, with the frame's index, for a file, matrix or lens that is not of this kind.
    """
    data = read_object(path)
    cameras = []
    for index, frame in enumerate(objects_in(data, "frames", path)):
        try:
            cameras.append(_camera(data | frame, f"frame {index}", Path(path).parent))
        except ValueRangeError as error:
            raise FileError(path, f"frames[{index}]: {error}") from error
    return tuple(cameras)


def _camera(said: dict[str, Any], default_name: str, folder: Path) -> PosedCamera:
    model = said.get("camera_model", "PINHOLE")
    if model not in _PINHOLES or said.get("is_fisheye"):
        model = "fisheye" if said.get("is_fisheye") else model
        raise ValueRangeError("camera_model", model, f"a pinhole ({', '.join(_PINHOLES)}); undistort the photos first")
    name = said.get("file_path", default_name)
    if not isinstance(name, str):
        raise ValueRangeError("file_path", name, "the photo's path")
    if "transform_matrix" not in said:
        raise ValueRangeError("transform_matrix", "missing", "camera to world, 4x4 numbers")
    pose = opencv_from_opengl(rigid("transform_matrix", said["transform_matrix"]))
    coefficients = {key: finite(key, said.get(key, 0), "a finite number") for key in _DISTORTION}
    camera = Camera(_intrinsics(said, folder / name), pose)
    return PosedCamera(name, camera, distortion_note(coefficients), _opencv(coefficients))


def _opencv(coefficients: dict[str, float]) -> tuple[float, ...] | None:
    """Without k4, which is a fourth power here, and belongs to a quotient in OpenCV."""
    if not any(coefficients.values()):
        return ()
    return None if coefficients["k4"] else tuple(coefficients[name] for name in ("k1", "k2", "p1", "p2", "k3"))


def _intrinsics(said: dict[str, Any], photo: Path) -> Intrinsics:
    width_px, height_px = _size(said, photo)
    fx_px, fy_px = _focal_px(said, "x", width_px), _focal_px(said, "y", height_px)
    fx_px, fy_px = fx_px or fy_px, fy_px or fx_px
    if fx_px is None or fy_px is None:
        raise ValueRangeError("fl_x", "missing", "fl_x in pixels or camera_angle_x in radians")
    cx_px = finite("cx", said.get("cx", width_px / 2), "a finite principal point in pixels")
    cy_px = finite("cy", said.get("cy", height_px / 2), "a finite principal point in pixels")
    return Intrinsics(fx_px, fy_px, cx_px, cy_px, width_px, height_px, "transforms.json")


def _focal_px(said: dict[str, Any], axis: str, size_px: int) -> float | None:
    if (name := f"fl_{axis}") in said:
        return positive(name, said[name], "a positive focal length in pixels")
    if (name := f"camera_angle_{axis}") in said:
        return size_px / 2 / math.tan(number(name, said[name], "0.001 to 3.1 rad (178 degrees)", 0.001, 3.1) / 2)
    return None


def _size(said: dict[str, Any], photo: Path) -> tuple[int, int]:
    if "w" in said and "h" in said:
        expected = "a whole number of pixels, at least 1"
        return whole("w", said["w"], expected, 1), whole("h", said["h"], expected, 1)
    from PIL import Image

    for suffix in _SUFFIXES:
        file = photo.with_name(photo.name + suffix)
        if file.is_file():
            try:
                with Image.open(file) as image:
                    return image.size
            except OSError as error:
                raise ValueRangeError("file_path", file, f"a photo whose size can be read ({error})") from error
    raise ValueRangeError("w", "missing", f"w and h in pixels, or the photo {photo} beside the file")
