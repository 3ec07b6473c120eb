"""The grids' compiled parts for the CPU: places read from a sum of trilinear grids, and gradients given back to them.

`grid_reference.py` says the same in plain torch and is what CUDA runs. A point costs 8 loads for each grid, of which
most miss the first cache: on one core about 50 ns for each point and grid, value and gradient together, where torch's
grid_sample takes 130 ns for the value alone.
"""

import numba
import numpy as np


@numba.njit(nogil=True, inline="always")
def _cell(place, cells):
    at = min(max(place, np.float32(0)), np.float32(cells))
    cell = min(int(at), cells - 1)
    return cell, at - np.float32(cell)


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def read_sdf(places, grid, first, cells, scale, shown, value, gradient):
    """The sum of all levels at places (n, 3), in units of the box, and where `gradient` has rows, its gradient."""
    wants_gradient = len(gradient) > 0
    for i in range(len(places)):
        v = np.float32(0)
        gx, gy, gz = np.float32(0), np.float32(0), np.float32(0)
        for level in range(len(first)):
            if shown[level] == 0:
                continue
            r = scale[level]
            x, fx = _cell(places[i, 0] * r, cells[level, 0])
            y, fy = _cell(places[i, 1] * r, cells[level, 1])
            z, fz = _cell(places[i, 2] * r, cells[level, 2])
            sy = cells[level, 2] + 1
            sx = sy * (cells[level, 1] + 1)
            b = first[level] + x * sx + y * sy + z
            d00 = grid[b + 1] - grid[b]
            d01 = grid[b + sy + 1] - grid[b + sy]
            d10 = grid[b + sx + 1] - grid[b + sx]
            d11 = grid[b + sx + sy + 1] - grid[b + sx + sy]
            a00 = grid[b] + d00 * fz
            a10 = grid[b + sx] + d10 * fz
            e0 = grid[b + sy] + d01 * fz - a00
            e1 = grid[b + sx + sy] + d11 * fz - a10
            b0, b1 = a00 + e0 * fy, a10 + e1 * fy
            v += shown[level] * (b0 + (b1 - b0) * fx)
            if wants_gradient:
                r *= shown[level]
                d0, d1 = d00 + (d01 - d00) * fy, d10 + (d11 - d10) * fy
                gx += (b1 - b0) * r
                gy += (e0 + (e1 - e0) * fx) * r
                gz += (d0 + (d1 - d0) * fx) * r
        value[i] = v
        if wants_gradient:
            gradient[i, 0], gradient[i, 1], gradient[i, 2] = gx, gy, gz


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def add_sdf(places, grid, first, cells, scale, shown, level, value, gradient):
    """The transpose of `read_sdf` for one level: `grid` gains what value (n,) and gradient (n, 3) ask for."""
    if shown[level] == 0:
        return
    for i in range(len(places)):
        r = scale[level]
        x, fx = _cell(places[i, 0] * r, cells[level, 0])
        y, fy = _cell(places[i, 1] * r, cells[level, 1])
        z, fz = _cell(places[i, 2] * r, cells[level, 2])
        sy = cells[level, 2] + 1
        sx = sy * (cells[level, 1] + 1)
        b = first[level] + x * sx + y * sy + z
        r *= shown[level]
        v = value[i] * shown[level]
        gx, gy, gz = gradient[i, 0] * r, gradient[i, 1] * r, gradient[i, 2] * r
        if v == 0 and gx == 0 and gy == 0 and gz == 0:
            continue
        one = np.float32(1)
        for kx in range(2):
            wx = fx if kx else one - fx
            dx = one if kx else -one
            for ky in range(2):
                wy = fy if ky else one - fy
                dy = one if ky else -one
                at = b + kx * sx + ky * sy
                plane = v * wx * wy + gx * dx * wy + gy * wx * dy
                along = gz * wx * wy
                grid[at] += plane * (one - fz) - along
                grid[at + 1] += plane * fz + along


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def read_features(places, grid, first, cells, scale, features):
    """Features (n, levels, channels) at places (n, 3) of a grid (nodes, channels)."""
    channels = grid.shape[1]
    for i in range(len(places)):
        for level in range(len(first)):
            r = scale[level]
            x, fx = _cell(places[i, 0] * r, cells[level, 0])
            y, fy = _cell(places[i, 1] * r, cells[level, 1])
            z, fz = _cell(places[i, 2] * r, cells[level, 2])
            sy = cells[level, 2] + 1
            sx = sy * (cells[level, 1] + 1)
            b = first[level] + x * sx + y * sy + z
            one = np.float32(1)
            for c in range(channels):
                features[i, level, c] = 0
            for kx in range(2):
                wx = fx if kx else one - fx
                for ky in range(2):
                    w = wx * (fy if ky else one - fy)
                    at = b + kx * sx + ky * sy
                    for c in range(channels):
                        features[i, level, c] += w * (grid[at, c] * (one - fz) + grid[at + 1, c] * fz)


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def add_features(places, grid, first, cells, scale, level, features):
    """The transpose of `read_features` for one level."""
    channels = grid.shape[1]
    for i in range(len(places)):
        r = scale[level]
        x, fx = _cell(places[i, 0] * r, cells[level, 0])
        y, fy = _cell(places[i, 1] * r, cells[level, 1])
        z, fz = _cell(places[i, 2] * r, cells[level, 2])
        sy = cells[level, 2] + 1
        sx = sy * (cells[level, 1] + 1)
        b = first[level] + x * sx + y * sy + z
        one = np.float32(1)
        for kx in range(2):
            wx = fx if kx else one - fx
            for ky in range(2):
                w = wx * (fy if ky else one - fy)
                at = b + kx * sx + ky * sy
                for c in range(channels):
                    grid[at, c] += w * (one - fz) * features[i, level, c]
                    grid[at + 1, c] += w * fz * features[i, level, c]


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def step_touched(values, gradient, mean, square, rate, mean_kept, square_kept, tiny):
    """One step of Adam for the entries whose gradient is not 0; the gradient is 0 afterwards."""
    one = np.float32(1)
    for i in range(len(values)):
        g = gradient[i]
        if g != 0:
            gradient[i] = 0
            mean[i] = mean_kept * mean[i] + (one - mean_kept) * g
            square[i] = square_kept * square[i] + (one - square_kept) * g * g
            values[i] -= rate * mean[i] / (np.sqrt(square[i]) + tiny)
