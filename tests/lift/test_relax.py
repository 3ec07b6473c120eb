"""The compiled membrane against the solution of its equations."""

import numpy as np
import pytest

from relens.lift.relax import relax


def links_of(places, height, width, known):
    links = np.full((len(places), 4), -1, np.int64)
    listed = set(places)
    for i, place in enumerate(places):
        y, x = divmod(place, width)
        for side, (ny, nx) in enumerate(((y, x - 1), (y, x + 1), (y - 1, x), (y + 1, x))):
            if 0 <= ny < height and 0 <= nx < width and (ny * width + nx in listed or known[ny, nx]):
                links[i, side] = ny * width + nx
    return links


@pytest.mark.parametrize("seed", range(3))
def test_it_converges_to_the_mean_of_the_linked_neighbours(seed):
    rng = np.random.default_rng(seed)
    height, width = 14, 17
    known = rng.random((height, width)) < 0.25
    values = rng.random((height * width, 2)).astype(np.float32)
    places = np.flatnonzero(~known)
    links = links_of(places, height, width, known)
    before = values.copy()
    relax(values, places, links, 600)
    np.testing.assert_array_equal(values[known.ravel()], before[known.ravel()])
    # The exact solution, as one system of equations.
    matrix, right = np.eye(height * width), before.astype(np.float64)
    for place, linked in zip(places, links, strict=True):
        linked = linked[linked >= 0]
        if len(linked):
            matrix[place, linked], right[place] = -1 / len(linked), 0
    np.testing.assert_allclose(values, np.linalg.solve(matrix, right), atol=2e-4)


def test_a_pixel_linked_to_nothing_stays():
    values = np.array([[1.0], [2.0]], np.float32)
    relax(values, np.array([1]), np.full((1, 4), -1, np.int64), 5)
    np.testing.assert_array_equal(values, [[1], [2]])
