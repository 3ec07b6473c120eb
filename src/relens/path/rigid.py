"""Rigid transforms from other people's numbers, which are rounded."""

import numpy as np
from jaxtyping import Float64

from relens.errors import ValueRangeError

# What four printed digits leave of a rotation.
_ROUNDED = 1e-4


def rigid(name: str, values: object) -> Float64[np.ndarray, "4 4"]:
    """A rotation and a translation from 16 or 12 numbers, row by row; the nearest rotation to a rounded one.

    Source of the projection: Schonemann, A Generalized Solution of the Orthogonal Procrustes Problem, 1966.

    Raises ValueRangeError, with `name`, for anything that is no rigid transform.
    """
    expected = "16 numbers, row by row: a rotation and a translation"
    try:
        numbers = np.array(values, np.float64).ravel()
    except (TypeError, ValueError, OverflowError):
        raise ValueRangeError(name, "no matrix", expected) from None
    if numbers.size not in (12, 16):
        raise ValueRangeError(name, f"{numbers.size} numbers", expected)
    if not np.isfinite(numbers).all():
        raise ValueRangeError(name, "NaN or infinite", "finite numbers only")
    matrix = np.eye(4)
    matrix[: numbers.size // 4] = numbers.reshape(-1, 4)
    if max(abs(matrix[3, :3])) > _ROUNDED or abs(matrix[3, 3] - 1) > _ROUNDED:
        raise ValueRangeError(f"{name} last row", matrix[3].tolist(), "0 0 0 1: a rotation and a translation")
    left, stretch, right = np.linalg.svd(matrix[:3, :3])
    rotation = left @ right
    if np.abs(stretch - 1).max() > _ROUNDED or np.linalg.det(rotation) < 0:
        raise ValueRangeError(name, "scaled, skewed or mirrored", "an orthonormal, right-handed rotation")
    matrix[:3, :3], matrix[3] = rotation, [0, 0, 0, 1]
    return matrix
