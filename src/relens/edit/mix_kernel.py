"""The compiled parts of a change of colours: a page's own colours, and new ones mixed in."""

import numba
import numpy as np

_ONE = np.float32(1)


@numba.njit(cache=True, nogil=True)
def unmultiply(rgba, colour, alpha):
    """Take a page (h, w, 4) apart into straight colour (h, w, 3), 0 where alpha is, and alpha (h, w)."""
    height, width = alpha.shape
    for y in range(height):
        for x in range(width):
            a = rgba[y, x, 3]
            alpha[y, x] = a
            for c in range(3):
                colour[y, x, c] = rgba[y, x, c] / a if a > 0 else rgba[y, x, c]


@numba.njit(cache=True, nogil=True)
def mix(page, new, old, alpha, coverage):
    """Write new straight colours into a page (h, w, 4), as far as each texel is covered; False for what is no light.

    At full coverage it is the new colour, without a rounding between.
    """
    height, width = alpha.shape
    is_light = True
    for y in range(height):
        for x in range(width):
            part, a = coverage[y, x], alpha[y, x]
            if not part > 0 or not a > 0:
                continue
            for c in range(3):
                value = new[y, x, c]
                is_light &= 0 <= value < np.inf
                if part < _ONE:
                    value = old[y, x, c] + part * (value - old[y, x, c])
                page[y, x, c] = value * a
    return is_light
