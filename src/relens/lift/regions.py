"""The compiled search for connected regions between walls."""

import numba
import numpy as np


@numba.njit(cache=True)
def regions(mask, wall_right, wall_down, height_px, step_px):
    """Number the regions of a mask, 1 and up in reading order; 0 outside. Neighbours on a side connect, but for walls.

    Neighbours at a corner connect where their heights differ by no more than a step, so that slanting wires stay whole.
    Returns (h, w) int32 and how many there are. Union-find with path halving (Tarjan, van Leeuwen 1984) in two passes.
    """
    height, width = mask.shape
    parent = np.empty(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            place = y * width + x
            if not mask[y, x]:
                continue
            parent[place] = place
            for side in range(4):
                nx, ny = x, y - 1
                if side == 0:
                    nx, ny = x - 1, y
                elif side == 2:
                    nx = x - 1
                elif side == 3:
                    nx = x + 1
                if ny < 0 or nx < 0 or nx >= width or not mask[ny, nx]:
                    continue
                if side == 0:
                    joined = not wall_right[y, nx]
                elif side == 1:
                    joined = not wall_down[ny, x]
                else:
                    joined = abs(height_px[y, x] - height_px[ny, nx]) <= step_px
                if joined:
                    one, other = place, ny * width + nx
                    while parent[one] != one:
                        parent[one] = parent[parent[one]]
                        one = parent[one]
                    while parent[other] != other:
                        parent[other] = parent[parent[other]]
                        other = parent[other]
                    # The earlier root leads, so that numbers follow reading order.
                    if one < other:
                        parent[other] = one
                    else:
                        parent[one] = other
    numbers = np.zeros((height, width), np.int32)
    count = 0
    for y in range(height):
        for x in range(width):
            if not mask[y, x]:
                continue
            place = y * width + x
            root = place
            while parent[root] != root:
                root = parent[root]
            if root == place:
                count += 1
                numbers[y, x] = count
            else:
                numbers[y, x] = numbers[root // width, root % width]
    return numbers, count
