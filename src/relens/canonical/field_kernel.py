"""The compiled part of the projection field: one layer's surface at places of its page."""

import math

import numba


@numba.njit(cache=True, nogil=True)
def surface_at(alpha, inverse_depth, column, row, depth_there, alpha_there):
    """Inverse depth, NaN where there is none, and alpha of a layer's (h, w) arrays at (n,) columns and rows of them.

    Bilinear; texel centres at + 0.5, edges held up to the array's own. Depth is interpolated between those of the four
    texels that have a surface.
    """
    height, width = inverse_depth.shape
    for point in range(len(column)):
        depth_there[point], alpha_there[point] = math.nan, 0.0
        if not (0 <= column[point] <= width and 0 <= row[point] <= height):
            continue
        x = min(max(column[point] - 0.5, 0.0), width - 1.0)
        y = min(max(row[point] - 0.5, 0.0), height - 1.0)
        left, top = int(x), int(y)
        depth, share = 0.0, 0.0
        for down in range(2):
            for right in range(2):
                weight = (x - left if right else 1 - (x - left)) * (y - top if down else 1 - (y - top))
                if weight <= 0:
                    continue
                there = inverse_depth[top + down, left + right]
                if not math.isnan(there):
                    depth += weight * there
                    share += weight
                    alpha_there[point] += weight * alpha[top + down, left + right]
        if share > 0:
            depth_there[point] = depth / share
