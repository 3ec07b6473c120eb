"""Laplacian: the compiled parts of closed-form matting, on the rows of the unknown pixels alone."""

import numba
import numpy as np

# The pixels that share a window of 3x3 with one, as (row, column) steps of a row of 25.
REACH_PX, ENTRIES = 2, 25
# What divides a window's sums.
_AREA = 9


@numba.njit(cache=True, nogil=True)
def fill_rows(colour, number, first, last, epsilon, rows):
    """The matting Laplacian's rows of the numbered pixels in picture rows `first` to `last`, added to `rows`.

    Source: Levin et al., "A Closed-Form Solution to Natural Image Matting", TPAMI 2008, equation 12.

    colour: (h, w, 3). number: (h, w) int32, the row of each pixel, -1 for none. rows: (n, 25) float32, the entries of
    the 5x5 pixels around each.
    """
    height, width = number.shape
    off = np.empty((_AREA, 3), np.float64)
    for y in range(max(first - 1, 1), min(last + 1, height - 1)):
        for x in range(1, width - 1):
            asked = False
            for k in range(_AREA):
                i = y + k // 3 - 1
                asked = asked or (first <= i < last and number[i, x + k % 3 - 1] >= 0)
            if not asked:
                continue
            for c in range(3):
                mean = 0.0
                for k in range(_AREA):
                    mean += colour[y + k // 3 - 1, x + k % 3 - 1, c]
                for k in range(_AREA):
                    off[k, c] = colour[y + k // 3 - 1, x + k % 3 - 1, c] - mean / _AREA
            xx, xy, xz, yy, yz, zz = epsilon, 0.0, 0.0, epsilon, 0.0, epsilon
            for k in range(_AREA):
                xx += off[k, 0] * off[k, 0]
                xy += off[k, 0] * off[k, 1]
                xz += off[k, 0] * off[k, 2]
                yy += off[k, 1] * off[k, 1]
                yz += off[k, 1] * off[k, 2]
                zz += off[k, 2] * off[k, 2]
            # The inverse of the covariance by its cofactors; both of its nines cancel with the entry's one.
            c_xx, c_xy, c_xz = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
            c_yy, c_yz, c_zz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
            scale = 1 / (xx * c_xx + xy * c_xy + xz * c_xz)
            for k in range(_AREA):
                i = y + k // 3 - 1
                if not first <= i < last:
                    continue
                row = number[i, x + k % 3 - 1]
                if row < 0:
                    continue
                a, b, c = off[k, 0], off[k, 1], off[k, 2]
                red = (c_xx * a + c_xy * b + c_xz * c) * scale
                green = (c_xy * a + c_yy * b + c_yz * c) * scale
                blue = (c_xz * a + c_yz * b + c_zz * c) * scale
                for m in range(_AREA):
                    entry = -(1 / _AREA + red * off[m, 0] + green * off[m, 1] + blue * off[m, 2])
                    if m == k:
                        entry += 1
                    at = (m // 3 - k // 3 + REACH_PX) * 5 + m % 3 - k % 3 + REACH_PX
                    rows[row, at] += np.float32(entry)


@numba.njit(cache=True, nogil=True)
def apply_rows(rows, place, stride, plane, first, last, result):
    """Rows `first` to `last` times the plane, into `result`.

    place: (n,) where each row's pixel is in the plane, which is flat, `stride` wide, and has two pixels around it.
    """
    for row in range(first, last):
        total = np.float32(0)
        at = place[row] - REACH_PX * stride - REACH_PX
        for i in range(5):
            base = np.uint64(at + i * stride)
            for j in range(5):
                total += rows[np.uint64(row), np.uint64(5 * i + j)] * plane[base + np.uint64(j)]
        result[row] = total
