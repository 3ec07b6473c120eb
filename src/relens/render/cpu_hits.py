"""Compiled hits of the CPU engine: where a ray meets a height field, and the colour there.

A ray is x(w) = x + w sx, y(w) = y + w sy in a layer's texels, w the inverse depth. It meets the surface D where
D(x(w)) = w. While D rises more slowly along the ray than w itself (dD/dw < 1: nothing is folded), there is one such w,
and w <- w + (D(x(w)) - w) / (1 - r) finds it, r the middle of the rises that are possible there: plain iteration, but
centred, so that it settles in a few reads on steep slopes too. Elsewhere the ray is marched from near to far to its
first crossing.
"""

import math

import numpy as np

from relens.render.cpu_bounds import (
    GREATEST,
    LEAST,
    MISS,
    ONE,
    STEEPEST,
    STEP_X_GREATEST,
    STEP_X_LEAST,
    STEP_Y_GREATEST,
    STEP_Y_LEAST,
    inline_jit,
    jit,
)

GENTLE = np.float32(0.6)  # iteration is used where every read leaves at most this share of the distance
CLOSE_PX = np.float32(0.05)  # a hit is settled when it moves less than this

_MOST_READS = 16
_BLOCK_SHIFT = 4  # log2 of atlas.BLOCK_PX
_ZERO, _HALF = np.float32(0), np.float32(0.5)
_UNFOLDED = np.float32(0.95)  # a surface that rises no faster along a ray is crossed once


@inline_jit
def depth_at(inverse_depth, offset, width, height, x, y):
    """Bilinear inverse depth at texel coordinates, edges held; NaN if a neighbour is NaN."""
    x = min(max(x - _HALF, _ZERO), np.float32(width - 1))
    y = min(max(y - _HALF, _ZERO), np.float32(height - 1))
    x0, y0 = np.int32(x), np.int32(y)
    fx, fy = x - np.float32(x0), y - np.float32(y0)
    # Unsigned, since signed places are looked up from either end of an array.
    i = np.uint64(offset + np.int64(y0) * width + x0)
    j = i + np.uint64(1 if x0 + 1 < width else 0)
    down = np.uint64(width if y0 + 1 < height else 0)
    top = inverse_depth[i] + (inverse_depth[j] - inverse_depth[i]) * fx
    i, j = i + down, j + down
    bottom = inverse_depth[i] + (inverse_depth[j] - inverse_depth[i]) * fx
    return top + (bottom - top) * fy


@inline_jit
def read(texels, offset, width, height, scale, x, y):
    """Bilinear RGBA at a position in texels of level 0, edges held."""
    x = min(max(x * scale - _HALF, _ZERO), np.float32(width - 1))
    y = min(max(y * scale - _HALF, _ZERO), np.float32(height - 1))
    x0, y0 = np.int32(x), np.int32(y)
    fx, fy = x - np.float32(x0), y - np.float32(y0)
    i = np.uint64(offset + 4 * (np.int64(y0) * width + x0))
    j = i + np.uint64(4 if x0 + 1 < width else 0)
    down = np.uint64(4 * width if y0 + 1 < height else 0)
    k, m = i + down, j + down
    w11 = fx * fy
    w10, w01 = fx - w11, fy - w11
    w00 = ONE - fx - w01
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    return (
        w00 * texels[i] + w10 * texels[j] + w01 * texels[k] + w11 * texels[m],
        w00 * texels[i + one] + w10 * texels[j + one] + w01 * texels[k + one] + w11 * texels[m + one],
        w00 * texels[i + two] + w10 * texels[j + two] + w01 * texels[k + two] + w11 * texels[m + two],
        w00 * texels[i + three] + w10 * texels[j + three] + w01 * texels[k + three] + w11 * texels[m + three],
    )


@jit
def relaxation(rise_least, rise_greatest):
    """Step factor 1 / (1 - r), and the share of the distance that is left after each read (inf where folds may be)."""
    if rise_greatest > 0.9:
        return ONE, np.float32(np.inf)
    left = (rise_greatest - rise_least) / (2.0 - rise_greatest - rise_least)
    return np.float32(2.0 / (2.0 - rise_greatest - rise_least)), np.float32(left)


@jit
def reads_needed(play_px, left, close_px):
    """How often iteration must read the surface until a ray that has `play_px` of play is settled to `close_px`."""
    reads, left_px = 0, _HALF * play_px
    while left_px > close_px and reads < _MOST_READS:
        left_px *= left
        reads += 1
    return reads


@inline_jit
def settle(inverse_depth, offset, width, height, x, y, sx, sy, relax, reads, middle):
    """The one hit of a ray with an unfolded surface, by `reads` steps of iteration from `middle`."""
    w = middle
    for _ in range(reads):
        w += (depth_at(inverse_depth, offset, width, height, x + w * sx, y + w * sy) - w) * relax
    return w


@jit
def march(
    inverse_depth, offset, width, height, bounds, block_offset, block_width,
    x, y, sx, sy, rise_least, near, far, from_front,
):  # fmt: skip
    """First crossing found by walking from near to far (MISS if none), and whether the ray ends in front.

    A block of texels takes one read where the ray cannot cross its surface twice: it lies wholly on one side, or rises
    too slowly to be folded. Elsewhere a step is a texel, or as far as the surface cannot come to the ray (sphere
    tracing, Hart 1996). from_front starts just in front of `near`, so that a surface there is met; else just behind
    it, so that it is left.
    """
    slope_px = math.sqrt(sx * sx + sy * sy)
    stride = ONE / max(slope_px, np.float32(1e-6))
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
        w_leave, rise, rise_greatest, in_one = end, np.float32(rise_least), STEEPEST, False
        if _ZERO <= px < np.float32(width) and _ZERO <= py < np.float32(height):
            column, row = np.int64(px) >> _BLOCK_SHIFT, np.int64(py) >> _BLOCK_SHIFT
            # As w falls, x moves against sx: the block is left on that side.
            if sx != 0:
                edge_px = np.float32((column if sx > 0 else column + 1) << _BLOCK_SHIFT)
                w_leave = max(w_leave, (edge_px - x) / sx)
            if sy != 0:
                edge_px = np.float32((row if sy > 0 else row + 1) << _BLOCK_SHIFT)
                w_leave = max(w_leave, (edge_px - y) / sy)
            w_leave = min(w_leave - np.float32(0.01) * stride, w_before)
            block = np.uint64(block_offset + row * block_width + column)
            rise, rise_greatest = _rise_along(bounds, block, sx, sy)
            if before < _ZERO:
                in_one = bounds[block, GREATEST] < w_leave or rise_greatest <= _UNFOLDED
            elif before >= _ZERO:
                in_one = bounds[block, LEAST] > w_before or rise_greatest <= ONE
            if in_one and w_leave < w_before:
                gap = depth_at(inverse_depth, offset, width, height, x + w_leave * sx, y + w_leave * sy) - w_leave
                if before < _ZERO and bounds[block, GREATEST] < w_leave:
                    gap = min(gap, np.float32(-1e-9))
                elif before >= _ZERO and rise_greatest <= ONE and bounds[block, LEAST] <= w_before:
                    gap = max(gap, _ZERO)
                if before < _ZERO and gap >= _ZERO:
                    close = CLOSE_PX * stride * (ONE - rise_greatest)
                    return _between(
                        inverse_depth, offset, width, height, x, y, sx, sy, w_before, before, w_leave, gap, close
                    ), False
                before, w_before = gap, w_leave
                continue
        step = stride
        if before < _ZERO:
            step = max(stride, -before / (ONE + max(-rise, _ZERO)))
        elif before >= _ZERO:
            step = max(stride, before / max(rise_greatest - ONE, np.float32(1e-6)))
        w = max(w_before - step, w_leave if w_leave < w_before - stride else end)
        gap = depth_at(inverse_depth, offset, width, height, x + w * sx, y + w * sy) - w
        if before < _ZERO and gap >= _ZERO:
            w_hit = w_before + (w - w_before) * before / (before - gap)
            # One more read: between two samples the surface is nearly straight.
            at_hit = depth_at(inverse_depth, offset, width, height, x + w_hit * sx, y + w_hit * sy) - w_hit
            if at_hit < _ZERO:
                w_hit += (w - w_hit) * at_hit / (at_hit - gap)
            elif at_hit > _ZERO:
                w_hit = w_before + (w_hit - w_before) * before / (before - at_hit)
            return w_hit, False
        before, w_before = gap, w
    return MISS, before < _ZERO


@inline_jit
def _rise_along(bounds, block, sx, sy):
    """Least and greatest d D(x + w s) / d w of one ray within a block."""
    a, b = sx * bounds[block, STEP_X_LEAST], sx * bounds[block, STEP_X_GREATEST]
    c, d = sy * bounds[block, STEP_Y_LEAST], sy * bounds[block, STEP_Y_GREATEST]
    return min(a, b) + min(c, d), max(a, b) + max(c, d)


@inline_jit
def _between(inverse_depth, offset, width, height, x, y, sx, sy, w_front, front, w_behind, behind, close):
    """The one crossing between a place in front of a surface and one behind it, whose gaps are known.

    By false position, the end that stays weighing half (the Illinois method, Dowell and Jarratt 1971).
    """
    w, side = w_behind, 0
    for _ in range(_MOST_READS):
        w = w_front + (w_behind - w_front) * front / (front - behind)
        gap = depth_at(inverse_depth, offset, width, height, x + w * sx, y + w * sy) - w
        if abs(gap) <= close:
            break
        if gap < _ZERO:
            w_front, front = w, gap
            behind *= _HALF if side < 0 else ONE
            side = -1
        else:
            w_behind, behind = w, gap
            front *= _HALF if side > 0 else ONE
            side = 1
    return w
