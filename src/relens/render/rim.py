"""The barrel's rim: which part of the pupil a pixel away from the middle still sees (cat's-eye).

Seen from the side, the far end of the lens barrel, a circle as wide as the pupil, slides over the pupil in proportion
to the distance from the optical axis. What is left is the lemon shape that bokeh has towards the corners. Source:
Nasse, Depth of Field and Bokeh, Carl Zeiss 2010, "mechanical vignetting".
"""

import numpy as np
from jaxtyping import Bool, Float32, Float64

from relens.camera import Intrinsics
from relens.lens import Lens

_PUPIL_POINTS = 4096
_FIELDS = 65


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


def passed(lens: Lens, intrinsics: Intrinsics) -> Float32[np.ndarray, "h w"]:
    """The part of the pupil's light that the rim lets each pixel have: what vignetting leaves, 1 in the middle.

    Counted over 4096 pupil points on a grid of fields, and smooth in between, whatever samples the picture took.
    """
    import cv2

    k, samples = intrinsics, lens.aperture.samples(_PUPIL_POINTS)
    column, row = np.linspace(0, k.width_px, _FIELDS), np.linspace(0, k.height_px, _FIELDS)
    at = np.stack([*np.meshgrid(column, row), np.ones((_FIELDS, _FIELDS))], axis=-1)
    field, weight = at @ field_of(k).T, samples.weights.mean(axis=1)
    part = np.zeros((_FIELDS, _FIELDS))
    for point, each in zip(samples.points, weight, strict=True):
        part += each * transmitted(point, field, lens.aperture.cats_eye)
    # The grid's ends lie on the picture's edges, the pixels' middles between them.
    x = ((np.arange(k.width_px) + 0.5) * ((_FIELDS - 1) / k.width_px)).astype(np.float32)
    y = ((np.arange(k.height_px) + 0.5) * ((_FIELDS - 1) / k.height_px)).astype(np.float32)
    smooth = (part / weight.sum()).astype(np.float32)
    return cv2.remap(smooth, *np.meshgrid(x, y), cv2.INTER_LINEAR)
