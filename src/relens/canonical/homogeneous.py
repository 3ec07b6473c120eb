"""Homogeneous points: where in the photo's (column, row, inverse depth) a point of the world lies, and back."""

import numpy as np
from jaxtyping import Float, Float64

from relens.camera import Intrinsics
from relens.errors import ValueRangeError

# Farther away is infinity; dividing by less would overflow.
_LEAST_PER_M = 1e-30


def into_photo(points_m: Float[np.ndarray, "n _"], photo: Intrinsics) -> Float64[np.ndarray, "n 3"]:
    """(column px, row px, inverse depth 1/m) of points of the photo's camera; NaN for those not in front of it.

    points_m: (n, 3) metres, or (n, 4) homogeneous: (x, y, z, w) is the point (x, y, z) / w, and with w = 0 what lies
    infinitely far in that direction. Raises ValueRangeError for another shape.
    """
    points = np.asarray(points_m, np.float64)
    if points.ndim != 2 or points.shape[1] not in (3, 4):
        raise ValueRangeError("points_m", points.shape, "an array of shape (n, 3), or (n, 4) for homogeneous points")
    w = points[:, 3] if points.shape[1] == 4 else np.ones(len(points))
    x, y, z = np.where(w < 0, -1, 1) * points[:, :3].T
    seen = np.full((len(points), 3), np.nan)
    front = (z > 0) & np.isfinite(points).all(axis=1)
    with np.errstate(over="ignore"):
        seen[front, 0] = photo.fx_px * (x[front] / z[front]) + photo.cx_px
        seen[front, 1] = photo.fy_px * (y[front] / z[front]) + photo.cy_px
        seen[front, 2] = np.abs(w[front]) / z[front]
    return seen


def out_of_photo(places: Float64[np.ndarray, "n 3"], photo: Intrinsics) -> Float64[np.ndarray, "n 4"]:
    """The inverse of `into_photo`: metres and w = 1, or a direction and w = 0 for infinity; NaN where one is given."""
    column_px, row_px, inverse_depth = places.T
    x, y = (column_px - photo.cx_px) / photo.fx_px, (row_px - photo.cy_px) / photo.fy_px
    finite = inverse_depth > _LEAST_PER_M
    far = np.where(finite, inverse_depth, 1)
    points = np.stack([x / far, y / far, 1 / far, finite.astype(np.float64)], axis=1)
    points[np.isnan(places).any(axis=1)] = np.nan
    return points
