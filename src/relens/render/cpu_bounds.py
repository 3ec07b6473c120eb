"""Compiled bounds of the CPU engine: what a tile's rays may meet, from the bounds of the blocks that they cross.

Annotations are left out on purpose: these functions are compiled by numba. Numbers are kept in float32 where there are
many of them.
"""

import math

import numba
import numpy as np

MISS = np.float32(-1e30)
ONE = np.float32(1)

STEEPEST = np.float32(1e30)  # a step beside a hole
_LONG_PX = 96.0  # rays that move farther over a layer are bounded piece by piece
_PIECE_PX, _MOST_PIECES = 32.0, 64
_BLOCK_SHIFT = 4  # log2 of atlas.BLOCK_PX
# Columns of atlas.Atlas.bounds. Not plain integers, for each of which numba would compile a function anew.
LEAST, GREATEST, ALPHA_LEAST, ALPHA_GREATEST, STEP_X_LEAST, STEP_X_GREATEST, STEP_Y_LEAST, STEP_Y_GREATEST, _END = (
    np.arange(9)
)

# NaN must stay NaN ("no surface"), so the flags that assume it away are left out.
FAST = {"nsz", "arcp", "contract", "afn", "reassoc"}
jit = numba.njit(cache=True, fastmath=FAST, error_model="numpy")
# What threads call: it lets go of Python's lock.
nogil_jit = numba.njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
# The innermost parts: a call that hands over arrays costs more than their work.
inline_jit = numba.njit(cache=True, fastmath=FAST, error_model="numpy", forceinline=True)


@nogil_jit
def block_bounds(inverse_depth, alpha, block_px, seen_px):
    """Bounds of blocks (see atlas.Atlas.bounds); one without visible surface has least +inf and greatest -inf.

    A block is seen when anything visible lies within seen_px of it. A bilinear read in one block may use the first
    texels of the next, and a prefiltered one more of them, so each block's depths include one more texel around it.
    """
    height, width = inverse_depth.shape
    down, across = (height + block_px - 1) // block_px, (width + block_px - 1) // block_px
    bounds = np.empty((down, across, 8), np.float32)
    for j in range(down):
        for i in range(across):
            least, greatest = np.float32(1), np.float32(0)
            for row in range(j * block_px, min((j + 1) * block_px, height)):
                for column in range(i * block_px, min((i + 1) * block_px, width)):
                    least, greatest = min(least, alpha[row, column]), max(greatest, alpha[row, column])
            bounds[j, i, ALPHA_LEAST], bounds[j, i, ALPHA_GREATEST] = least, greatest
    reach = (seen_px + block_px - 1) // block_px
    for j in range(down):
        for i in range(across):
            seen = False
            for row in range(max(0, j - reach), min(down, j + reach + 1)):
                for column in range(max(0, i - reach), min(across, i + reach + 1)):
                    seen |= bounds[row, column, ALPHA_GREATEST] > 0
            least, greatest = np.float32(np.inf), np.float32(-np.inf)
            x_least, x_greatest = np.float32(np.inf), np.float32(-np.inf)
            y_least, y_greatest = np.float32(np.inf), np.float32(-np.inf)
            if seen:
                for row in range(max(0, j * block_px - 1), min((j + 1) * block_px + 1, height)):
                    for column in range(max(0, i * block_px - 1), min((i + 1) * block_px + 1, width)):
                        here = inverse_depth[row, column]
                        if here == here:
                            least, greatest = min(least, here), max(greatest, here)
                        if column + 1 < width:
                            step = inverse_depth[row, column + 1] - here
                            if step == step:
                                x_least, x_greatest = min(x_least, step), max(x_greatest, step)
                            else:  # a step beside a hole is as steep as can be
                                x_least, x_greatest = -STEEPEST, STEEPEST
                        if row + 1 < height:
                            step = inverse_depth[row + 1, column] - here
                            if step == step:
                                y_least, y_greatest = min(y_least, step), max(y_greatest, step)
                            else:
                                y_least, y_greatest = -STEEPEST, STEEPEST
            bounds[j, i, LEAST], bounds[j, i, GREATEST] = least, greatest
            # A page one texel wide has no steps along it.
            bounds[j, i, STEP_X_LEAST] = x_least if x_least <= x_greatest else 0
            bounds[j, i, STEP_X_GREATEST] = x_greatest if x_least <= x_greatest else 0
            bounds[j, i, STEP_Y_LEAST] = y_least if y_least <= y_greatest else 0
            bounds[j, i, STEP_Y_GREATEST] = y_greatest if y_least <= y_greatest else 0
    return bounds


@jit
def _box_bounds(bounds, table, crop, box, first, end, out):
    """Bounds, columns first to end of atlas.Atlas.bounds, of all blocks that meet a box (left, top, right, bottom)."""
    level = 0
    span = max(box[2] - box[0], box[3] - box[1])
    while level < table.shape[0] - 1 and span > (3 << (level + _BLOCK_SHIFT)):
        level += 1
    offset, width, height = table[level, 0], table[level, 1], table[level, 2]
    shift = level + _BLOCK_SHIFT
    x0 = min(max(np.int64(math.floor(box[0])) >> shift, 0), width - 1)
    x1 = min(max(np.int64(math.floor(box[2])) >> shift, 0), width - 1)
    y0 = min(max(np.int64(math.floor(box[1])) >> shift, 0), height - 1)
    y1 = min(max(np.int64(math.floor(box[3])) >> shift, 0), height - 1)
    for k in range(first, end, 2):
        least, greatest = np.float32(np.inf), np.float32(-np.inf)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                block = np.uint64(offset + y * width + x)
                least, greatest = min(least, bounds[block, k]), max(greatest, bounds[block, k + 1])
        out[k], out[k + 1] = least, greatest
    # Past the edge the surface is held: it has no steps there.
    if end < _END:
        return
    if box[0] < 0 or box[1] < 0 or box[2] > crop[2] or box[3] > crop[3]:
        for k in range(STEP_X_LEAST, _END, 2):
            out[k], out[k + 1] = min(out[k], np.float32(0)), max(out[k + 1], np.float32(0))


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
def tile_range(bounds, table, crop, depth_range, lines, near_limit, scratch, out):
    """Bounds where a tile's rays may meet one layer; False if nowhere. Alpha is `tile_alpha`'s."""
    box = np.empty(4, np.float64)
    least, greatest = depth_range[0], min(depth_range[1], near_limit)
    for _ in range(4):
        _box_of(lines, crop, least, greatest, 1.0, box)
        _box_bounds(bounds, table, crop, box, LEAST, ALPHA_LEAST, out)
        tighter_least, tighter_greatest = max(least, out[LEAST]), min(greatest, out[GREATEST])
        if tighter_least > tighter_greatest:
            return False
        settled = tighter_greatest - tighter_least > 0.8 * (greatest - least)
        least, greatest = tighter_least, tighter_greatest
        if settled:
            break
    _box_of(lines, crop, least, greatest, 1.0, box)
    _box_bounds(bounds, table, crop, box, STEP_X_LEAST, _END, out)
    out[LEAST], out[GREATEST] = least, greatest
    return travel_px(lines, greatest - least) < _LONG_PX or _tell_apart(
        bounds, table, crop, lines, least, greatest, scratch, out
    )


@jit
def travel_px(lines, depths):
    """How far, in texels, a tile's rays move between two inverse depths that differ by so much."""
    slope_x = slope_y = 0.0
    for corner in range(lines.shape[0]):
        slope_x, slope_y = max(slope_x, abs(lines[corner, 2])), max(slope_y, abs(lines[corner, 3]))
    return math.sqrt(slope_x * slope_x + slope_y * slope_y) * depths


@jit
def _tell_apart(bounds, table, crop, lines, least, greatest, scratch, out):
    """Tighter bounds for rays that cross much of a layer: piece by piece of their way, those that miss left out."""
    pieces = min(_MOST_PIECES, int(travel_px(lines, greatest - least) / _PIECE_PX) + 1)
    box = np.empty(4, np.float64)
    step = (greatest - least) / pieces
    out[LEAST], out[GREATEST] = np.inf, -np.inf
    first, last, met = pieces, -1, 0
    for piece in range(pieces):
        low, high = least + piece * step, least + (piece + 1) * step
        _box_of(lines, crop, low, high, 1.0, box)
        _box_bounds(bounds, table, crop, box, LEAST, _END, scratch)
        if scratch[LEAST] <= high and scratch[GREATEST] >= low:
            if met == 0:
                for k in range(STEP_X_LEAST, _END):
                    out[k] = scratch[k]
            first, last, met = min(first, piece), max(last, piece), met + 1
            out[LEAST] = min(out[LEAST], max(low, scratch[LEAST]))
            out[GREATEST] = max(out[GREATEST], min(high, scratch[GREATEST]))
            for k in range(STEP_X_LEAST, _END, 2):
                out[k], out[k + 1] = min(out[k], scratch[k]), max(out[k + 1], scratch[k + 1])
    if met < last - first + 1:
        # The pieces in between have steps of their own, which iteration might run into.
        for k in range(STEP_X_LEAST, _END, 2):
            out[k], out[k + 1] = -STEEPEST, STEEPEST
    return met > 0


@jit
def tile_alpha(bounds, table, crop, lines, footprint, scratch, out):
    """Least and greatest alpha that a tile's rays may read in out's range with a footprint of that many texels."""
    box = np.empty(4, np.float64)
    _box_of(lines, crop, out[LEAST], out[GREATEST], 2.0 + 3.0 * footprint, box)
    _box_bounds(bounds, table, crop, box, ALPHA_LEAST, STEP_X_LEAST, scratch)
    out[ALPHA_LEAST], out[ALPHA_GREATEST] = scratch[ALPHA_LEAST], scratch[ALPHA_GREATEST]


@jit
def rise_of(lines, ranges):
    """Least and greatest d D(x + w s) / d w along a tile's rays: how the surface rises as the ray comes nearer."""
    sx_0 = sx_1 = lines[0, 2]
    sy_0 = sy_1 = lines[0, 3]
    for corner in range(1, lines.shape[0]):
        sx_0, sx_1 = min(sx_0, lines[corner, 2]), max(sx_1, lines[corner, 2])
        sy_0, sy_1 = min(sy_0, lines[corner, 3]), max(sy_1, lines[corner, 3])
    least = greatest = 0.0
    for low, high, step_low, step_high in (
        (sx_0, sx_1, ranges[STEP_X_LEAST], ranges[STEP_X_GREATEST]),
        (sy_0, sy_1, ranges[STEP_Y_LEAST], ranges[STEP_Y_GREATEST]),
    ):
        a, b, c, d = low * step_low, low * step_high, high * step_low, high * step_high
        least += min(min(a, b), min(c, d))
        greatest += max(max(a, b), max(c, d))
    return least, greatest


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
