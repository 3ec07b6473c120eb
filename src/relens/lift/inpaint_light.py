"""The compiled sums over light that inpaint takes: what is clipped, and how bright copies are on the whole."""

import numba
import numpy as np

_ONE = np.float32(1)


@numba.njit(cache=True, nogil=True)
def brightness_of_surfaces(colour, sources, count):
    """The mean over each surface, 1 to count - 1, of a pixel's brightest channel; 0 for one without pixels."""
    total, pixels = np.zeros(count), np.zeros(count)
    for y in range(sources.shape[0]):
        for x in range(sources.shape[1]):
            surface = sources[y, x]
            if surface > 0:
                total[surface] += max(colour[y, x, 0], colour[y, x, 1], colour[y, x, 2])
                pixels[surface] += 1
    return total / np.maximum(pixels, 1)


@numba.njit(cache=True, nogil=True)
def darken_sources(colour, sources, least, reach_px, out):
    """Write sources into out, 0 around every source whose brightest channel is over its surface's `least`."""
    height, width = sources.shape
    for y in range(height):
        for x in range(width):
            out[y, x] = sources[y, x]
    for y in range(height):
        for x in range(width):
            surface = sources[y, x]
            if surface > 0 and max(colour[y, x, 0], colour[y, x, 1], colour[y, x, 2]) > least[surface]:
                for v in range(max(0, y - reach_px), min(height, y + reach_px + 1)):
                    for u in range(max(0, x - reach_px), min(width, x + reach_px + 1)):
                        out[v, u] = 0


@numba.njit(cache=True, nogil=True)
def sum_differences(one, other, places, cell_px, total, share):
    """Add one - other at the listed pixels (raveled) to cells of so many pixels: total (h, w, 3), share (h, w)."""
    width = one.shape[1]
    for place in places:
        y, x = place // width, place % width
        for channel in range(3):
            total[y // cell_px, x // cell_px, channel] += one[y, x, channel] - other[y, x, channel]
        share[y // cell_px, x // cell_px] += _ONE


@numba.njit(cache=True, nogil=True)
def add_between(cells, places, cell_px, part, picture):
    """Add a part of a coarse image, read between its cells, to the listed pixels (raveled); light stays 0 or more."""
    height, width = cells.shape[0], cells.shape[1]
    for place in places:
        y, x = place // picture.shape[1], place % picture.shape[1]
        v, u = (y + 0.5) / cell_px - 0.5, (x + 0.5) / cell_px - 0.5
        top, left = int(np.floor(v)), int(np.floor(u))
        low, side = np.float32(v - top), np.float32(u - left)
        bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
        top, left = max(top, 0), max(left, 0)
        for channel in range(3):
            above = cells[top, left, channel] * (_ONE - side) + cells[top, right, channel] * side
            below = cells[bottom, left, channel] * (_ONE - side) + cells[bottom, right, channel] * side
            value = picture[y, x, channel] + part * (above * (_ONE - low) + below * low)
            picture[y, x, channel] = max(value, np.float32(0))
