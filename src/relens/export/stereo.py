"""Stereo: the cameras of two eyes, and the two pictures side by side or as an anaglyph."""

import math

import numpy as np
from jaxtyping import Float, Float32

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.ranges import number, positive
from relens.render.sheared import sheared

# Dubois 2001, red and cyan glasses: rows are the anaglyph's red, green and blue, columns an eye's. All six numbers of a
# row add up to 1, so that what is grey for both eyes stays that grey.
_LEFT = np.array(
    [[0.4561, 0.500484, 0.176381], [-0.0400822, -0.0378246, -0.0157589], [-0.0152161, -0.0205971, -0.00546856]],
    np.float32,
)
_RIGHT = np.array(
    [[-0.0434706, -0.0879388, -0.00155529], [0.378476, 0.73364, -0.0184503], [-0.0721527, -0.112961, 1.2264]],
    np.float32,
)


def eyes(camera: Camera, baseline_m: float, convergence_m: float = math.inf) -> tuple[Camera, Camera]:
    """The left and the right eye's camera, half the baseline to each side of `camera`.

    Convention: the eyes look straight ahead, off-axis rather than toed in, so there is no keystone and no vertical
    disparity. What stands at convergence_m (z-depth, metres, inf allowed) has the same place in both pictures.

    Raises ValueRangeError unless baseline_m is positive and finite and convergence_m positive.
    """
    half_m = positive("baseline_m", baseline_m, "a positive number of metres between the eyes") / 2
    convergence_m = _convergence(convergence_m)
    return sheared(camera, -half_m, 0.0, convergence_m), sheared(camera, half_m, 0.0, convergence_m)


def disparity_px(fx_px: float, baseline_m: float, depth_m: float, convergence_m: float = math.inf) -> float:
    """How far to the right of its place in the right picture a point is seen in the left one: fx b (1/z - 1/F), pixels.

    Convention: positive is crossed, before the plane of convergence F; negative is behind it. Depths may be inf.
    Raises ValueRangeError unless the depths are positive.
    """
    depth_m = number("depth_m", depth_m, "a positive distance, or inf", 1e-9)
    return fx_px * baseline_m * (1 / depth_m - 1 / _convergence(convergence_m))


def side_by_side(left: Float[np.ndarray, "h w 3"], right: Float[np.ndarray, "h2 w2 3"]) -> Float[np.ndarray, "h w3 3"]:
    """Both pictures in one, twice as wide, for parallel viewing: the left eye's on the left.

    Raises ValueRangeError for two sizes.
    """
    _check_sizes(left, right)
    return np.concatenate([left, right], axis=1)


def anaglyph(left: Float[np.ndarray, "h w 3"], right: Float[np.ndarray, "h2 w2 3"]) -> Float32[np.ndarray, "h w 3"]:
    """One picture for red and cyan glasses, red before the left eye; linear light in, linear light from 0 to 1 out.

    The colours that, seen through the glasses, are nearest to the pair's in CIE XYZ: true colours where the glasses
    allow them, and less rivalry between the eyes and fewer ghosts than swapping channels leaves.
    Light over 1 is clipped first, as on a screen: it would come back as a ghost of the opposite colour.
    Source: Dubois, A projection method to generate anaglyph stereo images, ICASSP 2001; the matrices are those of
    Sanders and McAllister, Producing anaglyphs from synthetic images, SPIE 5006, 2003.

    Raises ValueRangeError for two sizes.
    """
    _check_sizes(left, right)
    mixed = np.empty(left.shape, np.float32)
    for row in range(0, left.shape[0], 64):
        rows = slice(row, row + 64)
        seen = np.clip(left[rows], 0, 1) @ _LEFT.T + np.clip(right[rows], 0, 1) @ _RIGHT.T
        np.clip(seen, 0, 1, out=mixed[rows])
    return mixed


def _convergence(convergence_m: float) -> float:
    return number("convergence_m", convergence_m, "a positive distance, or inf", 1e-9)


def _check_sizes(left: np.ndarray, right: np.ndarray) -> None:
    if left.shape != right.shape:
        raise ValueRangeError("right", right.shape, f"the size of the left picture, {left.shape}")
