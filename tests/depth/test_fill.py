"""The fill keeps what is known and runs on smoothly through what is not."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.depth.fill import membrane, push_pull
from relens.errors import ValueRangeError


def disc(height: int, width: int, radius: float) -> np.ndarray:
    row, column = np.mgrid[:height, :width]
    return (row - height * 0.45) ** 2 + (column - width * 0.5) ** 2 < radius**2


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (64, 48), (97, 131)])
def test_constant_fields_stay_constant(size):
    weight = (np.random.default_rng(0).random(size) < 0.1).astype(np.float32)
    weight[0, 0] = 0.3
    values = np.full((*size, 2), 3.7, np.float32)
    assert np.abs(push_pull(values, weight) - 3.7).max() < 1e-5 * 3.7


# The largest size takes the path where the finest levels are only polished.
@pytest.mark.parametrize("size", [(120, 90), (301, 233), (900, 701)])
def test_an_affine_field_runs_straight_through_a_hole(size):
    row, column = np.mgrid[: size[0], : size[1]].astype(np.float32)
    plane = 0.3 * column + 0.7 * row + 5
    hole = disc(*size, 0.35 * min(size))
    values = np.where(hole, np.nan, plane)[..., None].astype(np.float32)
    got = push_pull(values, (~hole).astype(np.float32))[..., 0]
    assert np.array_equal(got[~hole], values[~hole, 0])
    assert np.abs(got - plane)[hole].max() < 0.01 * np.ptp(plane[hole])


def test_the_fill_solves_laplace_s_equation():
    values = np.random.default_rng(1).random((40, 50, 1), dtype=np.float32)
    hole = disc(40, 50, 12)
    got = push_pull(values, (~hole).astype(np.float32))[..., 0]
    slow = np.where(hole, 0.5, values[..., 0]).astype(np.float64)
    for _ in range(4000):
        ring = np.pad(slow, 1, mode="edge")
        lines = 0.25 * ring[:-2] + 0.5 * ring[1:-1] + 0.25 * ring[2:]
        blur = 0.25 * lines[:, :-2] + 0.5 * lines[:, 1:-1] + 0.25 * lines[:, 2:]
        slow[hole] = blur[hole]
    assert np.abs(got - slow)[hole].max() < 0.01


@given(
    hnp.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.floats(0, 1, width=32)),
    st.integers(0, 2**16),
)
def test_nothing_leaves_the_range_of_the_known_and_the_known_stays(weight, seed):
    weight[weight < 0.5] = 0
    weight.flat[seed % weight.size] = 1
    values = np.random.default_rng(seed).random((*weight.shape, 1), dtype=np.float32)
    got = push_pull(values, weight)
    known = values[weight > 0]
    assert got.min() >= known.min() and got.max() <= known.max()
    assert np.array_equal(got[weight == 1], values[weight == 1])


def test_a_membrane_is_the_fill_of_one_plane():
    values = np.random.default_rng(2).random((40, 50), dtype=np.float32)
    hole = disc(40, 50, 12)
    got = membrane(np.where(hole, np.nan, values).astype(np.float32), ~hole)
    assert np.array_equal(got, push_pull(values[..., None], (~hole).astype(np.float32))[..., 0])


def test_nothing_known_is_an_error():
    with pytest.raises(ValueRangeError, match="at least one pixel"):
        push_pull(np.zeros((4, 4, 1), np.float32), np.zeros((4, 4), np.float32))
