"""The compiled looks at blocks of a page: which differ from another's, and how deep they are."""

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


@numba.njit(cache=True, nogil=True)
def block_depths(inverse_depth, wanted, block_px, margin_px):
    """Least and greatest inverse depth of wanted blocks and the texels around each, (down, across, 2).

    1 and 0 where there is no surface, or none is wanted. wanted: (down, across).
    """
    height, width = inverse_depth.shape
    down, across = wanted.shape
    depths = np.empty((down, across, 2), np.float32)
    for j in range(down):
        for i in range(across):
            least, greatest = np.float32(np.inf), np.float32(-np.inf)
            if wanted[j, i]:
                for y in range(max(0, j * block_px - margin_px), min((j + 1) * block_px + margin_px, height)):
                    for x in range(max(0, i * block_px - margin_px), min((i + 1) * block_px + margin_px, width)):
                        here = inverse_depth[y, x]
                        if here == here:
                            least, greatest = min(least, here), max(greatest, here)
            depths[j, i] = 1, 0
            if least <= greatest:
                depths[j, i, 0], depths[j, i, 1] = least, greatest
    return depths
