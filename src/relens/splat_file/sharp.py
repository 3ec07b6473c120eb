"""What SHARP writes beside its splats: the photo's camera and the colour space (apple/ml-sharp, `save_ply`)."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError

_MOST_PX = 400_000_000


def camera_of(elements: Mapping[str, np.ndarray]) -> tuple[Camera | None, tuple[str, ...]]:
    """The camera that a file carries, and a note where what it carries is none.

    intrinsic: 3x3 by rows, pixels, corner of the picture at (0, 0). image_size: width, height. extrinsic: 4x4 by rows,
    world to camera, OpenCV axes; the identity when left out. Older files: intrinsic is fx, fy, width, height, and
    extrinsic 3x4 with the rotation transposed.
    """
    intrinsic, size = _numbers(elements, "intrinsic"), _numbers(elements, "image_size")
    if intrinsic is None:
        return None, ()
    try:
        if len(intrinsic) == 4 and size is None:
            fx_px, fy_px, width_px, height_px = intrinsic
            cx_px, cy_px = width_px / 2, height_px / 2
        elif len(intrinsic) == 9 and size is not None and len(size) == 2:
            fx_px, _, cx_px, _, fy_px, cy_px, *_ = intrinsic
            width_px, height_px = size
        else:
            raise ValueRangeError("intrinsic", f"{len(intrinsic)} numbers", "9, and an image_size of 2")
        if width_px * height_px > _MOST_PX:
            most = f"at most {_MOST_PX // 10**6} megapixels"
            raise ValueRangeError("image_size", f"{width_px:g}x{height_px:g}", most)
        k = Intrinsics(fx_px, fy_px, cx_px, cy_px, int(width_px), int(height_px), "splat file")
        return Camera(k, _pose(_numbers(elements, "extrinsic"))), ()
    except (ValueError, OverflowError) as error:
        return None, (f"the file's camera is left out: {error}",)


def colour_space_of(elements: Mapping[str, np.ndarray]) -> Literal["srgb", "linear", "sharp srgb"]:
    """How colours are stored and blended: where SHARP says sRGB, they are stored so but blended as linear light."""
    index = _numbers(elements, "color_space")
    if index is None or len(index) != 1:
        return "srgb"
    return "sharp srgb" if index[0] == 0 else "linear"


def _pose(extrinsic: list[float] | None) -> np.ndarray:
    world_to_camera = np.eye(4)
    if extrinsic is None:
        return world_to_camera
    if len(extrinsic) == 16:
        world_to_camera = np.reshape(extrinsic, (4, 4))
    elif len(extrinsic) == 12:
        world_to_camera[:3] = np.reshape(extrinsic, (3, 4))
        world_to_camera[:3, :3] = world_to_camera[:3, :3].T.copy()
    else:
        raise ValueRangeError("extrinsic", f"{len(extrinsic)} numbers", "16, a matrix from world to camera")
    return np.linalg.inv(world_to_camera)


def _numbers(elements: Mapping[str, np.ndarray], name: str) -> list[float] | None:
    """The numbers of an element that has one property, both of that name."""
    rows = elements.get(name)
    if rows is None or rows.dtype.names != (name,) or len(rows) > 16:
        return None
    return [float(value) for value in rows[name]]
