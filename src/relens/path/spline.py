"""Spline: the way of the eye through the places of its keyframes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.path.camera_path import Spline
from relens.path.course import Course, course_of


@dataclass(frozen=True)
class EyeSpline:
    """A smooth curve through points; its shape depends on the points alone, its speed on who walks along it.

    Attributes:
        points_m: (m, 3) in order.
        course: the points that differ, and their knots.
        knots: the knot of every point, ascending; of a closed curve one more, back at the first.
    """

    points_m: Float64[np.ndarray, "m 3"]
    course: Course
    knots: Float64[np.ndarray, " k"]

    def at(self, knot: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, "n 3"]:
        """Points of the curve: a cubic between two places, given by both and the tangents there (Hermite)."""
        index, share = self.course.find(knot)
        if len(self.course.knots) == 1:
            return np.repeat(self.points_m[:1], len(knot), axis=0)
        near_m = self.points_m[self.course.around(index)]
        leave, reach = self.course.tangents(index, np.diff(near_m, axis=0))
        u, rest = share[:, None], 1 - share[:, None]
        ends = rest**2 * (1 + 2 * u) * near_m[1] + u**2 * (1 + 2 * rest) * near_m[2]
        return ends + u * rest * (rest * leave - u * reach)


def eye_spline(
    points_m: Float64[np.ndarray, "m 3"],
    spline: Spline = "centripetal",
    closed: bool = False,
    shape: Float64[np.ndarray, "m 3"] | None = None,
) -> EyeSpline:
    """The curve through points; points that repeat are fine.

    Args:
        points_m: one or more, in order.
        spline: see `relens.path.course.course_of`.
        closed: whether it goes back to the first, smoothly.
        shape: tension, continuity and bias at each, for `kochanek-bartels`.
    """
    following = np.concatenate([points_m, points_m[:1]]) if closed else points_m
    course, knots = course_of(np.linalg.norm(np.diff(following, axis=0), axis=1), spline, closed, shape)
    return EyeSpline(points_m, course, knots)
