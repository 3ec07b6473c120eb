"""The compiled fingerprints of a page's blocks."""

import numba
import numpy as np

_START, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
_HIGH, _SHIFT = np.uint64(32), np.uint64(29)


@numba.njit(cache=True, nogil=True, inline="always")
def _mixed(hash_, word):
    hash_ = (hash_ ^ word) * _PRIME
    return hash_ ^ (hash_ >> _SHIFT)


@numba.njit(cache=True, nogil=True)
def print_blocks(rgba, inverse_depth, block_px, first_row, colour, shape):
    """Fingerprints of rows of blocks, 64 bits each, of what they show and of where it is.

    rgba (h, w, 4), inverse_depth (h, w): the bits of the page's floats, uint32. first_row: the first block row to do.
    colour, shape: (down, across) uint64, to fill.
    """
    height, width = inverse_depth.shape
    for j in range(colour.shape[0]):
        for i in range(colour.shape[1]):
            one, other = _START, _START
            for y in range((first_row + j) * block_px, min((first_row + j + 1) * block_px, height)):
                for x in range(i * block_px, min((i + 1) * block_px, width)):
                    one = _mixed(one, np.uint64(rgba[y, x, 0]) | (np.uint64(rgba[y, x, 1]) << _HIGH))
                    one = _mixed(one, np.uint64(rgba[y, x, 2]))
                    other = _mixed(other, np.uint64(rgba[y, x, 3]) | (np.uint64(inverse_depth[y, x]) << _HIGH))
            colour[j, i], shape[j, i] = one, other
