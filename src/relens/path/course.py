"""Course: the places a path goes through, in order, and how fast it leaves and reaches each."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from relens.path.camera_path import Spline


@dataclass(frozen=True)
class Course:
    """A way through places, those that repeat the one before left out, measured by knots.

    Attributes:
        spline: its kind; says how knots are spaced (`course_of`) and how places are gone through (`tangents`).
        knots: (p,) of the places, ascending from 0.
        stops: (p,) which of the given places each is; a closed one ends at the first.
        shape: (p, 3) tension, continuity and bias at each.
        closed: whether it goes round.
    """

    spline: Spline
    knots: Float64[np.ndarray, " p"]
    stops: Int64[np.ndarray, " p"]
    shape: Float64[np.ndarray, "p 3"]
    closed: bool

    def find(self, knot: Float64[np.ndarray, " n"]) -> tuple[Int64[np.ndarray, " n"], Float64[np.ndarray, " n"]]:
        """After which place a knot lies, and at which share of the way to the next; beyond the ends it goes on."""
        if len(self.knots) == 1:
            return np.zeros(knot.shape, np.int64), np.zeros(knot.shape)
        knot = np.mod(knot, self.knots[-1]) if self.closed else knot
        index = np.clip(np.searchsorted(self.knots, knot, side="right") - 1, 0, len(self.knots) - 2)
        width = self.knots[index + 1] - self.knots[index]
        return index, np.where(knot == self.knots[index + 1], 1.0, (knot - self.knots[index]) / width)

    def around(self, index: Int64[np.ndarray, " n"]) -> Int64[np.ndarray, "4 n"]:
        """The stops before, at, after and next after a place; at an open end the end again."""
        near = index + np.arange(-1, 3)[:, None]
        if self.closed:
            near = np.mod(near, len(self.knots) - 1)
        return self.stops[np.clip(near, 0, len(self.knots) - 1)]

    def tangents(
        self, index: Int64[np.ndarray, " n"], steps: Float64[np.ndarray, "3 n 3"]
    ) -> tuple[Float64[np.ndarray, "n 3"], Float64[np.ndarray, "n 3"]]:
        """How a segment leaves its first place and reaches its last, as steps a segment.

        steps: from place to place: the one before the segment, the segment's own, and the one after it.

        `centripetal` takes the parabola through three places, by its knots (Catmull-Rom, as Barry and Goldman, 1988).
        At an open end the curve does not bend (a natural spline).
        """
        before, own, after = steps
        if self.spline == "linear" or (len(self.knots) == 2 and not self.closed):
            return own, own
        if self.spline == "kochanek-bartels":
            leave, reach = self._kochanek_bartels(index, steps)
        else:
            widths = np.diff(self.knots)
            near = index + np.arange(-1, 2)[:, None]
            near = np.mod(near, len(widths)) if self.closed else np.clip(near, 0, len(widths) - 1)
            last, width, next_ = widths[near][..., None]
            leave = (before * (width / last) * width + own * last) / (last + width)
            reach = (own * next_ + after * (width / next_) * width) / (width + next_)
        if not self.closed:
            first, final = (index == 0)[:, None], (index == len(self.knots) - 2)[:, None]
            leave = np.where(first, 0.5 * (3 * own - reach), leave)
            reach = np.where(final, 0.5 * (3 * own - leave), reach)
        return leave, reach

    def _kochanek_bartels(self, index: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Source: Kochanek and Bartels, SIGGRAPH 1984, equations 8 and 9."""
        before, own, after = steps
        tension, continuity, bias = self.shape[index].T[..., None]
        leave = (1 - tension) * (1 + continuity) * (1 + bias) * before
        leave = 0.5 * (leave + (1 - tension) * (1 - continuity) * (1 - bias) * own)
        tension, continuity, bias = self.shape[index + 1].T[..., None]
        reach = (1 - tension) * (1 - continuity) * (1 + bias) * own
        reach = 0.5 * (reach + (1 - tension) * (1 + continuity) * (1 - bias) * after)
        return leave, reach


def course_of(
    lengths: Float64[np.ndarray, " g"], spline: Spline, closed: bool, shape: Float64[np.ndarray, "s 3"] | None = None
) -> tuple[Course, Float64[np.ndarray, " m"]]:
    """The course through places, and the knot of each of them.

    | spline | knots between two places | source |
    |---|---|---|
    | centripetal | the square root of their distance: no loops, no cusps, close to the straight way | [1] |
    | kochanek-bartels | one, as nerfstudio does | [2] |
    | linear | their distance | |

    lengths: distances from each place to the next; of a closed course the last is the way back. 0 for the same place.

    Source: [1] Yuksel, Schaefer and Keyser, Parameterization and Applications of Catmull-Rom Curves, 2011. [2] Kochanek
    and Bartels, Interpolating Splines with Local Tension, Continuity, and Bias Control, SIGGRAPH 1984.
    """
    widths = {"centripetal": np.sqrt(lengths), "kochanek-bartels": np.sign(lengths), "linear": lengths}[spline]
    knots = np.concatenate([[0.0], np.cumsum(widths)])
    # What the sum swallows is no step.
    moves = np.flatnonzero(np.diff(knots) > 0)
    last = (moves[0] if closed else moves[-1] + 1) if moves.size else 0
    stops = np.append(moves, last)
    shape = np.zeros((len(lengths) + 1, 3)) if shape is None else shape
    return Course(spline, np.append(knots[moves], knots[-1]), stops, shape[stops], closed), knots
