"""Reference methods for refocusing from one photo and its depth: pictures (h, w, 3) in linear light.

`lens` is one of camera.json's; eyes that moved are left where the photo's is.
"""

import numpy as np
from numba import njit
from scipy.signal import fftconvolve

_COPIES = 14


def identity(linear: np.ndarray, depth_m: np.ndarray, fx_px: float, lens: dict) -> np.ndarray:
    """The photo as it is."""
    return linear


def blur_stack(linear: np.ndarray, depth_m: np.ndarray, fx_px: float, lens: dict) -> np.ndarray:
    """Each pixel looks up one of 14 disc-blurred copies of the photo by its own blur radius, linear between two."""
    radius_px = blur_radius_px(depth_m, fx_px, lens)
    levels_px = np.linspace(0, radius_px.max(), _COPIES)
    copies = np.stack([_disc_blurred(linear, level_px) for level_px in levels_px])
    place = np.clip(radius_px / max(levels_px[1], 1e-9), 0, _COPIES - 1)
    first = np.minimum(place.astype(int), _COPIES - 2)
    part = (place - first)[..., None]
    row, column = np.mgrid[: linear.shape[0], : linear.shape[1]]
    return (1 - part) * copies[first, row, column] + part * copies[first + 1, row, column]


def scatter(linear: np.ndarray, depth_m: np.ndarray, fx_px: float, lens: dict) -> np.ndarray:
    """Each pixel's light spread over its own blur disc, without occlusion; weights that meet are averaged."""
    radius_px = blur_radius_px(depth_m, fx_px, lens)
    light, weight = _scatter(np.ascontiguousarray(linear, np.float64), radius_px.astype(np.float64))
    return light / weight[..., None]


METHODS = {"identity": identity, "blur stack": blur_stack, "scatter": scatter}


def blur_radius_px(depth_m: np.ndarray, fx_px: float, lens: dict) -> np.ndarray:
    """Radius of every pixel's blur disc."""
    return fx_px * lens["aperture_radius_m"] * np.abs(1 / depth_m - 1 / lens["focus_distance_m"])


def _disc_blurred(linear: np.ndarray, radius_px: float) -> np.ndarray:
    reach = int(np.ceil(radius_px + 0.5))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(x, y), 0, 1)[..., None]
    wide = np.pad(linear, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    return np.maximum(fftconvolve(wide, disc / disc.sum(), mode="valid", axes=(0, 1)), 0)


@njit(cache=True)
def _scatter(linear, radius_px):  # pragma: no cover
    height, width = radius_px.shape
    light, weight = np.zeros((height, width, 3)), np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            radius = radius_px[row, column]
            reach = int(np.ceil(radius + 0.5))
            total = 0.0
            for dy in range(-reach, reach + 1):
                for dx in range(-reach, reach + 1):
                    total += min(max(radius + 0.5 - np.hypot(dx, dy), 0.0), 1.0)
            for y in range(max(row - reach, 0), min(row + reach + 1, height)):
                for x in range(max(column - reach, 0), min(column + reach + 1, width)):
                    share = min(max(radius + 0.5 - np.hypot(x - column, y - row), 0.0), 1.0) / total
                    if share > 0:
                        weight[y, x] += share
                        for channel in range(3):
                            light[y, x, channel] += share * linear[row, column, channel]
    return light, weight
