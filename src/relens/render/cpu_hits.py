"""Compiled parts of the CPU engine: where a ray meets a height field, and the colour there.

A ray is x(w) = x + w sx, y(w) = y + w sy in a layer's texels, w the inverse depth. It meets the surface D where
D(x(w)) = w. Where the surface is so gentle that |dD/dx| |s| < 1, there is one such w and plain iteration finds it in
two or three reads; elsewhere the ray is marched from near to far to its first crossing.

Annotations are left out on purpose: these functions are compiled by numba. Numbers are kept in float32 throughout.
"""

import math

import numba
import numpy as np

MISS = np.float32(-1e30)

_BLOCK_SHIFT = 4  # log2 of atlas.BLOCK_PX
_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)
GENTLE = np.float32(0.6)  # |dD/dx| |s| under which iteration converges at least this fast
_DIAGONAL = np.float32(1.4142135)  # steps are known along rows and columns
CLOSE_PX = np.float32(0.03)  # a hit is settled when it moves less than this

# NaN must stay NaN ("no surface"), so the flags that assume it away are left out.
FAST = {"nsz", "arcp", "contract", "afn", "reassoc"}
jit = numba.njit(cache=True, fastmath=FAST, error_model="numpy")
# The innermost parts: a call that hands over arrays costs more than their work.
inline_jit = numba.njit(cache=True, fastmath=FAST, error_model="numpy", forceinline=True)


@inline_jit
def depth_at(inverse_depth, offset, width, height, x, y):
    """Bilinear inverse depth at texel coordinates, edges held; NaN if a neighbour is NaN."""
    x = min(max(x - _HALF, _ZERO), np.float32(width - 1))
    y = min(max(y - _HALF, _ZERO), np.float32(height - 1))
    x0, y0 = np.int64(x), np.int64(y)
    right = 1 if x0 + 1 < width else 0
    below = width if y0 + 1 < height else 0
    fx, fy = x - np.float32(x0), y - np.float32(y0)
    i = offset + y0 * width + x0
    top = inverse_depth[i] + (inverse_depth[i + right] - inverse_depth[i]) * fx
    bottom = inverse_depth[i + below] + (inverse_depth[i + below + right] - inverse_depth[i + below]) * fx
    return top + (bottom - top) * fy


@inline_jit
def shade(texels, offset, width, height, scale, x, y, clear, total, row, column):
    """Lay the colour at a position (texels of level 0) under what is gathered; returns how much stays clear."""
    x = min(max(x * scale - _HALF, _ZERO), np.float32(width - 1))
    y = min(max(y * scale - _HALF, _ZERO), np.float32(height - 1))
    x0, y0 = np.int64(x), np.int64(y)
    fx, fy = x - np.float32(x0), y - np.float32(y0)
    right = 4 if x0 + 1 < width else 0
    below = 4 * width if y0 + 1 < height else 0
    i = offset + 4 * (y0 * width + x0)
    w11 = fx * fy
    w10, w01 = fx - w11, fy - w11
    w00 = _ONE - fx - w01
    j, k, m = i + right, i + below, i + below + right
    r = w00 * texels[i] + w10 * texels[j] + w01 * texels[k] + w11 * texels[m]
    g = w00 * texels[i + 1] + w10 * texels[j + 1] + w01 * texels[k + 1] + w11 * texels[m + 1]
    b = w00 * texels[i + 2] + w10 * texels[j + 2] + w01 * texels[k + 2] + w11 * texels[m + 2]
    a = w00 * texels[i + 3] + w10 * texels[j + 3] + w01 * texels[k + 3] + w11 * texels[m + 3]
    total[row, column, 0] += clear * r
    total[row, column, 1] += clear * g
    total[row, column, 2] += clear * b
    total[row, column, 3] += clear * a
    return clear * (_ONE - a)


@inline_jit
def settle(inverse_depth, offset, width, height, x, y, sx, sy, slope_px, middle):
    """The one hit of a ray with a gentle surface, by plain iteration from `middle`; MISS if it does not settle."""
    w = middle
    for _ in range(8):
        again = depth_at(inverse_depth, offset, width, height, x + w * sx, y + w * sy)
        moved_px = abs(again - w) * slope_px
        w = again
        if moved_px < CLOSE_PX:
            return w
    return MISS


@jit
def march(
    inverse_depth, offset, width, height, bounds, block_offset, block_width,
    x, y, sx, sy, slope_px, steepest, near, far, from_front,
):  # fmt: skip
    """First crossing found by walking from near to far (MISS if none), and whether the ray ends in front.

    A step is a texel, or as far as the surface cannot rise to the ray (sphere tracing, Hart 1996, with the tile's
    steepest slope); blocks whose surface lies wholly behind the ray are crossed in one step. from_front starts just in
    front of `near`, so that a surface there is met; else just behind it, so that it is left.
    """
    stride = _ONE / max(slope_px, np.float32(1e-6))
    safe = _ONE / (_ONE + _DIAGONAL * steepest * slope_px)
    slack = np.float32(1e-3) * min(stride, near - far) + np.float32(1e-6)
    end = far - slack
    w_before = near + (slack if from_front else -slack)
    before = depth_at(inverse_depth, offset, width, height, x + w_before * sx, y + w_before * sy) - w_before
    # The caller knows on which side the ray is; folds finer than a texel may say otherwise.
    if from_front and before >= _ZERO:
        before = np.float32(-1e-9)
    if not from_front and before < _ZERO:
        before = _ZERO
    while w_before > end:
        px, py = x + w_before * sx, y + w_before * sy
        if _ZERO <= px < np.float32(width) and _ZERO <= py < np.float32(height):
            column, row = np.int64(px) >> _BLOCK_SHIFT, np.int64(py) >> _BLOCK_SHIFT
            # As w falls, x moves against sx: the block is left on that side.
            w_leave = end
            if sx != 0:
                edge_px = np.float32((column if sx > 0 else column + 1) << _BLOCK_SHIFT)
                w_leave = max(w_leave, (edge_px - x) / sx)
            if sy != 0:
                edge_px = np.float32((row if sy > 0 else row + 1) << _BLOCK_SHIFT)
                w_leave = max(w_leave, (edge_px - y) / sy)
            w_leave -= np.float32(0.01) * stride
            if w_leave < w_before and bounds[block_offset + row * block_width + column, 1] < w_leave:
                w_before = w_leave
                before = depth_at(inverse_depth, offset, width, height, x + w_before * sx, y + w_before * sy)
                before = min(before - w_before, np.float32(-1e-9))
                continue
        w = max(w_before - max(stride, -before * safe), end)
        gap = depth_at(inverse_depth, offset, width, height, x + w * sx, y + w * sy) - w
        if before < _ZERO and gap >= _ZERO:
            w_hit = w_before + (w - w_before) * before / (before - gap)
            # One more read: between two samples the surface is nearly straight.
            again = depth_at(inverse_depth, offset, width, height, x + w_hit * sx, y + w_hit * sy)
            return (min(max(again, w), w_before) if again == again else w_hit), False
        before, w_before = gap, w
    return MISS, before < _ZERO


@jit
def _box_bounds(bounds, table, left, top, right, bottom, out):
    """Bounds of all blocks that meet a box in texel coordinates: see atlas.Atlas.bounds."""
    level = 0
    span = max(right - left, bottom - top)
    while level < table.shape[0] - 1 and span > (3 << (level + _BLOCK_SHIFT)):
        level += 1
    offset, width, height = table[level, 0], table[level, 1], table[level, 2]
    shift = level + _BLOCK_SHIFT
    x0 = min(max(np.int64(math.floor(left)) >> shift, 0), width - 1)
    x1 = min(max(np.int64(math.floor(right)) >> shift, 0), width - 1)
    y0 = min(max(np.int64(math.floor(top)) >> shift, 0), height - 1)
    y1 = min(max(np.int64(math.floor(bottom)) >> shift, 0), height - 1)
    out[0], out[1], out[2], out[3], out[4] = np.inf, -np.inf, _ONE, _ZERO, _ZERO
    for y in range(y0, y1 + 1):
        for x in range(x0, x1 + 1):
            block = offset + y * width + x
            out[0] = min(out[0], bounds[block, 0])
            out[1] = max(out[1], bounds[block, 1])
            out[2] = min(out[2], bounds[block, 2])
            out[3] = max(out[3], bounds[block, 3])
            out[4] = max(out[4], bounds[block, 4])


@jit
def _box_of(lines, crop, least, greatest, margin, box):
    """The texels that a tile's rays cross between two inverse depths, as left, top, right, bottom."""
    left = top = np.inf
    right = bottom = -np.inf
    for corner in range(lines.shape[0]):
        for w in (least, greatest):
            x = lines[corner, 0] + w * lines[corner, 2] - crop[0]
            y = lines[corner, 1] + w * lines[corner, 3] - crop[1]
            left, right = min(left, x), max(right, x)
            top, bottom = min(top, y), max(bottom, y)
    box[0], box[1], box[2], box[3] = left - margin, top - margin, right + margin, bottom + margin


@jit
def tile_range(bounds, table, crop, depth_range, lines, near_limit, out):
    """Bounds where a tile's rays may meet one layer: out[:2] and the steepest step out[4]; False if nowhere."""
    box = np.empty(4, np.float64)
    least, greatest = depth_range[0], min(depth_range[1], near_limit)
    for _ in range(4):
        _box_of(lines, crop, least, greatest, 1.0, box)
        _box_bounds(bounds, table, box[0], box[1], box[2], box[3], out)
        tighter_least, tighter_greatest = max(least, out[0]), min(greatest, out[1])
        if tighter_least > tighter_greatest:
            return False
        settled = tighter_greatest - tighter_least > 0.8 * (greatest - least)
        least, greatest = tighter_least, tighter_greatest
        if settled:
            break
    out[0], out[1] = least, greatest
    return True


@jit
def tile_alpha(bounds, table, crop, lines, least, greatest, footprint, scratch, out):
    """Least and greatest alpha, out[2] and out[3], that a tile's rays may read with a footprint of that many texels."""
    box = np.empty(4, np.float64)
    _box_of(lines, crop, least, greatest, 2.0 + 3.0 * footprint, box)
    _box_bounds(bounds, table, box[0], box[1], box[2], box[3], scratch)
    out[2], out[3] = scratch[2], scratch[3]


@inline_jit
def line_at(matrix, origin, photo, column, row):
    """Start (x, y) and slope (x, y) of a pixel's ray in the photo's pixels (see rays.photo_lines), and its dz."""
    dz = matrix[2, 0] * column + matrix[2, 1] * row + matrix[2, 2]
    vx = (matrix[0, 0] * column + matrix[0, 1] * row + matrix[0, 2]) / dz
    vy = (matrix[1, 0] * column + matrix[1, 1] * row + matrix[1, 2]) / dz
    return (
        photo[0] * vx + photo[2],
        photo[1] * vy + photo[3],
        photo[0] * (origin[0] - origin[2] * vx),
        photo[1] * (origin[1] - origin[2] * vy),
        dz,
    )


@jit
def corner_lines(matrix, origin, photo, left, top, right, bottom, lines):
    """Rays of the four corner pixels of a tile; False if any runs backward."""
    for corner in range(4):
        column = left + 0.5 if corner % 2 == 0 else right - 0.5
        row = top + 0.5 if corner < 2 else bottom - 0.5
        x, y, sx, sy, dz = line_at(matrix, origin, photo, column, row)
        if dz <= 1e-9:
            return False
        lines[corner, 0], lines[corner, 1], lines[corner, 2], lines[corner, 3] = x, y, sx, sy
    return True


@jit
def near_limit(origin_z):
    """Greatest inverse depth in front of the eye."""
    return np.float32(1 / (origin_z + 1e-6)) if origin_z > 1e-6 else np.float32(1e30)
