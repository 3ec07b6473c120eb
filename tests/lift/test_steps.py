"""The compiled test for steps against a plain one on whole arrays, and on scenes whose steps are known."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.lift.steps import steps

# As the lifting sets them, but in round numbers: the parallax per inverse depth, and three limits.
LIMITS = (20.0, 2.0, 2.5, 0.75)


def found(inverse_depth, limits=LIMITS, present=None):
    present = np.ones(inverse_depth.shape, bool) if present is None else present
    return steps(inverse_depth.astype(np.float32), present, *np.float32(limits))


def slow_right(inverse_depth, present, parallax_px, step_px, stands_out, steepest):
    """Steps to the right neighbour: those next to nothing are NaN, and compare as false."""
    seen = np.where(present, inverse_depth.astype(float), np.nan)
    step = parallax_px * np.diff(seen, axis=1)
    # Rows of steps with nothing before the first and after the last.
    room = np.pad(step, ((0, 0), (1, 1)), constant_values=np.nan)
    same_way = np.nan_to_num(np.sign(step) * np.stack([room[:, :-2], room[:, 2:]]))
    slope = np.maximum(same_way.max(axis=0, initial=0), 0)
    stands_apart = np.abs(step) > stands_out * slope
    too_steep = np.abs(step) > steepest * (seen[:, :-1] + seen[:, 1:])
    right = np.zeros(present.shape, bool)
    right[:, :-1] = (np.abs(step) > step_px) & (stands_apart | too_steep)
    return right


@st.composite
def fields(draw):
    """Inverse depths in quarters and limits that floats hold exactly, with holes."""
    size = draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8))
    quarters = draw(hnp.arrays(np.float32, size, elements=st.integers(0, 12).map(float), fill=st.nothing()))
    present = ~draw(hnp.arrays(bool, size, elements=st.booleans(), fill=st.just(False)))
    limits = st.tuples(*(st.sampled_from(values) for values in ((4.0, 8.0), (0.5, 2.0), (1.5, 2.5), (0.5, 2.0, 64.0))))
    return quarters / 4, present, draw(limits)


@given(fields())
def test_they_are_those_of_the_plain_test(field):
    inverse_depth, present, limits = field
    right, down = found(inverse_depth, limits, present)
    np.testing.assert_array_equal(right, slow_right(inverse_depth, present, *limits))
    np.testing.assert_array_equal(down, slow_right(inverse_depth.T, present.T, *limits).T)


@given(fields())
def test_a_mirror_changes_nothing(field):
    inverse_depth, present, limits = field
    right, down = found(inverse_depth, limits, present)
    mirrored = found(inverse_depth[::-1, ::-1].copy(), limits, present[::-1, ::-1].copy())
    np.testing.assert_array_equal(mirrored[0][::-1, ::-1][:, 1:], right[:, :-1])
    np.testing.assert_array_equal(mirrored[1][::-1, ::-1][1:], down[:-1])


@pytest.mark.parametrize("rise_px", [-9.0, -2.5, -1.0, 0.5, 2.5, 9.0])
def test_an_even_slope_is_no_step_however_steep_it_is_on_the_grid(rise_px):
    ramp = 20 + rise_px / LIMITS[0] * np.mgrid[:6, :30][1]
    right, down = found(ramp)
    assert not right.any() and not down.any()


@pytest.mark.parametrize(("jump_px", "is_step"), [(6.0, False), (7.4, False), (7.6, True), (20.0, True)])
def test_on_a_slope_a_step_must_stand_out(jump_px, is_step):
    rises_px = np.full(20, 3.0)
    rises_px[11] = jump_px
    line = 20 + np.concatenate([[0], rises_px]).cumsum() / LIMITS[0]
    wanted = np.arange(21) == (11 if is_step else -1)
    for upwards in (line, 45 - line):
        np.testing.assert_array_equal(found(upwards[None])[0], wanted[None])
        np.testing.assert_array_equal(found(upwards[:, None])[1], wanted[:, None])


@pytest.mark.parametrize(("jump_px", "is_step"), [(1.9, False), (2.1, True)])
def test_a_step_below_the_least_parallax_hides_nothing(jump_px, is_step):
    wall = np.full((5, 9), 1.0)
    wall[2:, 4:] += jump_px / LIMITS[0]
    right, down = found(wall)
    wanted = np.zeros((2, 5, 9), bool)
    wanted[0, 2:, 3] = wanted[1, 1, 4:] = is_step
    np.testing.assert_array_equal(right, wanted[0])
    np.testing.assert_array_equal(down, wanted[1])


def test_a_thin_thing_has_two_sides():
    # Its far side is as high as its near one: were it a slope, neither would stand out.
    wire = np.full((1, 9), 1.0)
    wire[0, 4] = 2.0
    assert np.flatnonzero(found(wire)[0]).tolist() == [3, 4]


def test_what_is_too_steep_for_a_surface_is_a_step_even_if_it_does_not_stand_out():
    # Rises of 4 px: steeper than the limit where the surface is far away, and a slope where it is near.
    far, near = 1.0 + 0.2 * np.arange(5), 4.0 + 0.2 * np.arange(5)
    assert np.flatnonzero(found(far[None])[0]).tolist() == [0, 1, 2, 3]
    assert not found(near[None])[0].any()


def test_nothing_is_no_neighbour():
    depth = np.array([[1.0, 9.0, 1.0, 1.0, 3.0]])
    present = np.array([[True, False, True, True, True]])
    assert np.flatnonzero(found(depth, present=present)[0]).tolist() == [3]
