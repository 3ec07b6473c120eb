"""A time warp meets its knots at their times, never turns back, and its speed never jumps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from relens.path.ease import ease_controls
from relens.path.time_warp import time_warp

steps = st.floats(0.05, 5)
EASES = ["linear", "in", "out", "in-out", (0.2, 0.6, 0.1, 0.9), (0, 0, 0.5, 1), "hold"]


@st.composite
def warps(draw, eases=tuple(EASES), closed=None):
    widths = draw(st.lists(steps, min_size=1, max_size=6))
    heights = [draw(steps | st.just(0.0)) for _ in widths]
    closed = draw(st.booleans()) if closed is None else closed
    rests = np.array([draw(st.booleans()) for _ in range(len(widths) + 1)])
    if closed:
        rests[-1] = rests[0]
    chosen = [draw(st.sampled_from(eases)) for _ in widths]
    times, knots = (np.concatenate([[0.0], np.cumsum(part)]) for part in (widths, heights))
    return time_warp(times, knots, ease_controls(chosen), rests, closed), chosen, rests, closed


@given(warps())
def test_meets_every_knot_and_never_turns_back(made):
    warp, *_ = made
    assert warp.at(warp.times).tolist() == warp.knots.tolist()
    way = warp.at(np.linspace(-1, warp.times[-1] + 1, 400))
    assert (np.diff(way) >= -1e-9).all() and way[0] == 0 and way[-1] == warp.knots[-1]


@given(warps(eases=tuple(EASES[:-1])))
def test_speed_does_not_jump(made):
    warp, _, rests, closed = made
    step = 1e-7 * np.diff(warp.times).min()
    before = (warp.knots - warp.at(warp.times - step)) / step
    after = (warp.at(warp.times + step) - warp.knots) / step
    np.testing.assert_allclose(before[1:-1], after[1:-1], atol=2e-3 * (1 + before[1:-1].max(initial=0)))
    if closed:
        assert before[-1] == pytest.approx(after[0], abs=2e-3 * (1 + after[0]))
    assert (before[1:][rests[1:]] < 1e-2).all() and (after[:-1][rests[:-1]] < 1e-2).all()


@given(st.lists(st.tuples(steps, steps | st.just(0.0)), min_size=1, max_size=8))
def test_without_eases_it_is_pchip(parts):
    """nerfstudio's timing, by SciPy."""
    times, knots = (np.concatenate([[0.0], np.cumsum(part)]) for part in zip(*parts, strict=True))
    at = np.linspace(0, times[-1], 57)
    expected = PchipInterpolator(times, knots)(at)
    np.testing.assert_allclose(time_warp(times, knots).at(at), expected, atol=1e-9 * (1 + knots[-1]))


@given(steps, steps, st.sampled_from(EASES))
def test_alone_an_ease_is_itself(width, height, ease):
    from relens.path.ease import eased

    share = np.linspace(0, 1, 23)
    controls = ease_controls([ease])
    warp = time_warp(np.array([1.0, 1 + width]), np.array([0.0, height]), controls)
    expected = height * eased(np.repeat(controls, 23, axis=0), share)
    np.testing.assert_allclose(warp.at(1 + share * width), expected, atol=1e-9 * (1 + height))


@given(warps(eases=("linear", "in-out"), closed=True), st.integers(1, 6))
def test_a_loop_has_no_first_knot(made, turn):
    warp, chosen, rests, _ = made
    widths, heights = np.diff(warp.times), np.diff(warp.knots)
    turn %= len(widths)
    widths, heights = np.roll(widths, -turn), np.roll(heights, -turn)
    times, knots = (np.concatenate([[0.0], np.cumsum(part)]) for part in (widths, heights))
    inner = np.roll(rests[:-1], -turn)
    other = time_warp(times, knots, ease_controls(list(np.roll(chosen, -turn))), np.append(inner, inner[0]), True)
    at = np.linspace(0, times[-1], 31)
    elsewhere = warp.times[turn] + at
    rounds = elsewhere >= warp.times[-1]
    there = warp.at(np.where(rounds, elsewhere - warp.times[-1], elsewhere)) + rounds * warp.knots[-1]
    np.testing.assert_allclose(other.at(at), there - warp.knots[turn], atol=1e-7 * (1 + warp.knots[-1]))


def test_equal_knots_are_a_rest():
    warp = time_warp(np.array([0.0, 1, 2, 3]), np.array([0.0, 1, 1, 2]))
    assert (warp.at(np.linspace(1, 2, 9)) == 1).all()
    slow = warp.at(np.array([1 - 1e-3, 2 + 1e-3]))
    assert abs(slow - 1).max() < 1e-5


def test_an_overshooting_ease_goes_past_and_comes_back():
    warp = time_warp(np.array([0.0, 1]), np.array([0.0, 1]), ease_controls([(0.3, -0.5, 0.7, 1.5)]))
    way = warp.at(np.linspace(0, 1, 101))
    assert way.min() < -0.02 and way.max() > 1.02 and (way[0], way[-1]) == (0, 1)


def test_an_ease_that_starts_upright_over_a_rest_is_no_arithmetic_error():
    with np.errstate(all="raise"):
        warp = time_warp(np.array([0.0, 1, 2]), np.array([0.0, 0, 1]), ease_controls([(0, 0.5, 0.5, 1), "linear"]))
    assert warp.at(np.array([0.5, 2])).tolist() == [0, 1]


def test_one_moment():
    assert time_warp(np.array([3.0]), np.array([2.0])).at(np.array([0.0, 9])).tolist() == [2, 2]
