"""The way through orientations stays on SO(3), meets each, turns without a jerk and never the long way around."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relens.path.course import course_of
from relens.path.rotation_spline import turn_lengths_rad, turned_along
from relens.rotation import between_so3, exp_so3, log_so3

components = st.floats(-1.2, 1.2).map(lambda x: round(x, 2))
turns = st.lists(st.tuples(components, components, components), min_size=1, max_size=6).map(np.array)
SPLINES = ["centripetal", "kochanek-bartels", "linear"]


def curve_of(rotations, spline="centripetal", closed=False):
    course, knots = course_of(turn_lengths_rad(rotations, closed), spline, closed)
    return course, knots, lambda at: turned_along(course, np.asarray(at, float), lambda which: rotations[which])


@given(turns, st.sampled_from(SPLINES), st.booleans())
def test_meets_every_orientation(vectors, spline, closed):
    rotations = exp_so3(vectors)
    _, knots, curve = curve_of(rotations, spline, closed)
    met = curve(knots)
    np.testing.assert_allclose(met[: len(rotations)], rotations, atol=1e-12)
    if closed:
        np.testing.assert_allclose(met[-1], rotations[0], atol=1e-12)


@given(turns, st.sampled_from(SPLINES[:2]), st.booleans())
def test_stays_a_rotation_and_turns_without_a_jerk(vectors, spline, closed):
    course, knots, curve = curve_of(exp_so3(vectors), spline, closed)
    assume(len(course.knots) > 1)
    way = curve(np.linspace(0, knots[-1], 31))
    np.testing.assert_allclose(way @ np.swapaxes(way, 1, 2), np.broadcast_to(np.eye(3), way.shape), atol=1e-12)
    at = course.knots if closed else course.knots[1:-1]
    step = 1e-5 * np.diff(course.knots).min()
    here, before, after = curve(at), curve(at - step), curve(at + step)
    arriving = log_so3(np.swapaxes(before, 1, 2) @ here) / step
    leaving = log_so3(np.swapaxes(here, 1, 2) @ after) / step
    np.testing.assert_allclose(arriving, leaving, atol=3e-3 * (1 + np.abs(arriving).max(initial=0)))


@given(turns, st.tuples(components, components, components), st.sampled_from(SPLINES), st.booleans())
def test_turning_the_world_turns_the_way(vectors, world, spline, closed):
    rotations, turn = exp_so3(vectors), exp_so3(np.array(world))
    _, knots, curve = curve_of(rotations, spline, closed)
    _, knots_there, curve_there = curve_of(turn @ rotations, spline, closed)
    share = np.linspace(0, 1, 17)
    np.testing.assert_allclose(curve_there(share * knots_there[-1]), turn @ curve(share * knots[-1]), atol=1e-5)


@given(
    st.tuples(components, components, components),
    st.tuples(components, components, components),
    st.sampled_from(SPLINES),
)
def test_two_are_joined_the_shortest_way_at_constant_speed(a, b, spline):
    one, other = exp_so3(np.array([a, b]))
    assume(0 < np.linalg.norm(log_so3(one.T @ other)) < 3.1)
    _, knots, curve = curve_of(np.stack([one, other]), spline)
    share = np.linspace(0, 1, 11)
    np.testing.assert_allclose(curve(share * knots[-1]), between_so3(one, other, share), atol=1e-9)


@pytest.mark.parametrize("spline", SPLINES)
def test_never_the_long_way_around(spline):
    """Each turn of under half a circle is taken as it is, and the turns add up."""
    angles = np.radians([0, 170, 340, 350])
    _, knots, curve = curve_of(exp_so3(angles[:, None] * [0.0, 1, 0]), spline)
    way = curve(np.linspace(0, knots[-1], 400))
    steps = np.linalg.norm(log_so3(np.swapaxes(way[:-1], 1, 2) @ way[1:]), axis=1)
    # 350 degrees in all, and what the curve swings past on top.
    assert math.radians(349.9) < steps.sum() < math.radians(375)


def test_about_one_axis_it_is_the_spline_of_the_angles():
    from relens.path.spline import eye_spline

    angles = np.array([0, 0.3, 0.5, 1.4])
    rotations = exp_so3(angles[:, None] * np.array([0.6, 0.0, 0.8]))
    _, knots, curve = curve_of(rotations)
    angle_curve = eye_spline(angles[:, None] * [1.0, 0, 0])
    at = np.linspace(0, knots[-1], 41)
    expected = exp_so3(angle_curve.at(at)[:, :1] * np.array([0.6, 0.0, 0.8]))
    np.testing.assert_allclose(curve(at), expected, atol=1e-9)


def test_lengths():
    rotations = exp_so3(np.array([[0, 0, 0], [0, 0, 0], [0.5, 0, 0]]))
    np.testing.assert_allclose(turn_lengths_rad(rotations), [0, 0.5])
    np.testing.assert_allclose(turn_lengths_rad(rotations, closed=True), [0, 0.5, 0.5])
    assert turn_lengths_rad(rotations)[0] == 0
