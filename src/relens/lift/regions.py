"""The compiled search for connected regions between walls."""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def _joined(parent, one, other):
    """Make one set of two pixels' sets; the earlier root leads, so that numbers follow reading order."""
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    while parent[other] != other:
        parent[other] = parent[parent[other]]
        other = parent[other]
    if one < other:
        parent[other] = one
    else:
        parent[one] = other


@numba.njit(cache=True, nogil=True)
def regions(mask, wall_right, wall_down, height_px, step_px):
    """Number the regions of a mask, 1 and up in reading order; 0 outside. Neighbours on a side connect, but for walls.

    Neighbours at a corner connect where their heights differ by no more than a step, so that slanting wires stay whole.
    Returns (h, w) int32 and how many there are. Union-find with path halving (Tarjan, van Leeuwen 1984) in two passes;
    what is joined through a common neighbour is not joined again.
    """
    height, width = mask.shape
    parent = np.empty(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            if not mask[y, x]:
                continue
            place = y * width + x
            left = x > 0 and mask[y, x - 1] and not wall_right[y, x - 1]
            up = y > 0 and mask[y - 1, x] and not wall_down[y - 1, x]
            parent[place] = parent[place - width] if up else place
            corner = y > 0 and x > 0 and mask[y - 1, x - 1]
            over_up = up and corner and not wall_right[y - 1, x - 1]
            over_left = left and corner and not wall_down[y - 1, x - 1]
            if left and not up:
                parent[place] = parent[place - 1]
            elif left and not (over_up and over_left):
                _joined(parent, place, place - 1)
            corner = corner and not over_up and not over_left
            if corner and abs(height_px[y, x] - height_px[y - 1, x - 1]) <= step_px:
                _joined(parent, place, place - width - 1)
            corner = y > 0 and x + 1 < width and mask[y - 1, x + 1] and not (up and not wall_right[y - 1, x])
            if corner and abs(height_px[y, x] - height_px[y - 1, x + 1]) <= step_px:
                _joined(parent, place, place - width + 1)
    numbers = np.zeros((height, width), np.int32)
    count = 0
    for y in range(height):
        for x in range(width):
            if not mask[y, x]:
                continue
            place = y * width + x
            # Earlier pixels point at their roots already.
            root = parent[parent[place]]
            parent[place] = root
            if root == place:
                count += 1
                numbers[y, x] = count
            else:
                numbers[y, x] = numbers[root // width, root % width]
    return numbers, count
