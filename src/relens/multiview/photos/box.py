"""box_of: what is to be fitted, by where things were found and how the cameras stand."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float64

from relens.camera import Camera, Intrinsics
from relens.errors import RelensError
from relens.multiview.photo_set import Arrangement
from relens.multiview.photos.stand import closest_to_axes

# Points beyond these shares of all are strays; the box is wider than the rest by a part of its size.
_STRAY, _WIDER = 0.01, 0.08
# Around a subject by more: priors miss the thin things beside it, and nothing near tells that they are there.
_WIDER_AROUND = 0.2
# What stands farther off than so many times the median distance is background.
_FARTHEST = 4.0
# Around a subject, its radius is at most so much of the cameras' distance, and of half of what they see so far off.
_SUBJECT, _IN_VIEW = 0.85, 1.2
_LEAST_POINTS = 24


def box_of(
    points_m: Float[np.ndarray, "n 3"], cameras: Sequence[Camera], arrangement: Arrangement
) -> Float64[np.ndarray, "2 3"]:
    """The least and the greatest corner of what is to be fitted.

    Forward: the middle of the points. Around: no more than what the cameras go round. Inside: all cameras, too.

    points_m: of surfaces, strays among them. Raises RelensError where there are too few to say.
    """
    eyes = np.array([camera.eye_m for camera in cameras])
    if arrangement == "around":
        centre = closest_to_axes(cameras)
        half_view = np.median([max(k.width_px / k.fx_px, k.height_px / k.fy_px) for k in _lenses(cameras)]) / 2
        share = min(_SUBJECT, _IN_VIEW * float(half_view))
        radius = share * float(np.median(np.linalg.norm(eyes - centre, axis=1)))
        near = points_m[np.linalg.norm(points_m - centre, axis=1) < radius]
        if len(near) < _LEAST_POINTS:
            return np.stack([centre - radius / 2, centre + radius / 2])
        return np.clip(_middle(near, _WIDER_AROUND), centre - radius, centre + radius)
    if len(points_m) < _LEAST_POINTS:
        raise RelensError(
            "nothing tells where things are: the photos match in too few points and have no depth; ask for depth, or "
            "give the box that is to be fitted"
        )
    away = np.linalg.norm(points_m[:, None] - eyes[None, :: max(1, len(eyes) // 16)], axis=2).min(axis=1)
    box = _middle(points_m[away <= _FARTHEST * np.median(away)])
    if arrangement == "inside":
        room = 0.05 * (box[1] - box[0]).max()
        box = np.stack([np.minimum(box[0], eyes.min(axis=0) - room), np.maximum(box[1], eyes.max(axis=0) + room)])
    return box


def _lenses(cameras: Sequence[Camera]) -> list[Intrinsics]:
    return [camera.intrinsics for camera in cameras]


def _middle(points: Float[np.ndarray, "n 3"], share: float = _WIDER) -> Float64[np.ndarray, "2 3"]:
    low, high = np.quantile(points.astype(np.float64), [_STRAY, 1 - _STRAY], axis=0)
    # A flat thing, too, has a box with volume.
    wider = share * np.maximum(high - low, 0.1 * (high - low).max())
    return np.stack([low - wider, high + wider])
