"""The matting Laplacian's rows against their definition, and against pymatting's."""

from itertools import pairwise

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.matte.laplacian import ENTRIES, REACH_PX, apply_rows, fill_rows

EPSILON = 1e-4


def rows_of(colour, unknown, cuts=(), epsilon=EPSILON):
    """The unknown pixels' rows, made strip by strip."""
    number = np.full(unknown.shape, -1, np.int32)
    number[unknown] = np.arange(unknown.sum(), dtype=np.int32)
    rows = np.zeros((unknown.sum(), ENTRIES), np.float32)
    ends = [0, *sorted(cuts), len(unknown)]
    for first, last in pairwise(ends):
        fill_rows(colour, number, first, last, 9 * epsilon, rows)
    return rows


def dense(rows, unknown):
    """The rows as a matrix with a column for every pixel of the picture."""
    height, width = unknown.shape
    matrix = np.zeros((len(rows), height + 2 * REACH_PX, width + 2 * REACH_PX))
    for row, (y, x) in enumerate(np.argwhere(unknown)):
        matrix[row, y : y + 5, x : x + 5] = rows[row].reshape(5, 5)
    outside = matrix.copy()
    outside[:, REACH_PX:-REACH_PX, REACH_PX:-REACH_PX] = 0
    assert not outside.any()  # nothing hangs together with what is off the picture
    return matrix[:, REACH_PX:-REACH_PX, REACH_PX:-REACH_PX].reshape(len(rows), height * width)


def slow_laplacian(colour, epsilon=EPSILON):
    """Equation 12 of the paper, window by window."""
    height, width = colour.shape[:2]
    matrix = np.zeros((height * width,) * 2)
    number = np.arange(height * width).reshape(height, width)
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            window = np.s_[y - 1 : y + 2, x - 1 : x + 2]
            members, colours = number[window].ravel(), colour[window].reshape(9, 3).astype(np.float64)
            off = colours - colours.mean(axis=0)
            covariance = off.T @ off / 9 + epsilon * np.eye(3)
            matrix[np.ix_(members, members)] += np.eye(9) - (1 + off @ np.linalg.solve(covariance, off.T)) / 9
    return matrix


COLOURS = hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=7).flatmap(
    lambda shape: hnp.arrays(np.float32, (*shape, 3), elements=st.floats(0, 1, width=16))
)


@given(COLOURS, st.data())
@settings(max_examples=40)
def test_rows_are_those_of_the_definition_in_whatever_strips_they_are_made(colour, data):
    unknown = data.draw(hnp.arrays(bool, colour.shape[:2]))
    cuts = data.draw(st.lists(st.integers(0, len(colour)), max_size=3))
    expected = slow_laplacian(colour)[unknown.ravel()]
    np.testing.assert_allclose(dense(rows_of(colour, unknown, cuts), unknown), expected, atol=2e-5)


def test_all_rows_are_pymatting_s_laplacian():
    pymatting = pytest.importorskip("pymatting")
    colour = np.random.default_rng(1).random((15, 18, 3)).astype(np.float32)
    everywhere = np.ones((15, 18), bool)
    # Its epsilon is a sum over the window.
    expected = pymatting.cf_laplacian(colour.astype(np.float64), epsilon=9 * EPSILON).toarray()
    np.testing.assert_allclose(dense(rows_of(colour, everywhere), everywhere), expected, atol=5e-6)


@given(COLOURS, hnp.arrays(np.float64, 4, elements=st.floats(-1, 1)))
def test_what_is_linear_in_colour_costs_nothing(colour, line):
    # A regularisation this small lets every window follow its colours.
    spread = colour + np.random.default_rng(2).random(colour.shape, np.float32)
    everywhere = np.ones(colour.shape[:2], bool)
    matrix = dense(rows_of(spread, everywhere, (), 1e-9), everywhere)
    np.testing.assert_allclose(matrix @ (spread @ line[:3] + line[3]).ravel(), 0, atol=1e-4)


@given(COLOURS)
def test_the_cost_of_any_alpha_is_symmetric_and_not_negative(colour):
    everywhere = np.ones(colour.shape[:2], bool)
    matrix = dense(rows_of(colour, everywhere), everywhere)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-5)
    assert np.linalg.eigvalsh(matrix).min() > -1e-5
    assert np.diag(matrix).min() >= 0 and np.diag(matrix).max() <= 9


@given(st.integers(0, 99), st.integers(0, 60))
def test_rows_times_a_plane_are_the_matrix_times_it(seed, cut):
    rng = np.random.default_rng(seed)
    unknown = rng.random((8, 9)) < 0.6
    rows = rows_of(rng.random((8, 9, 3)).astype(np.float32), unknown)
    plane = np.pad(rng.standard_normal((8, 9)).astype(np.float32), REACH_PX)
    place = np.flatnonzero(np.pad(unknown, REACH_PX))
    result = np.full(len(rows), np.float32(np.nan))
    cut = min(cut, len(rows))
    for first, last in ((cut, len(rows)), (0, cut)):
        apply_rows(rows, place, plane.shape[1], plane.reshape(-1), first, last, result)
    inner = plane[REACH_PX:-REACH_PX, REACH_PX:-REACH_PX].ravel()
    np.testing.assert_allclose(result, dense(rows, unknown) @ inner, atol=1e-4)
