"""Eases: how much of the way is done after a share of the time."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from relens.path.keyframe import Ease

# The two inner control points of a cubic Bezier curve from (0, 0) to (1, 1), as CSS names them. A hold has none.
_NAMED = {
    "linear": (0.0, 0.0, 1.0, 1.0),
    "in": (0.42, 0.0, 1.0, 1.0),
    "out": (0.0, 0.0, 0.58, 1.0),
    "in-out": (0.42, 0.0, 0.58, 1.0),
    "hold": (np.nan, np.nan, np.nan, np.nan),
}
# Halving alone needs 53 steps to the last bit.
_MOST_STEPS = 64


def ease_controls(eases: Sequence[Ease]) -> Float64[np.ndarray, "n 4"]:
    """Control points (x1, y1, x2, y2) of eases, NaN for a hold."""
    rows = [_NAMED[ease] if isinstance(ease, str) else ease for ease in eases]
    return np.array(rows, np.float64).reshape(-1, 4)


def is_hold(controls: Float64[np.ndarray, "n 4"]) -> np.ndarray:
    """Which eases stay where they are until the time is up; bool (n,)."""
    return np.isnan(controls[:, 0])


def is_linear(controls: Float64[np.ndarray, "n 4"]) -> np.ndarray:
    """Which eases are none: the way goes with the time; bool (n,)."""
    return (controls[:, 0] == controls[:, 1]) & (controls[:, 2] == controls[:, 3])


def eased(controls: Float64[np.ndarray, "n 4"], share: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """The share of the way after a share of the time, 0 to 1 each; the way may overshoot where a control point does.

    The curve's parameter is found by Newton's steps, halved where they leave the bracket, so that flat and steep curves
    are found as surely. Source: CSS Easing Functions Level 1, cubic-bezier().
    """
    way = np.where(is_hold(controls), np.floor(share), share)
    bent = np.flatnonzero(~is_hold(controls) & ~is_linear(controls) & (share > 0) & (share < 1))
    if bent.size:
        x1, y1, x2, y2 = controls[bent].T
        at = _parameter(x1, x2, share[bent])
        way[bent] = _bezier(y1, y2, at)
    return way


def _bezier(first: np.ndarray, second: np.ndarray, at: np.ndarray) -> np.ndarray:
    return at * (3 * first * (1 - at) ** 2 + at * (3 * second * (1 - at) + at))


def _parameter(x1: np.ndarray, x2: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Where on the curve its x is `x`; x grows along it, since the control points' x lie within 0 to 1."""
    low, high, at = np.zeros_like(x), np.ones_like(x), x.copy()
    for _ in range(_MOST_STEPS):
        over = _bezier(x1, x2, at) - x
        low, high = np.where(over <= 0, at, low), np.where(over >= 0, at, high)
        slope = 3 * (x1 * (1 - at) * (1 - 3 * at) + x2 * at * (2 - 3 * at) + at**2)
        step = at - over / np.where(slope > 1e-9, slope, np.inf)
        better = np.where((slope > 1e-9) & (step > low) & (step < high), step, 0.5 * (low + high))
        better = np.where(over == 0, at, better)
        if np.array_equal(better, at):
            break
        at = better
    return at


def end_slopes(controls: Float64[np.ndarray, "n 4"]) -> Float64[np.ndarray, "n 2"]:
    """Speed at the start and at the end over the mean speed; 0 for a hold, infinite where the curve is upright."""
    x1, y1, x2, y2 = controls.T
    return np.stack([_first_slope(x1, y1, x2, y2), _first_slope(1 - x2, 1 - y2, 1 - x1, 1 - y1)], axis=1)


def _first_slope(x1: np.ndarray, y1: np.ndarray, x2: np.ndarray, y2: np.ndarray) -> np.ndarray:
    # Towards the first control point, or the next one where that is the end itself, or the other end.
    at_end = (x1 == 0) & (y1 == 0)
    x, y = np.where(at_end, x2, x1), np.where(at_end, y2, y1)
    both = at_end & (x == 0) & (y == 0)
    x, y = np.where(both, 1.0, x), np.where(both, 1.0, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = y / x
    return np.where(np.isnan(x), 0.0, slope)
