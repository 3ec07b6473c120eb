"""The compiled parts of the offsets: a cubic B-spline lattice read at places, and what is there given back to it."""

import numba
import numpy as np


@numba.njit(nogil=True)
def _cubic(at, cells, weights):
    """The four weights of a uniform cubic B-spline at a place in cells; returns the first of its control points."""
    at = min(max(at, 0.0), float(cells))
    cell = min(int(at), cells - 1)
    t = at - cell
    weights[0] = (1 - t) ** 3 / 6
    weights[1] = (3 * t**3 - 6 * t**2 + 4) / 6
    weights[2] = (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6
    weights[3] = t**3 / 6
    return cell


@numba.njit(cache=True, nogil=True)
def read_lattice(lattice, places, values):
    """Values (n, 2) of a lattice (depths, rows, columns, 2) at places (n, 3): column, row and depth in cells.

    Held beyond the lattice's ends; NaN at places that are NaN.
    """
    wx, wy, wz = np.empty(4), np.empty(4), np.empty(4)
    for point in range(len(places)):
        column, row, depth = places[point]
        if np.isnan(column + row + depth):
            values[point] = np.nan
            continue
        x = _cubic(column, lattice.shape[2] - 3, wx)
        y = _cubic(row, lattice.shape[1] - 3, wy)
        z = _cubic(depth, lattice.shape[0] - 3, wz)
        first, second = 0.0, 0.0
        for k in range(4):
            for j in range(4):
                for i in range(4):
                    weight = wz[k] * wy[j] * wx[i]
                    first += weight * lattice[z + k, y + j, x + i, 0]
                    second += weight * lattice[z + k, y + j, x + i, 1]
        values[point, 0], values[point, 1] = first, second


@numba.njit(cache=True, nogil=True)
def add_to_lattice(lattice, places, values):
    """The transpose of `read_lattice`: values at places added to the control points that they are read from."""
    wx, wy, wz = np.empty(4), np.empty(4), np.empty(4)
    for point in range(len(places)):
        x = _cubic(places[point, 0], lattice.shape[2] - 3, wx)
        y = _cubic(places[point, 1], lattice.shape[1] - 3, wy)
        z = _cubic(places[point, 2], lattice.shape[0] - 3, wz)
        for k in range(4):
            for j in range(4):
                for i in range(4):
                    weight = wz[k] * wy[j] * wx[i]
                    lattice[z + k, y + j, x + i, 0] += weight * values[point, 0]
                    lattice[z + k, y + j, x + i, 1] += weight * values[point, 1]
