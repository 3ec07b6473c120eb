"""A focus that lags follows as a first-order system does, whatever the frame rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from relens.path.focus_pull import lagged

lags = st.floats(0.005, 3)
NONE = np.zeros(0)


def follow(target, at, lag_s, end_s=10.0, corners=NONE, loops=False):
    return lagged(target, np.asarray(at, float), lag_s, 0.0, end_s, np.asarray(corners, float), loops)


@given(lags, st.floats(-2, 2))
def test_behind_a_ramp_it_is_exactly_the_lag_late(lag_s, slope):
    at = np.linspace(8, 10, 5) + 30 * lag_s
    behind = follow(lambda t: 1 + slope * t, at, lag_s, end_s=10 + 30 * lag_s)
    np.testing.assert_allclose(behind, 1 + slope * (at - lag_s), atol=1e-9 * (1 + 100 * abs(slope)))


@given(lags, st.floats(0, 5))
def test_a_focus_that_stays_is_itself_to_the_last_bit(lag_s, value):
    for loops in (False, True):
        assert (follow(lambda t: np.full_like(t, value), [0, 0.3, 7, 10], lag_s, loops=loops) == value).all()


@given(lags)
def test_after_a_jump_it_comes_nearer_by_e_to_the_minus_one_each_lag(lag_s):
    after = np.array([0, 0.5, 1, 2]) * lag_s
    behind = follow(lambda t: np.where(t >= 1, 3.0, 1.0), 1 + after, lag_s, end_s=20, corners=[1.0])
    np.testing.assert_allclose(behind, 3 - 2 * np.exp(-after / lag_s), atol=1e-5)


@given(lags, st.lists(st.floats(0, 10), min_size=1, max_size=5))
def test_a_moment_does_not_depend_on_the_others(lag_s, at):
    def target(t):
        return np.interp(t, [0, 2, 3, 7, 10], [1, 0, 2, 2, 0.5])

    one_by_one = [follow(target, [moment], lag_s, corners=[2, 3, 7])[0] for moment in at]
    assert follow(target, at, lag_s, corners=[2, 3, 7]).tolist() == one_by_one


def test_it_solves_the_differential_equation():
    def target(t):
        return np.interp(t, [0, 2, 3.1, 7, 10], [1, 0, 2, 2, 0.5])

    at = np.linspace(0, 10, 41)
    solved = solve_ivp(lambda t, y: (target(t) - y) / 0.4, (0, 10), [1.0], t_eval=at, max_step=0.01, rtol=1e-9)
    np.testing.assert_allclose(follow(target, at, 0.4, corners=[2, 3.1, 7]), solved.y[0], atol=1e-5)


@given(lags)
def test_in_a_loop_it_is_as_after_many_rounds(lag_s):
    def round_(t):
        return np.interp(np.mod(t, 4), [0, 1, 3, 4], [0, 2, 1, 0])

    at = np.linspace(0, 3.9, 9)
    rounds = 4 * (10 + int(5 * lag_s))
    corners = np.arange(0, rounds + 4)
    long_after = follow(round_, at + rounds, lag_s, end_s=rounds + 4.0, corners=corners)
    np.testing.assert_allclose(follow(round_, at, lag_s, 4.0, [1, 3], True), long_after, atol=1e-6)
    # And so it closes.
    ends = follow(round_, [0.0, 4 - 1e-9], lag_s, 4.0, [1, 3], True)
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)
