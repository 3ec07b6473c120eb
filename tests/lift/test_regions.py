"""The compiled regions against scipy's labels, and against a search that knows walls and corners."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import label

from relens.lift.regions import regions


@st.composite
def mazes(draw):
    size = draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8))
    mask, right, down = (draw(hnp.arrays(bool, size, elements=st.booleans())) for _ in range(3))
    heights = draw(hnp.arrays(np.float32, size, elements=st.integers(0, 3).map(float)))
    return mask, right, down, heights


def slow_regions(mask, right, down, heights, step):
    numbers, count = np.zeros(mask.shape, np.int32), 0
    for start in zip(*mask.nonzero(), strict=True):
        if numbers[start]:
            continue
        count += 1
        numbers[start], waiting = count, [start]
        while waiting:
            y, x = waiting.pop()
            for ny in range(max(y - 1, 0), min(y + 2, mask.shape[0])):
                for nx in range(max(x - 1, 0), min(x + 2, mask.shape[1])):
                    if not mask[ny, nx] or numbers[ny, nx]:
                        continue
                    if ny == y:
                        open_ = not right[y, min(x, nx)]
                    elif nx == x:
                        open_ = not down[min(y, ny), x]
                    else:
                        open_ = abs(heights[y, x] - heights[ny, nx]) <= step
                    if open_:
                        numbers[ny, nx] = count
                        waiting.append((ny, nx))
    return numbers, count


@given(mazes(), st.sampled_from([0.5, 1.0, 5.0]))
def test_regions_are_those_of_a_plain_search(maze, step):
    mask, right, down, heights = maze
    numbers, count = regions(mask, right, down, heights, np.float32(step))
    wanted, wanted_count = slow_regions(mask, right, down, heights, step)
    np.testing.assert_array_equal(numbers, wanted)
    assert count == wanted_count


def test_without_walls_they_are_scipys():
    mask = np.random.default_rng(0).random((200, 300)) < 0.45
    none = np.zeros(mask.shape, bool)
    numbers, count = regions(mask, none, none, np.zeros(mask.shape, np.float32), np.float32(1))
    wanted, wanted_count = label(mask, np.ones((3, 3)))
    np.testing.assert_array_equal(numbers, wanted)
    assert count == wanted_count
