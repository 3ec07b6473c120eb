"""The barrel's rim: which part of the pupil a pixel away from the middle still sees (cat's-eye).

Seen from the side, the far end of the lens barrel, a circle as wide as the pupil, slides over the pupil in proportion
to the distance from the optical axis. What is left is the lemon shape that bokeh has towards the corners. Source:
Nasse, Depth of Field and Bokeh, Carl Zeiss 2010, "mechanical vignetting".
"""

import numpy as np
from jaxtyping import Bool, Float64

from relens.camera import Intrinsics


def field_of(intrinsics: Intrinsics) -> Float64[np.ndarray, "2 3"]:
    """Matrix from (column, row, 1) to the field position: the way from the principal point, over half the diagonal."""
    k, half = intrinsics, intrinsics.diagonal_px / 2
    return np.array([[1.0, 0.0, -k.cx_px], [0.0, 1.0, -k.cy_px]]) / half


def transmitted(
    pupil: Float64[np.ndarray, "2"], field: Float64[np.ndarray, "*s 2"], cats_eye: float
) -> Bool[np.ndarray, "*s"]:
    """Whether the rim lets a pupil point (in pupil radii) be seen from field positions: |p + cats_eye field| <= 1.

    A pupil point of NaN is never cut (see `relens.render.rays.Views`).
    """
    return ~(np.sum(np.square(pupil + cats_eye * field), axis=-1) > 1.0)
