"""exp and log of SO(3) are inverse, at every angle, and rotations between two lie on the shortest way."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relens.rotation import between_so3, exp_so3, log_so3

components = st.floats(-1, 1, allow_subnormal=False)
directions = st.tuples(components, components, components).filter(lambda v: math.hypot(*v) > 1e-3)
# Powers of ten around the change from series to quotients, and whatever is near half a turn.
angles = st.one_of(
    st.floats(0, math.pi),
    st.floats(-12, 0).map(lambda power: 10.0**power),
    st.floats(-15, -1).map(lambda power: math.pi - 10.0**power),
    st.sampled_from([0.0, 1e-300, 1e-4, math.nextafter(1e-4, 0), math.pi / 2, math.pi]),
)


def vector(direction, angle):
    return np.array(direction) / math.hypot(*direction) * angle


vectors = st.builds(vector, directions, angles)


@given(vectors)
def test_exp_is_a_rotation(turn):
    rotation = exp_so3(turn)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-14)
    assert np.linalg.det(rotation) == pytest.approx(1)
    np.testing.assert_allclose(rotation @ turn, turn, atol=1e-14)
    assert np.trace(rotation) == pytest.approx(1 + 2 * math.cos(np.linalg.norm(turn)), abs=1e-13)


@given(vectors)
def test_log_undoes_exp(turn):
    """Half a turn either way is the same rotation."""
    again = log_so3(exp_so3(turn))
    near = again if again @ turn >= 0 or np.linalg.norm(turn) < math.pi - 1e-7 else -again
    np.testing.assert_allclose(near, turn, atol=1e-13, rtol=1e-9)


@given(vectors)
def test_exp_undoes_log(turn):
    rotation = exp_so3(turn * 1.7)
    assert np.linalg.norm(log_so3(rotation)) <= math.pi + 1e-12
    np.testing.assert_allclose(exp_so3(log_so3(rotation)), rotation, atol=1e-13)


@given(vectors, vectors)
def test_turning_the_world_turns_the_axis(turn, world):
    w = exp_so3(world)
    np.testing.assert_allclose(exp_so3(w @ turn), w @ exp_so3(turn) @ w.T, atol=1e-13)


@given(directions, st.floats(-3, 3), st.floats(-3, 3))
def test_turns_about_one_axis_add_up(direction, a, b):
    one, other = exp_so3(vector(direction, a)), exp_so3(vector(direction, b))
    np.testing.assert_allclose(one @ other, exp_so3(vector(direction, a + b)), atol=1e-13)
    np.testing.assert_allclose(exp_so3(vector(direction, -a)), one.T, atol=1e-13)


def test_quarter_turns_are_right_handed():
    np.testing.assert_allclose(exp_so3(np.array([0, 0, math.pi / 2])) @ [1, 0, 0], [0, 1, 0], atol=1e-15)
    np.testing.assert_allclose(exp_so3(np.array([math.pi / 2, 0, 0])) @ [0, 1, 0], [0, 0, 1], atol=1e-15)


@pytest.mark.parametrize("diagonal", [(1, -1, -1), (-1, 1, -1), (-1, -1, 1)])
def test_half_turns_about_the_axes(diagonal):
    turn = log_so3(np.diag(np.array(diagonal, float)))
    np.testing.assert_allclose(np.abs(turn), math.pi * (np.array(diagonal) == 1), atol=1e-15)


def test_no_turn_is_exact():
    assert np.array_equal(exp_so3(np.zeros(3)), np.eye(3))
    assert np.array_equal(log_so3(np.eye(3)), np.zeros(3))


@given(st.lists(vectors, min_size=1, max_size=4), st.sampled_from([(), (2,), (2, 3)]))
def test_batches_are_one_by_one(turns, lead):
    batch = np.broadcast_to(np.array(turns), (*lead, len(turns), 3))
    rotations = exp_so3(batch)
    assert rotations.shape == (*lead, len(turns), 3, 3)
    again = log_so3(rotations)
    for index in np.ndindex(batch.shape[:-1]):
        np.testing.assert_allclose(rotations[index], exp_so3(batch[index]), atol=1e-15)
        np.testing.assert_allclose(again[index], log_so3(rotations[index]), atol=1e-15)


def test_empty_batches():
    assert exp_so3(np.zeros((0, 3))).shape == (0, 3, 3)
    assert log_so3(np.zeros((0, 3, 3))).shape == (0, 3)


@given(vectors, vectors, st.floats(0, 1))
def test_between_goes_the_shortest_way_at_constant_speed(a, b, share):
    one, other = exp_so3(a), exp_so3(b)
    whole = np.linalg.norm(log_so3(one.T @ other))
    assume(whole < math.pi - 1e-6)
    middle = between_so3(one, other, np.array(share))
    assert np.linalg.norm(log_so3(one.T @ middle)) == pytest.approx(share * whole, abs=1e-7)
    assert np.linalg.norm(log_so3(middle.T @ other)) == pytest.approx((1 - share) * whole, abs=1e-7)
    np.testing.assert_allclose(between_so3(one, other, np.array([0.0, 1.0])), [one, other], atol=1e-13)
