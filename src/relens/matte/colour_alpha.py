"""Colour alpha: the coverage that a pixel's colour tells of, given what both sides look like around it."""

import math

import numba
import numpy as np

from relens.matte.side_colour import CELL_PX, KINDS, MOMENTS

# Coverages between the ends that are compared.
_BETWEEN = 9
# Every colour varies by at least this much, encoded (a variance).
_NOISE = 1e-4
# Kinds whose share is less than this part of the greatest one's are left out.
_RARE = 1e-2


@numba.njit(cache=True, nogil=True)
def colour_alpha(encoded, place, width, front, rear, prior, mixed, first, last, mean, variance):
    """Alpha and its variance of pixels `first` to `last`, from colours alone, into `mean` and `variance`.

    Around each pixel the colours of either side are a mixture of normal distributions; shares of both blend in linear
    light, and a blend's covariance is theirs, carried to first order through the encoding.
    Source: Chuang et al., "A Bayesian Approach to Digital Matting", CVPR 2001, equation 4, integrated over the colours
    of both sides and over alpha.

    encoded: (n, 3) square roots of linear light. place: (n,) where pixels are in the flat picture, `width` wide. front,
    rear: as `side_colour` finds them. prior: (n,) how probable it is that a pixel is all foreground rather than all
    background. mixed: how probable it is that it is both.
    """
    near, far = np.empty((KINDS, MOMENTS), np.float32), np.empty((KINDS, MOMENTS), np.float32)
    likely = np.empty(_BETWEEN + 2)
    for pixel in range(first, last):
        row, column = place[pixel] // width, place[pixel] % width
        _sample(front, row, column, near)
        _sample(rear, row, column, far)
        red, green, blue = encoded[pixel, 0], encoded[pixel, 1], encoded[pixel, 2]
        for level in range(_BETWEEN + 2):
            a = level / (_BETWEEN + 1)
            total = 0.0
            if level == 0:
                for rk in range(KINDS):
                    if far[rk, 0] > 0:
                        total += far[rk, 0] * _density(red, green, blue, far[rk], far[rk], 0.0)
                total *= (1 - mixed) * (1 - prior[pixel])
            elif level == _BETWEEN + 1:
                for fk in range(KINDS):
                    if near[fk, 0] > 0:
                        total += near[fk, 0] * _density(red, green, blue, near[fk], near[fk], 0.0)
                total *= (1 - mixed) * prior[pixel]
            else:
                for fk in range(KINDS):
                    for rk in range(KINDS):
                        share = near[fk, 0] * far[rk, 0]
                        if share > 0:
                            total += share * _density(red, green, blue, near[fk], far[rk], a)
                total *= mixed / _BETWEEN
            likely[level] = total
        total, moment, second = 1e-30, 0.5e-30, 0.5e-30
        for level in range(_BETWEEN + 2):
            a = level / (_BETWEEN + 1)
            total += likely[level]
            moment += a * likely[level]
            second += a * a * likely[level]
        mean[pixel] = moment / total
        variance[pixel] = max(second / total - (moment / total) ** 2, 0.0)


@numba.njit(cache=True, nogil=True)
def _sample(cells, row, column, kinds):
    """A side's kinds at a pixel, linear between the middles of cells; rare ones have no share."""
    y = min(max((row + 0.5) / CELL_PX - 0.5, 0.0), cells.shape[0] - 1.0)
    x = min(max((column + 0.5) / CELL_PX - 0.5, 0.0), cells.shape[1] - 1.0)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, cells.shape[0] - 1), min(left + 1, cells.shape[1] - 1)
    down, along = np.float32(y - top), np.float32(x - left)
    one = np.float32(1)
    greatest = np.float32(0)
    for k in range(KINDS):
        for m in range(MOMENTS):
            upper = (one - along) * cells[top, left, k, m] + along * cells[top, right, k, m]
            lower = (one - along) * cells[bottom, left, k, m] + along * cells[bottom, right, k, m]
            kinds[k, m] = (one - down) * upper + down * lower
        greatest = max(greatest, kinds[k, 0])
    for k in range(KINDS):
        if kinds[k, 0] < _RARE * greatest:
            kinds[k, 0] = 0


@numba.njit(cache=True, nogil=True)
def _density(red, green, blue, front, rear, a):
    """How likely a colour is where `a` of the pixel is of a kind in front, and the rest of one behind it."""
    b = 1 - a
    # Square roots of the blend's light, and each side's part in how they vary.
    r = math.sqrt(a * front[1] * front[1] + b * rear[1] * rear[1]) + 1e-4
    g = math.sqrt(a * front[2] * front[2] + b * rear[2] * rear[2]) + 1e-4
    v = math.sqrt(a * front[3] * front[3] + b * rear[3] * rear[3]) + 1e-4
    fr, fg, fl = a * front[1] / r, a * front[2] / g, a * front[3] / v
    br, bg, bl = b * rear[1] / r, b * rear[2] / g, b * rear[3] / v
    xx = fr * fr * front[4] + br * br * rear[4] + _NOISE
    xy = fr * fg * front[5] + br * bg * rear[5]
    xz = fr * fl * front[6] + br * bl * rear[6]
    yy = fg * fg * front[7] + bg * bg * rear[7] + _NOISE
    yz = fg * fl * front[8] + bg * bl * rear[8]
    zz = fl * fl * front[9] + bl * bl * rear[9] + _NOISE
    c_xx, c_xy, c_xz = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    c_yy, c_yz, c_zz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    determinant = max(xx * c_xx + xy * c_xy + xz * c_xz, _NOISE**3)
    x, y, z = red - r, green - g, blue - v
    distance = c_xx * x * x + c_yy * y * y + c_zz * z * z + 2 * (c_xy * x * y + c_xz * x * z + c_yz * y * z)
    return math.exp(-0.5 * max(distance, 0.0) / determinant) / math.sqrt(determinant)
