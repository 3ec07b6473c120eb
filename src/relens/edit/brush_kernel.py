"""The compiled part of the brush: how much of each texel a stroke covers."""

import math

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def draw_stroke(page, points, radius_px):
    """Raise the page (h, w) to the coverage, 0 to 1, of a round brush drawn along straight lines between the points.

    points: (n, 2) column and row on the page, the first texel's centre at (0.5, 0.5). A texel is covered as if the
    stroke's edges ran along its sides, so that a level or upright stroke is exactly 2 radius_px wide.
    """
    height, width = page.shape
    reach = radius_px + 0.5
    for number in range(len(points)):
        ax, ay = points[number]
        bx, by = points[min(number + 1, len(points) - 1)]
        along_x, along_y = bx - ax, by - ay
        length2 = along_x * along_x + along_y * along_y
        top, end_y = max(0.0, min(ay, by) - reach - 1), min(float(height), max(ay, by) + reach + 1)
        left, end_x = max(0.0, min(ax, bx) - reach - 1), min(float(width), max(ax, bx) + reach + 1)
        if top >= end_y or left >= end_x:
            continue
        for y in range(int(top), math.ceil(end_y)):
            for x in range(int(left), math.ceil(end_x)):
                px, py = x + 0.5 - ax, y + 0.5 - ay
                at = min(max((px * along_x + py * along_y) / length2, 0.0), 1.0) if length2 > 0 else 0.0
                off_x, off_y = px - at * along_x, py - at * along_y
                off2 = off_x * off_x + off_y * off_y
                if off2 >= reach * reach:
                    continue
                off = math.sqrt(off2)
                cover = min(radius_px, off + 0.5) - max(-radius_px, off - 0.5)
                if cover > page[y, x]:
                    page[y, x] = np.float32(min(cover, 1.0))
