"""Focus pull: how the focus lags behind what it follows."""

from collections.abc import Callable
from itertools import accumulate

import numpy as np
from jaxtyping import Float64

from relens.path.clock import JUST_BEFORE_S

# The lag runs on a clock of its own, so that the frame rate does not change it.
_TICKS_PER_S = 240.0
# Moments looked at in one go: some tens of megabytes of poses.
_AT_ONCE = 1 << 16

Target = Callable[[Float64[np.ndarray, " n"]], Float64[np.ndarray, " n"]]


def lagged(
    target: Target,
    time_s: Float64[np.ndarray, " n"],
    lag_s: float,
    begin_s: float,
    end_s: float,
    corners_s: Float64[np.ndarray, " c"],
    loops: bool = False,
) -> Float64[np.ndarray, " n"]:
    """What follows a target with a first-order lag, tau y' = x - y: behind a steady ramp it is exactly `lag_s` late.

    Solved exactly for a target that is straight between 240 moments a second and its corners (first-order hold;
    Franklin, Powell and Workman, Digital Control of Dynamic Systems, section 6.3).

    Args:
        target: inverse depths (or anything else) at times.
        time_s: when to tell the answer, from `begin_s` to `end_s`.
        lag_s: tau, over 0.
        begin_s: of the target; it starts settled, in a loop as it has become after many rounds.
        end_s: of the target.
        corners_s: times at which the target bends or, seen from before, jumps.
        loops: whether the end is the beginning again.
    """
    ticks_s = np.arange(begin_s, end_s, 1 / _TICKS_PER_S)
    corners_s = corners_s[(corners_s > begin_s + JUST_BEFORE_S) & (corners_s < end_s)]
    # Just before a corner too: a jump takes no time.
    ticks_s = np.unique(np.concatenate([ticks_s, corners_s, corners_s - JUST_BEFORE_S, [end_s]]))
    aim = np.concatenate([target(ticks_s[at : at + _AT_ONCE]) for at in range(0, len(ticks_s), _AT_ONCE)])
    if loops:
        # The end is the beginning again, which the target tells as such; seen from before it may be another.
        aim[-1] = target(ticks_s[-1:] - JUST_BEFORE_S)[0]
    steps_s = np.diff(ticks_s)
    slopes = np.diff(aim) / steps_s
    gained, drift = _gain_and_drift(steps_s, lag_s)
    start = float(aim[0])
    follower = _run(start, aim[:-1], gained, slopes * drift)
    if loops:
        whole = -np.expm1(-(ticks_s[-1] - ticks_s[0]) / lag_s)
        start += (follower[-1] - start) / whole
        follower = _run(start, aim[:-1], gained, slopes * drift)
    tick = np.clip(np.searchsorted(ticks_s, time_s, side="right") - 1, 0, len(steps_s) - 1)
    gained, drift = _gain_and_drift(time_s - ticks_s[tick], lag_s)
    return follower[tick] + (aim[tick] - follower[tick]) * gained + slopes[tick] * drift


def _gain_and_drift(after_s: np.ndarray, lag_s: float) -> tuple[np.ndarray, np.ndarray]:
    """The share of the distance that is made up after a time, and what a slope of 1 adds meanwhile."""
    gained = -np.expm1(-after_s / lag_s)
    return gained, after_s - lag_s * gained


def _run(start: float, aim: np.ndarray, gained: np.ndarray, drift: np.ndarray) -> np.ndarray:
    steps = zip(aim.tolist(), gained.tolist(), drift.tolist(), strict=True)
    values = accumulate(steps, lambda y, step: y + (step[0] - y) * step[1] + step[2], initial=start)
    return np.fromiter(values, np.float64, len(aim) + 1)
