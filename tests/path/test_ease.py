"""Eases go from 0 to 1, and at x = the curve's x(s) they are its y(s)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.path.ease import ease_controls, eased, end_slopes, is_hold, is_linear

units = st.floats(0, 1)
heights = st.floats(-1, 2)
beziers = st.tuples(units, heights, units, heights)
NAMES = ["linear", "in", "out", "in-out", "hold"]


def at(ease, shares):
    shares = np.atleast_1d(np.asarray(shares, np.float64))
    return eased(np.repeat(ease_controls([ease]), len(shares), axis=0), shares)


def bezier(first, second, s):
    return 3 * (1 - s) ** 2 * s * first + 3 * (1 - s) * s**2 * second + s**3


@given(beziers, st.lists(units, min_size=1, max_size=5))
def test_a_curve_is_solved_for_its_x(ease, parameters):
    x1, y1, x2, y2 = ease
    s = np.array(parameters)
    x, y = bezier(x1, x2, s), bezier(y1, y2, s)
    # An upright piece of the curve has many a y at one x, to rounding.
    nearby = 2e-5 if min(np.gradient(bezier(x1, x2, np.linspace(0, 1, 999)))) < 1e-6 else 1e-9
    below, above = at(ease, np.clip(x - 1e-13, 0, 1)), at(ease, np.clip(x + 1e-13, 0, 1))
    assert (np.minimum(below, above) - 12 * nearby <= y).all() and (y <= np.maximum(below, above) + 12 * nearby).all()


@given(beziers | st.sampled_from(NAMES))
def test_ends_are_exact(ease):
    assert at(ease, [0, 1]).tolist() == [0, 1]


@given(units, units, units, units, st.lists(units, min_size=2, max_size=9))
def test_what_does_not_overshoot_never_turns_back(x1, y1, x2, y2, shares):
    way = at((x1, y1, x2, y2), sorted(shares))
    assert (np.diff(way) >= -1e-9).all() and (way >= 0).all() and (way <= 1).all()


@given(st.lists(units, min_size=1, max_size=5))
def test_linear_is_to_the_last_bit(shares):
    assert at("linear", shares).tolist() == shares
    assert at((0.3, 0.3, 0.6, 0.6), shares).tolist() == shares


def test_css_values():
    # As the reference implementation of CSS (WebKit's UnitBezier) has them.
    np.testing.assert_allclose(at((0.25, 0.1, 0.25, 1.0), [0.25, 0.5, 0.75]), [0.4085, 0.8024, 0.9605], atol=1e-4)
    np.testing.assert_allclose(at("in-out", [0.25, 0.5, 0.75]), [0.1292, 0.5, 0.8708], atol=1e-4)
    np.testing.assert_allclose(at("in", [0.5]), [0.3153], atol=1e-4)


@given(units)
def test_out_is_in_backwards(share):
    assert at("out", share)[0] == pytest.approx(1 - at("in", 1 - share)[0], abs=1e-9)
    assert at("in-out", share)[0] == pytest.approx(1 - at("in-out", 1 - share)[0], abs=1e-9)


def test_a_hold_waits():
    assert at("hold", [0, 0.5, np.nextafter(1, 0), 1]).tolist() == [0, 0, 0, 1]


def test_overshoot():
    assert at((0.3, -0.5, 0.7, 1.5), [0.1])[0] < 0 and at((0.3, -0.5, 0.7, 1.5), [0.9])[0] > 1


@pytest.mark.parametrize("ease", ["linear", "in", "out", "in-out", (0.2, 0.6, 0.1, 0.9), (0, 0, 1, 1), (0, 0, 0, 0)])
def test_end_slopes_are_those_of_the_curve(ease):
    first, last = end_slopes(ease_controls([ease]))[0]
    step = 1e-6
    assert first == pytest.approx(at(ease, step)[0] / step, abs=3e-3)
    assert last == pytest.approx((1 - at(ease, 1 - step)[0]) / step, abs=3e-3)


def test_end_slopes_of_a_hold_and_of_an_upright_curve():
    assert end_slopes(ease_controls(["hold"])).tolist() == [[0, 0]]
    assert end_slopes(ease_controls([(0, 0.5, 1, 0.5)])).tolist() == [[math.inf, math.inf]]


def test_kinds():
    controls = ease_controls([*NAMES, (0.1, 0.1, 0.9, 0.9)])
    assert is_hold(controls).tolist() == [False, False, False, False, True, False]
    assert is_linear(controls).tolist() == [True, False, False, False, False, True]
    assert ease_controls([]).shape == (0, 4)
