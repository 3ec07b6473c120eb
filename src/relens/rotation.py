"""Rotations as axis times angle: the exponential and the logarithm of SO(3)."""

import numpy as np
from jaxtyping import Float, Float64

# Under this angle the series serve better than the quotients.
_SMALL_RAD = 1e-4


def exp_so3(vector_rad: Float[np.ndarray, "*n 3"]) -> Float64[np.ndarray, "*n 3 3"]:
    """Rotations about the vectors' directions by their lengths: R = 1 + sin(a)/a K + (1 - cos(a))/a^2 K K.

    Convention: right-handed, acting on columns; K is the cross product with the vector. Source: Rodrigues, 1840.
    """
    vector = np.asarray(vector_rad, np.float64)
    angle = np.linalg.norm(vector, axis=-1)
    small = angle < _SMALL_RAD
    safe = np.where(small, 1.0, angle)
    first = np.where(small, 1 - angle**2 / 6, np.sin(safe) / safe)
    second = np.where(small, 0.5 - angle**2 / 24, (1 - np.cos(safe)) / safe**2)
    cross = np.zeros((*vector.shape[:-1], 3, 3))
    x, y, z = np.moveaxis(vector, -1, 0)
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -z, y, -x
    cross -= np.swapaxes(cross, -1, -2)
    return np.eye(3) + first[..., None, None] * cross + second[..., None, None] * (cross @ cross)


def log_so3(rotation: Float[np.ndarray, "*n 3 3"]) -> Float64[np.ndarray, "*n 3"]:
    """Axis times angle of rotations, angles 0 to pi; the inverse of `exp_so3`.

    By way of the unit quaternion, which is exact at every angle; half a turn takes one of its two axes. Source:
    Shepperd, Quaternion from Rotation Matrix, Journal of Guidance and Control, 1978.
    """
    r = np.asarray(rotation, np.float64)
    trace = np.trace(r, axis1=-2, axis2=-1)
    diagonal = np.diagonal(r, axis1=-2, axis2=-1)
    # Four times each pair of quaternion components; the row of the largest component is the well-conditioned one.
    products = np.empty((*r.shape[:-2], 4, 4))
    products[..., 0, 0] = 1 + trace
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        products[..., 0, 1 + i] = products[..., 1 + i, 0] = r[..., k, j] - r[..., j, k]
        products[..., 1 + i, 1 + i] = 1 + 2 * diagonal[..., i] - trace
        products[..., 1 + i, 1 + j] = products[..., 1 + j, 1 + i] = r[..., i, j] + r[..., j, i]
    best = np.argmax(np.diagonal(products, axis1=-2, axis2=-1), axis=-1)
    quaternion = np.take_along_axis(products, best[..., None, None], axis=-2)[..., 0, :]
    quaternion = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    quaternion = np.where(quaternion[..., :1] < 0, -quaternion, quaternion)
    length = np.linalg.norm(quaternion[..., 1:], axis=-1)
    half = np.arctan2(length, quaternion[..., 0])
    scale = np.where(length < 1e-12, 2.0, 2 * half / np.where(length < 1e-12, 1.0, length))
    return quaternion[..., 1:] * scale[..., None]


def between_so3(
    one: Float[np.ndarray, "3 3"], other: Float[np.ndarray, "3 3"], share: Float[np.ndarray, "*n"]
) -> Float64[np.ndarray, "*n 3 3"]:
    """Rotations on the shortest way from one to another: one at 0, the other at 1, at constant speed."""
    return one @ exp_so3(np.asarray(share)[..., None] * log_so3(one.T @ other))
