"""The compiled search for what differs between two pages."""

import numba


@numba.njit(cache=True, nogil=True)
def window_that_differs(one, other):
    """The first and one past the last row and column where two arrays of bits (h, w, c) differ; all 0 if nowhere."""
    height, width, channels = one.shape
    top, bottom, left, right = height, 0, width, 0
    for y in range(height):
        first = width
        for x in range(width):
            for c in range(channels):
                if one[y, x, c] != other[y, x, c]:
                    first = x
                    break
            if first < width:
                break
        if first == width:
            continue
        last = first
        for x in range(width - 1, first, -1):
            differs = False
            for c in range(channels):
                differs |= one[y, x, c] != other[y, x, c]
            if differs:
                last = x
                break
        top, bottom = min(top, y), y + 1
        left, right = min(left, first), max(right, last + 1)
    if bottom == 0:
        return 0, 0, 0, 0
    return top, bottom, left, right
