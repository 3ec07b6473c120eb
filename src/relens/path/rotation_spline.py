"""Rotation spline: a smooth way through orientations, on the sphere of rotations itself."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64, Int64

from relens.path.course import Course
from relens.rotation import exp_so3, log_so3

# The orientation of a stop for each of n moments, since what looks at something turns as the eye moves.
Orientations = Callable[[Int64[np.ndarray, " n"]], Float64[np.ndarray, "n 3 3"]]


def turn_lengths_rad(rotations: Float64[np.ndarray, "m 3 3"], closed: bool = False) -> Float64[np.ndarray, " g"]:
    """Angles from each rotation to the next, the way back to the first included where closed; 0 for equal ones."""
    following = np.concatenate([rotations, rotations[:1]]) if closed else rotations
    one, other = following[:-1], following[1:]
    angles = np.linalg.norm(log_so3(np.swapaxes(one, 1, 2) @ other), axis=1)
    return np.where((one == other).all(axis=(1, 2)), 0.0, angles)


def turned_along(
    course: Course, knot: Float64[np.ndarray, " n"], orientations: Orientations
) -> Float64[np.ndarray, "n 3 3"]:
    """Rotations on a curve that meets each stop at its knot, and turns without a jerk there.

    Between two stops it is the cubic Hermite curve of unit quaternions: R0 exp(b1 w1) exp(b2 w2) exp(b3 w3), b the
    cumulated Bernstein polynomials, w1 and w3 a third of the turns at both ends, w2 what is left. Turns are in the
    camera's own axes, so a turned world turns the curve. Between two stops alone it is the shortest way at constant
    speed.

    Source: Kim, Kim and Shin, A General Construction Scheme for Unit Quaternion Curves, SIGGRAPH 1995.
    """
    index, u = course.find(knot)
    if len(course.knots) == 1:
        return orientations(np.broadcast_to(course.stops, knot.shape))
    near = np.stack([orientations(stop) for stop in course.around(index)])
    steps = log_so3(np.swapaxes(near[:-1], 2, 3) @ near[1:])
    leave, reach = course.tangents(index, steps)
    if course.spline == "linear":
        return near[1] @ exp_so3(u[:, None] * steps[1])
    first, last = leave / 3, reach / 3
    middle = log_so3(exp_so3(-first) @ exp_so3(steps[1]) @ exp_so3(-last))
    u = u[:, None]
    weights = 1 - (1 - u) ** 3, u**2 * (3 - 2 * u), u**3
    turned = near[1]
    for weight, turn in zip(weights, (first, middle, last), strict=True):
        turned = turned @ exp_so3(weight * turn)
    return turned
