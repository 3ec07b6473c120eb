"""Time warp: how far along its way something is at a time, so that its speed never jumps and it never turns back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from relens.path.ease import ease_controls, eased, end_slopes, is_hold, is_linear

# Three times the mean speed at both ends is what a cubic stays monotone with: Fritsch and Carlson, 1980.
_FASTEST = 3.0


@dataclass(frozen=True)
class TimeWarp:
    """A smooth, monotone function of time.

    Attributes:
        times: (m,) ascending.
        knots: (m,) how far along the way, never descending.
        controls: (m - 1, 4) the ease of each segment (`relens.path.ease`).
        slopes: (m - 1, 2) speeds at a segment's ends over its mean speed, as shares of the eased share.
    """

    times: Float64[np.ndarray, " m"]
    knots: Float64[np.ndarray, " m"]
    controls: Float64[np.ndarray, "g 4"]
    slopes: Float64[np.ndarray, "g 2"]

    def at(self, time: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """How far along the way at times; held before the first and after the last."""
        if len(self.times) == 1:
            return np.full(time.shape, self.knots[0])
        index = np.clip(np.searchsorted(self.times, time, side="right") - 1, 0, len(self.times) - 2)
        one, other = self.times[index], self.times[index + 1]
        share = eased(self.controls[index], np.clip((time - one) / (other - one), 0, 1))
        first, last = self.slopes[index].T
        within = np.clip(share, 0, 1)
        # A cubic with given slopes from (0, 0) to (1, 1); where an ease overshoots it goes on straight.
        rest = 1 - within
        way = within * (within * (3 - 2 * within) + rest * (first * rest - last * within))
        way += np.minimum(share, 0) * first + np.maximum(share - 1, 0) * last
        begin, end = self.knots[index], self.knots[index + 1]
        return np.where(share == 1, end, begin + way * (end - begin))


def time_warp(
    times: Float64[np.ndarray, " m"],
    knots: Float64[np.ndarray, " m"],
    controls: Float64[np.ndarray, "g 4"] | None = None,
    rests: Bool[np.ndarray, " m"] | None = None,
    closed: bool = False,
) -> TimeWarp:
    """The warp through (time, knot), with eases in its segments and rest where it is asked for.

    Without eases it is PCHIP: the speed at a knot is the weighted harmonic mean of the speeds beside it, 0 where it
    stands still on one side. An ease runs inside its segment, bent so that at both ends the speed is that of the
    knot; where an ease starts or ends at rest, the knot is at rest.

    Args:
        times: ascending.
        knots: never descending.
        controls: eases, one for each segment; None for linear ones.
        rests: whether all stands still at a knot; None for nowhere.
        closed: the last time is the first again, one round later.

    Source: Fritsch and Butland, A Method for Constructing Local Monotone Piecewise Cubic Interpolants, 1984.
    """
    if controls is None:
        controls = np.repeat(ease_controls(["linear"]), len(times) - 1, axis=0)
    if len(times) == 1:
        return TimeWarp(times, knots, controls, np.zeros((0, 2)))
    widths = np.diff(times)
    # Until a hold jumps it stands still.
    means = np.where(is_hold(controls), 0.0, np.diff(knots) / widths)
    speeds = _speeds(widths, means, closed)
    if rests is not None:
        speeds[rests] = 0
    factors, bent = end_slopes(controls), ~is_linear(controls)
    free = np.zeros((len(means), 2), bool)
    if not closed:
        # At the ends of the path an ease is its own master.
        free[0, 0] = bent[0] and not (rests is not None and rests[0])
        free[-1, 1] = bent[-1] and not (rests is not None and rests[-1])
    with np.errstate(invalid="ignore"):
        limits = np.where(free, np.inf, np.where(factors <= 0, 0.0, _FASTEST * factors * means[:, None]))
    limits[np.isnan(limits)] = 0
    speeds[:-1] = np.minimum(speeds[:-1], limits[:, 0])
    speeds[1:] = np.minimum(speeds[1:], limits[:, 1])
    if closed:
        speeds[[0, -1]] = min(speeds[0], speeds[-1])
    ends = np.stack([speeds[:-1], speeds[1:]], axis=1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        own = factors * means[:, None]
        usual = free | (factors <= 0) | (means[:, None] == 0)
        slopes = np.where(usual, 1.0, ends / np.where(usual, 1.0, own))
    return TimeWarp(times, knots, controls, np.minimum(slopes, _FASTEST))


def _speeds(widths: np.ndarray, means: np.ndarray, closed: bool) -> np.ndarray:
    """Speeds at the knots that keep a cubic monotone."""
    if closed:
        inner = _inner_speeds(np.append(widths, widths[0]), np.append(means, means[0]))
        return np.concatenate([inner[-1:], inner])
    if len(means) == 1:
        return np.repeat(means, 2)
    first = _end_speed(widths[0], widths[1], means[0], means[1])
    last = _end_speed(widths[-1], widths[-2], means[-1], means[-2])
    return np.concatenate([[first], _inner_speeds(widths, means), [last]])


def _inner_speeds(widths: np.ndarray, means: np.ndarray) -> np.ndarray:
    before = widths[:-1] + 2 * widths[1:]
    after = 2 * widths[:-1] + widths[1:]
    with np.errstate(divide="ignore", over="ignore"):
        return (before + after) / (before / means[:-1] + after / means[1:])


def _end_speed(width: float, next_width: float, mean: float, next_mean: float) -> float:
    """That of a parabola through three points, as far as it is monotone."""
    speed = ((2 * width + next_width) * mean - width * next_mean) / (width + next_width)
    return float(min(max(speed, 0.0), _FASTEST * mean))
