"""path_through: a camera move through the places from which photos were taken."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.posed_camera import PosedCamera
from relens.path.view import vertical_fov_rad
from relens.ranges import positive

_NAMES_SHOWN = 5


def path_through(
    cameras: Sequence[PosedCamera], seconds_each: float, *, origin: str | None = None, scale: float = 1.0
) -> CameraPath:
    """A path whose keyframes stand at the cameras, in their order.

    Args:
        cameras: one or more, e.g. from `relens.path.read_cameras`.
        seconds_each: from one to the next; how long a single one lasts.
        origin: the name of the photo that the scene was made of, see `seen_from`.
        scale: metres in one unit of the cameras' world.

    Raises ValueRangeError for no cameras, an origin that is none of them, and numbers that are not positive.
    """
    seconds_each = positive("seconds_each", seconds_each, "a positive number of seconds")
    if not cameras:
        raise ValueRangeError("cameras", 0, "at least one camera")
    keyframes = [
        Keyframe(
            index * seconds_each,
            eye_m=tuple(posed.camera.eye_m.tolist()),
            rotation=posed.camera.rotation,
            vertical_fov_rad=vertical_fov_rad(posed.camera.intrinsics),
        )
        for index, posed in enumerate(seen_from(cameras, origin, scale))
    ]
    if len(keyframes) == 1:
        keyframes = [replace(keyframes[0], hold_s=seconds_each)]
    return CameraPath(tuple(keyframes))


def seen_from(cameras: Sequence[PosedCamera], origin: str | None, scale: float = 1.0) -> tuple[PosedCamera, ...]:
    """The cameras in the frame of one of them, whose scene is to be photographed; None leaves them where they are.

    scale: metres in one unit of their world. COLMAP's is arbitrary: measure the distance of two cameras, and divide it
        by the one that COLMAP gives.

    Raises ValueRangeError for an origin that is none of them, or a scale that is not positive.
    """
    scale = positive("scale", scale, "a positive number of metres in one unit")
    to_origin = np.eye(4)
    if origin is not None:
        named = [posed for posed in cameras if posed.name == origin]
        if not named:
            known = [posed.name for posed in cameras[:_NAMES_SHOWN]]
            more = ", ..." if len(cameras) > _NAMES_SHOWN else ""
            raise ValueRangeError("origin", repr(origin), f"the name of a camera: {', '.join(known)}{more}")
        to_origin = np.linalg.inv(named[0].camera.camera_to_world)
    return tuple(replace(posed, camera=_moved(posed.camera, to_origin, scale)) for posed in cameras)


def _moved(camera: Camera, to_origin: np.ndarray, scale: float) -> Camera:
    pose = to_origin @ camera.camera_to_world
    pose[:3, 3] *= scale
    return replace(camera, camera_to_world=pose)
