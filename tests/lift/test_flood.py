"""The compiled flood against a slow one: every pixel's best budget, relaxed until nothing changes."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.lift.flood import flood


def slow_flood(budget, wall_right, wall_down):
    height, width = budget.shape
    left = np.maximum(budget, 0)
    changed = True
    while changed:
        changed = False
        for y in range(height):
            for x in range(width):
                ways = []
                if x + 1 < width:
                    ways.append((y, x + 1, wall_right[y, x]))
                if x > 0:
                    ways.append((y, x - 1, wall_right[y, x - 1]))
                if y + 1 < height:
                    ways.append((y + 1, x, wall_down[y, x]))
                if y > 0:
                    ways.append((y - 1, x, wall_down[y - 1, x]))
                best = max((left[way[:2]] - 1 for way in ways if not way[2]), default=0)
                if best > left[y, x]:
                    left[y, x], changed = best, True
    return left


@st.composite
def mazes(draw):
    size = draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7))
    seeds = st.just(0.0) | st.integers(-8, 40).map(lambda quarters: quarters / 4)
    budget = draw(hnp.arrays(np.float32, size, elements=seeds))
    right, down = (draw(hnp.arrays(bool, size, elements=st.booleans(), fill=st.just(False))) for _ in range(2))
    return budget, right, down


@given(mazes())
def test_agrees_with_the_slow_flood(maze):
    np.testing.assert_array_equal(flood(*maze), slow_flood(*maze))


def test_without_walls_it_is_the_distance_walked():
    budget = np.zeros((9, 12), np.float32)
    budget[4, 5] = 6.5
    row, column = np.mgrid[:9, :12]
    expected = np.maximum(6.5 - abs(row - 4) - abs(column - 5), 0)
    open_ground = np.zeros((9, 12), bool)
    np.testing.assert_array_equal(flood(budget, open_ground, open_ground), expected)


def test_a_wall_is_walked_around_and_a_closed_one_holds():
    budget = np.zeros((3, 5), np.float32)
    budget[0, 0] = 10
    right, down = np.zeros((3, 5), bool), np.zeros((3, 5), bool)
    right[:2, 2] = True
    assert flood(budget, right, down)[0, 3] == 10 - 7  # down two rows, across and up again
    right[2, 2] = True
    assert flood(budget, right, down)[:, 3:].max() == 0


def test_the_budget_is_left_as_it_was():
    budget = np.full((2, 2), 3, np.float32)
    before = budget.copy()
    flood(budget, np.zeros((2, 2), bool), np.zeros((2, 2), bool))
    np.testing.assert_array_equal(budget, before)
