"""What is behind people: a wall, and the floor they stand on where it can be seen."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Intrinsics

# The wall stands this far behind the farthest person unless the user says where, metres.
BEHIND_PEOPLE_M = 1.5
# One standard deviation of log-depth: of a wall that is guessed, and of one that the user measured.
GUESSED_SPREAD, SETTLED_SPREAD = 0.7, 0.1
# Feet higher above the lower edge than this part of the picture are seen whole.
_FEET_ABOVE_EDGE = 0.02


def wall_and_floor(
    wall_m: float, people: list[tuple[Bool[np.ndarray, "h w"], float]], intrinsics: Intrinsics
) -> Float32[np.ndarray, "h w"]:
    """Inverse depth (1/m) of the wall, and of the floor where it is nearer.

    The floor is seen where somebody is seen down to the feet: it passes under them, level as the camera, so that its
    inverse depth grows evenly below the horizon, which is the row of the principal point. With several people the lowest
    floor counts.

    wall_m: may be inf. people: the pixels of each on the grid, and their distance in metres. intrinsics: of the grid.
    """
    k = intrinsics
    rows = np.arange(k.height_px, dtype=np.float32) + np.float32(0.5)
    tangents = (rows - np.float32(k.cy_px)) / np.float32(k.fy_px)
    heights_m = [height for mask, z_m in people if (height := _camera_height_m(mask, z_m, k)) is not None]
    inverse = np.full(k.height_px, 1 / wall_m, np.float32)
    if heights_m:
        inverse = np.maximum(inverse, tangents / np.float32(max(heights_m)))
    return np.repeat(inverse[:, None], k.width_px, axis=1)


def _camera_height_m(mask: np.ndarray, z_m: float, k: Intrinsics) -> float | None:
    """How high the camera is over the feet; None where they are not seen, or not below the horizon."""
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0 or rows[-1] + 1 > (1 - _FEET_ABOVE_EDGE) * k.height_px:
        return None
    height_m = (float(rows[-1]) + 1 - k.cy_px) / k.fy_px * z_m
    return height_m if height_m > 0 else None
