"""follow: focus that stays on what the first frame of a path shows at a pixel."""

import math
from dataclasses import replace

import numpy as np

from relens.camera import Camera
from relens.errors import RelensError, ValueRangeError
from relens.path.camera_path import CameraPath
from relens.render.aim import Aim
from relens.render.engine import Engine


def follow(path: CameraPath, engine: Engine, first: Camera, pixel: tuple[float, float]) -> CameraPath:
    """The path focused, in every keyframe, on the point that its first camera sees at a pixel (column, row).

    Every keyframe has to say where it stands and looks, as those of nerfstudio's paths do.

    Raises ValueRangeError for a pixel outside the picture, and where the point comes behind the camera; RelensError
    where nothing is at the pixel.
    """
    k, (column, row) = first.intrinsics, pixel
    if not (0 <= column < k.width_px and 0 <= row < k.height_px):
        size = f"a pixel inside the {k.width_px}x{k.height_px} picture"
        raise ValueRangeError("focus", f"{column:g},{row:g}", size)
    depth_m = float(engine.pinhole_depth_m(first)[int(row), int(column)])
    if not math.isfinite(depth_m):
        raise RelensError(f"focus={column:g},{row:g}: the model shows nothing there; choose another, or a distance")
    point_m = first.unproject(np.array([column, row, 1 / depth_m]))
    keyframes = []
    for number, key in enumerate(path.keyframes):
        if key.eye_m is None or key.rotation is None:
            raise RelensError(f"keyframe {number} of the path does not say where it stands; give a focus distance")
        ahead_m = float((point_m - key.eye_m) @ key.rotation[:, 2])
        if ahead_m <= 0:
            raise ValueRangeError("focus", f"{column:g},{row:g}", f"what stays before the camera (frame {number})")
        keyframes.append(replace(key, focus=Aim(distance_m=ahead_m)))
    return replace(path, keyframes=tuple(keyframes))
