"""The compiled flood that grows banks over their surfaces."""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def flood(budget, wall_right, wall_down):
    """What is left of the best budget after walking to each pixel, one a step, around walls; 0 where none arrives.

    budget: (h, w) float32, positive at seeds. Pixels wait in buckets of one step (Dial 1969) and are settled from the
    richest bucket down, each once: a step leads into the next bucket.
    """
    height, width = budget.shape
    left = np.maximum(budget, np.float32(0))
    most = np.int64(np.ceil(left.max()))
    first = np.full(most + 2, -1, np.int32)
    before = np.empty(height * width, np.int32)
    after = np.empty(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            if left[y, x] > 0:
                place = y * width + x
                bucket = np.int64(left[y, x])
                before[place] = -1
                after[place] = first[bucket]
                if first[bucket] >= 0:
                    before[first[bucket]] = place
                first[bucket] = place
    for bucket in range(most, 0, -1):
        place = first[bucket]
        while place >= 0:
            y, x = place // width, place % width
            rest = left[y, x] - np.float32(1)
            for side in range(4):
                if side == 0:
                    ny, nx, wall = y, x + 1, x + 1 >= width or wall_right[y, x]
                elif side == 1:
                    ny, nx, wall = y, x - 1, x < 1 or wall_right[y, x - 1]
                elif side == 2:
                    ny, nx, wall = y + 1, x, y + 1 >= height or wall_down[y, x]
                else:
                    ny, nx, wall = y - 1, x, y < 1 or wall_down[y - 1, x]
                if wall or left[ny, nx] >= rest:
                    continue
                # Out of the bucket it waits in, if any, and into that of its new budget.
                neighbour = ny * width + nx
                if left[ny, nx] > 0:
                    if before[neighbour] >= 0:
                        after[before[neighbour]] = after[neighbour]
                    else:
                        first[np.int64(left[ny, nx])] = after[neighbour]
                    if after[neighbour] >= 0:
                        before[after[neighbour]] = before[neighbour]
                left[ny, nx] = rest
                into = np.int64(rest)
                before[neighbour] = -1
                after[neighbour] = first[into]
                if first[into] >= 0:
                    before[first[into]] = neighbour
                first[into] = neighbour
            place = after[place]
    return left
