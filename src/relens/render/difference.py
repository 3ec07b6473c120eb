"""The compiled comparison of two pages: which blocks of one differ from the other's."""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def different_blocks(one, other, block_px):
    """Which blocks of block_px texels differ in colour, (down, across) bool, and whether alpha does anywhere.

    one, other: (h, w, 4).
    """
    height, width = one.shape[0], one.shape[1]
    blocks = np.zeros(((height + block_px - 1) // block_px, (width + block_px - 1) // block_px), np.bool_)
    for y in range(height):
        for x in range(width):
            if one[y, x, 3] != other[y, x, 3]:
                return blocks, True
            if one[y, x, 0] != other[y, x, 0] or one[y, x, 1] != other[y, x, 1] or one[y, x, 2] != other[y, x, 2]:
                blocks[y // block_px, x // block_px] = True
    return blocks, False
