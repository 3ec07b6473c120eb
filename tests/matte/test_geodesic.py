"""Geodesic sweeps against Dijkstra's shortest paths (SciPy)."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from relens.matte.geodesic import geodesic

# Steps are cheap, dear, or walls.
COSTS = st.floats(2**-9, 40, width=32) | st.just(2.0**20)
STARTS = st.just(np.inf) | st.just(0.0) | st.floats(0, 30, width=32)


@st.composite
def lands(draw):
    height, width = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))
    start = draw(hnp.arrays(np.float32, (height, width), elements=STARTS))
    across = draw(hnp.arrays(np.float32, (height, width - 1), elements=COSTS))
    return start, across, draw(hnp.arrays(np.float32, (height - 1, width), elements=COSTS))


def slow_geodesic(start, across, down):
    """Dijkstra from one node more, which leads on to where the set is."""
    number, origin = np.arange(start.size).reshape(start.shape), start.size
    seeds = number[np.isfinite(start)]
    one = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    other = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    leaving, arriving = np.concatenate([one, other, np.full(len(seeds), origin)]), np.concatenate([other, one, seeds])
    steps = np.concatenate([across.ravel(), down.ravel()]).astype(np.float64)
    # An edge of no cost would be no edge: everything is 1 farther from that node.
    cost = np.concatenate([steps, steps, start[np.isfinite(start)] + 1.0])
    graph = coo_array((cost, (leaving, arriving)), (origin + 1, origin + 1)).tocsr()
    return dijkstra(graph, indices=origin)[:origin].reshape(start.shape) - 1


@given(lands())
def test_distances_are_dijkstra_s(land):
    np.testing.assert_allclose(geodesic(*land), slow_geodesic(*land), rtol=1e-5, atol=1e-5)


def spiral(side):
    """Where a corridor winds from the corner to the middle, one pixel of wall between its turns."""
    free = np.zeros((side, side), bool)
    row, column, way = 0, 0, (0, 1)
    free[0, 0] = True
    while True:
        for _ in range(2):
            after = row + way[0], column + way[1]
            beyond = row + 2 * way[0], column + 2 * way[1]
            inside = all(0 <= i < side for i in after)
            if inside and not (all(0 <= i < side for i in beyond) and free[beyond]):
                row, column = after
                free[after] = True
                break
            way = way[1], -way[0]
        else:
            return free, (row, column)


def test_a_path_may_wind_to_the_middle_of_a_spiral():
    free, middle = spiral(41)
    across = np.where(free[:, 1:] & free[:, :-1], np.float32(1), np.float32(1e6))
    down = np.where(free[1:] & free[:-1], np.float32(1), np.float32(1e6))
    start = np.full(free.shape, np.float32(np.inf))
    start[0, 0] = 0
    # The corridor itself is the shortest way: as many steps as it has pixels.
    assert geodesic(start, across, down)[middle] == free.sum() - 1 > 800


def test_nothing_is_near_nothing_and_the_start_is_left_alone():
    start = np.full((5, 6), np.float32(np.inf))
    costs = np.ones((5, 5), np.float32), np.ones((4, 6), np.float32)
    assert np.isinf(geodesic(start, *costs)).all()
    start[2, 3] = 0
    given_start = start.copy()
    assert np.isfinite(geodesic(start, *costs)).all()
    np.testing.assert_array_equal(start, given_start)
