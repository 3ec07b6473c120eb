"""How cameras stand to each other: the angles between them, the most central one, and their arrangement."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from relens.camera import Camera
from relens.errors import RelensError
from relens.multiview.photo_set import Arrangement

# Cameras whose axes differ from their mean by less, all of them, look ahead.
_FORWARD_RAD = np.radians(40)
# Around a point, cameras look at it no worse, and from distances that differ no more than so many times; what they see
# in their middle is not farther off than the point by more.
_LOOKS_AT_RAD, _MOST_APART, _BEYOND = np.radians(25), 3.0, 1.6
# Eyes nearer to each other than this part of their distance from the origin are at one point, but for rounding.
_ROUNDED = 1e-9


def require_parallax(cameras: Sequence[Camera]) -> None:
    """Raises RelensError where all cameras stand at one point."""
    eyes = np.array([camera.eye_m for camera in cameras])
    if np.ptp(eyes, axis=0).max() <= _ROUNDED * max(1.0, float(np.abs(eyes).max())):
        raise no_parallax()


def no_parallax() -> RelensError:
    """The error for cameras that do not move."""
    return RelensError(
        "all cameras stand at one point, so that nothing tells how far things are; expected several places"
    )


def view_angles(cameras: Sequence[Camera]) -> Float64[np.ndarray, "n n"]:
    """The angle between every two cameras' axes, radians."""
    axes = np.array([camera.rotation[:, 2] for camera in cameras])
    return np.arccos(np.clip(axes @ axes.T, -1, 1))


def most_central(cameras: Sequence[Camera]) -> int:
    """The index of the camera whose place and axis are nearest to all others'."""
    eyes = np.array([camera.eye_m for camera in cameras])
    apart = np.linalg.norm(eyes[:, None] - eyes, axis=2)
    return int((apart / max(float(apart.max()), 1e-12) + view_angles(cameras)).sum(axis=1).argmin())


def arrangement_of(cameras: Sequence[Camera], middle_depths_m: Sequence[float] = ()) -> Arrangement:
    """How the cameras stand.

    Forward where all axes are near their mean. Around where there is a point that most cameras look at, all from
    about as far away, and where they see nothing much farther off in their middle. Inside else.

    middle_depths_m: how far off is what a camera sees in its middle, one a camera, NaN where unknown; may be empty.
    """
    axes = np.array([camera.rotation[:, 2] for camera in cameras])
    mean = axes.mean(axis=0)
    length = float(np.linalg.norm(mean))
    if length > 0 and (axes @ mean / length > np.cos(_FORWARD_RAD)).all():
        return "forward"
    eyes = np.array([camera.eye_m for camera in cameras])
    to_point = closest_to_axes(cameras) - eyes
    away = np.maximum(np.linalg.norm(to_point, axis=1), 1e-12)
    looks_at = ((to_point * axes).sum(axis=1) / away > np.cos(_LOOKS_AT_RAD)).mean()
    nearest, farthest = np.quantile(away, [0.1, 0.9])
    if looks_at < 0.8 or nearest < farthest / _MOST_APART:
        return "inside"
    beyond = np.asarray(middle_depths_m) / away if len(middle_depths_m) else np.array([np.nan])
    known = beyond[np.isfinite(beyond)]
    return "inside" if known.size and np.median(known) > _BEYOND else "around"


def closest_to_axes(cameras: Sequence[Camera]) -> Float64[np.ndarray, "3"]:
    """The point whose squared distances from all cameras' axes have the least sum."""
    eyes = np.array([camera.eye_m for camera in cameras])
    axes = np.array([camera.rotation[:, 2] for camera in cameras])
    across = np.eye(3) - axes[:, :, None] * axes[:, None, :]
    return np.linalg.lstsq(across.sum(axis=0), (across @ eyes[:, :, None]).sum(axis=0)[:, 0], rcond=None)[0]
