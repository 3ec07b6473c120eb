"""The compiled flood that grows banks over their surfaces."""

import numba
import numpy as np


@numba.njit(cache=True)
def flood(budget, wall_right, wall_down):
    """What is left of the best budget after walking to each pixel, one a step, around walls; 0 where none arrives.

    budget: (h, w) float32, positive at seeds. A first-in-first-out queue that takes a pixel again when it improves.
    """
    height, width = budget.shape
    left = np.maximum(budget, np.float32(0))
    size = height * width + 1
    queue = np.empty(size, np.int64)
    queued = np.zeros((height, width), np.uint8)
    head = tail = 0
    for y in range(height):
        for x in range(width):
            if left[y, x] > 0:
                queue[tail] = y * width + x
                tail += 1
                queued[y, x] = 1
    while head != tail:
        place = queue[head]
        head = head + 1 if head + 1 < size else 0
        y, x = place // width, place % width
        queued[y, x] = 0
        rest = left[y, x] - np.float32(1)
        if rest <= 0:
            continue
        for side in range(4):
            if side == 0:
                ny, nx, wall = y, x + 1, x + 1 >= width or wall_right[y, x]
            elif side == 1:
                ny, nx, wall = y, x - 1, x < 1 or wall_right[y, x - 1]
            elif side == 2:
                ny, nx, wall = y + 1, x, y + 1 >= height or wall_down[y, x]
            else:
                ny, nx, wall = y - 1, x, y < 1 or wall_down[y - 1, x]
            if not wall and left[ny, nx] < rest:
                left[ny, nx] = rest
                if queued[ny, nx] == 0:
                    queued[ny, nx] = 1
                    queue[tail] = ny * width + nx
                    tail = tail + 1 if tail + 1 < size else 0
    return left
