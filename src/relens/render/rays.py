"""Lens rays: every ray of every camera is a straight line through the photo's (column, row, inverse depth) space.

A perspective map carries lines to lines, so the ray from pupil point o along direction d meets inverse depth w at

    column(w) = fx (dx/dz) + cx + w fx (ox - oz dx/dz),     row(w) likewise,

which is linear in w (docs/conventions.md). One lens sample of a whole frame is therefore one sheared pinhole view:
twelve numbers, a matrix from pixel to direction and an origin.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.camera import Camera, Intrinsics
from relens.lens import Lens


@dataclass(frozen=True)
class Views:
    """Pinhole views through points of the pupil, in the photo's camera frame.

    Attributes:
        direction: (n, 3, 3); direction[k] @ (column, row, 1) is the ray's direction for a pixel of the new camera.
        origin_m: (n, 3); where the rays of view k start.
    """

    direction: Float64[np.ndarray, "n 3 3"]
    origin_m: Float64[np.ndarray, "n 3"]


def lens_views(camera: Camera, lens: Lens, pupil: Float64[np.ndarray, "n 2"]) -> Views:
    """The views through `pupil` points, given in units of the pupil's radius.

    Rays from pupil point (u, v, 0) cross the point of the focus plane that the pinhole sees at the same pixel:
    direction (x - u/F, y - v/F, 1) in camera axes, x and y the pinhole's normalised coordinates.
    """
    k, radius_m = camera.intrinsics, lens.pupil_diameter_m / 2
    offset_m = np.concatenate([pupil * radius_m, np.zeros((len(pupil), 1))], axis=1)
    to_normalised = np.array([[1 / k.fx_px, 0, -k.cx_px / k.fx_px], [0, 1 / k.fy_px, -k.cy_px / k.fy_px], [0, 0, 1]])
    local = np.repeat(to_normalised[None], len(pupil), axis=0)
    local[:, :, 2] -= offset_m * lens.focus_inverse_m
    return Views(camera.rotation @ local, camera.eye_m + offset_m @ camera.rotation.T)


def photo_lines(
    views: Views, index: int, photo: Intrinsics, column_px: Float64[np.ndarray, "*s"], row_px: Float64[np.ndarray, "*s"]
) -> tuple[Float64[np.ndarray, "*s 2"], Float64[np.ndarray, "*s 2"], np.ndarray]:
    """Rays of one view as lines (start + w * slope) in the photo's pixels, w the inverse depth in 1/m.

    Returns start (column, row), slope (pixels per 1/m), and whether the ray runs forward in the photo's frame.
    """
    matrix, (ox, oy, oz) = views.direction[index], views.origin_m[index]
    dx, dy, dz = (matrix[i, 0] * column_px + matrix[i, 1] * row_px + matrix[i, 2] for i in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        vx, vy = dx / dz, dy / dz
    start = np.stack([photo.fx_px * vx + photo.cx_px, photo.fy_px * vy + photo.cy_px], axis=-1)
    slope = np.stack([photo.fx_px * (ox - oz * vx), photo.fy_px * (oy - oz * vy)], axis=-1)
    return start, slope, dz > 1e-9
