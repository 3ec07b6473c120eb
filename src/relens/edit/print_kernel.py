"""The compiled part of a decal: a picture read at texels, each the mean of what it covers."""

import math

import numba
import numpy as np

# A texel that sees the picture at a grazing angle is read at most so often a side.
_MOST_READS = 32


@numba.njit(cache=True, nogil=True)
def read_picture(picture, at, wanted, out):
    """Read the picture (ph, pw, 4), premultiplied, where wanted: out (h, w, 4); it is clear outside itself.

    at: (h, w, 2) column and row of the picture at every texel's centre, its first pixel's centre at (0.5, 0.5). Each
    texel is the mean over its area, which the places of its neighbours span, at half pixels or closer.
    """
    height, width = wanted.shape
    tall, wide = picture.shape[0], picture.shape[1]
    total = np.empty(4)
    for y in range(height):
        up, down = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            out[y, x] = 0
            if not wanted[y, x]:
                continue
            left, right = max(x - 1, 0), min(x + 1, width - 1)
            across, along = max(right - left, 1), max(down - up, 1)
            ax, ay = (at[y, right, 0] - at[y, left, 0]) / across, (at[y, right, 1] - at[y, left, 1]) / across
            bx, by = (at[down, x, 0] - at[up, x, 0]) / along, (at[down, x, 1] - at[up, x, 1]) / along
            px, py = at[y, x, 0], at[y, x, 1]
            room_x, room_y = abs(ax) + abs(bx) + 1, abs(ay) + abs(by) + 1
            if px < -room_x or py < -room_y or px > wide + room_x or py > tall + room_y:
                continue
            reads_a = min(max(2, math.ceil(2 * math.hypot(ax, ay))), _MOST_READS)
            reads_b = min(max(2, math.ceil(2 * math.hypot(bx, by))), _MOST_READS)
            total[:] = 0
            for a in range(reads_a):
                off_a = (a + 0.5) / reads_a - 0.5
                for b in range(reads_b):
                    off_b = (b + 0.5) / reads_b - 0.5
                    _add(picture, px + off_a * ax + off_b * bx - 0.5, py + off_a * ay + off_b * by - 0.5, total)
            for c in range(4):
                out[y, x, c] = total[c] / (reads_a * reads_b)


@numba.njit(cache=True, nogil=True)
def _add(picture, x, y, total):
    """Add the picture between four pixels."""
    tall, wide = picture.shape[0], picture.shape[1]
    left, top = math.floor(x), math.floor(y)
    for row in range(top, top + 2):
        if row < 0 or row >= tall:
            continue
        part_y = 1 - abs(y - row)
        for column in range(left, left + 2):
            if column < 0 or column >= wide:
                continue
            part = part_y * (1 - abs(x - column))
            for c in range(4):
                total[c] += part * picture[row, column, c]
