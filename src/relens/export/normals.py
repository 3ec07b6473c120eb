"""Normals of surfaces that are given as inverse depth over the photo's pixels."""

import numpy as np
from jaxtyping import Float, Float32, Float64, Int32

from relens.camera import Intrinsics


def facing_normals(
    pixels: Float64[np.ndarray, "n 3"], slope: Float[np.ndarray, "n 2"], k: Intrinsics
) -> Float32[np.ndarray, "n 3"]:
    """Unit normals in the world frame, on the camera's side, of surfaces with these slopes.

    A plane n.X = d is linear in inverse depth over the picture: w = n.r / d for the ray r = ((u - cx)/fx, (v - cy)/fy,
    1), so that n/d = (fx w_u, fy w_v, w - (u - cx) w_u - (v - cy) w_v), and n.r has the sign of w.

    Args:
        pixels: (column px, row px, inverse depth 1/m > 0).
        slope: change of inverse depth a pixel to the right, and a pixel down.
        k: the photo's.
    """
    column, row, inverse_depth = pixels.T
    right, down = slope.T
    forward = inverse_depth - (column - k.cx_px) * right - (row - k.cy_px) * down
    normals = -np.stack([k.fx_px * right, k.fy_px * down, forward], axis=-1)
    return (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32)


def vertex_normals(
    pixels: Float64[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"], k: Intrinsics
) -> Float32[np.ndarray, "n 3"]:
    """Smooth normals of a mesh: the mean slope of the triangles at each vertex, weighted by their area in the photo."""
    a, b, c = (pixels[triangles[:, corner]] for corner in range(3))
    one, two = b - a, c - a
    doubled_area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    turn = np.sign(doubled_area)
    # Area times slope: the solution of one.slope = one.w, two.slope = two.w, without the division.
    right = turn * (one[:, 2] * two[:, 1] - two[:, 2] * one[:, 1])
    down = turn * (one[:, 0] * two[:, 2] - two[:, 0] * one[:, 2])

    def total(terms: np.ndarray) -> np.ndarray:
        return np.bincount(triangles.ravel(), np.repeat(terms, 3), len(pixels))

    area = np.maximum(total(np.abs(doubled_area)), 1e-12)
    return facing_normals(pixels, np.stack([total(right) / area, total(down) / area], axis=-1), k)
