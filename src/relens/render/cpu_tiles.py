"""Compiled loops of the CPU engine: tiles of the picture, the pupil's views, the pixels of a tile.

Work per lens sample where a tile's rays meet one gentle, opaque layer (nearly everywhere): two bilinear reads of
inverse depth (2 x 16 bytes), one of RGBA (64 bytes), neighbours sharing cache lines, and about 90 floating-point
operations.
"""

import math

import numba
import numpy as np

from relens.render.cpu_hits import (
    CLOSE_PX,
    FAST,
    GENTLE,
    MISS,
    corner_lines,
    depth_at,
    inline_jit,
    jit,
    line_at,
    march,
    near_limit,
    settle,
    shade,
    tile_alpha,
    tile_range,
)  # fmt: skip

TILE_PX = 16
_ONE = np.float32(1)
# Least blur, per pixel of distance, at which pixels may be taken apart: a tenth of a disc between neighbours.
_SPARSE_PX = np.float32(10)
_OPAQUE = np.float32(1e-4)  # a ray with less than this left to see is done


@inline_jit
def _blur_px(w, blur):
    """Circle of confusion of inverse depth w in the photo's frame, as the new camera (moved by blur[2]) has it."""
    ahead = max(_ONE - w * blur[2], np.float32(1e-3))
    return abs(w / ahead - blur[1]) * blur[0]


@inline_jit
def _level_of(spacing, dither):
    """Pyramid level whose texel is as wide as the spacing of samples, dithered between two neighbours."""
    level, reach = 0, spacing * dither
    while reach >= np.float32(2) and level < 6:
        reach *= np.float32(0.5)
        level += 1
    return level


@jit
def _active_layers(
    bounds, blocks, crop, depth_range, lines, blur, limit, spacing_share, most_px, ranges, active, out, scratch
):  # fmt: skip
    """Layers a tile may see through a view, nearest first, without those hidden behind an opaque one; their number."""
    count = 0
    for layer in range(crop.shape[0]):
        if tile_range(bounds, blocks[layer], crop[layer], depth_range[layer], lines, limit, out):
            footprint = spacing_share * min(most_px, max(_blur_px(out[0], blur), _blur_px(out[1], blur)))
            tile_alpha(bounds, blocks[layer], crop[layer], lines, out[0], out[1], footprint, scratch, out)
            if out[3] <= 0:
                continue
            place = count
            while place > 0 and ranges[active[place - 1], 1] < out[1]:
                active[place] = active[place - 1]
                place -= 1
            active[place] = layer
            ranges[layer] = out
            count += 1
    place = 0
    while place < count:
        if ranges[active[place], 2] > _ONE - _OPAQUE:
            kept = place + 1
            for behind in range(place + 1, count):
                if ranges[active[behind], 1] >= ranges[active[place], 0]:
                    active[kept] = active[behind]
                    kept += 1
            count = kept
        place += 1
    return count


@jit
def _reads_needed(play_px, contraction):
    """How often plain iteration must read the surface until a ray that has `play_px` of play is settled."""
    reads, left_px = 1, np.float32(0.5) * play_px * contraction
    while left_px > np.float32(0.03):
        left_px *= contraction
        reads += 1
    return reads


@jit
def _gentle_tile(
    layer, level, one_level, reads, texels, inverse_depth, crop, levels, middle, blur, blur_px, spacing_share, dither,
    matrix, origin, photo, left, top, columns, rows, step, total,
):  # fmt: skip
    """All pixels of a tile through one view that meets one opaque, gentle surface: nothing is searched."""
    hits = np.empty(TILE_PX + 1, np.float32)
    offset, width, height = crop[layer, 4], crop[layer, 2], crop[layer, 3]
    for j in range(rows):
        row = top + j * step + 0.5
        # Without rotation a row's rays are equally spaced; else they are so nearly over a tile's width.
        x_0, y_0, sx_0, sy_0, _ = line_at(matrix, origin, photo, left + 0.5, row)
        x_1, y_1, sx_1, sy_1, _ = line_at(matrix, origin, photo, left + (columns - 1) * step + 0.5, row)
        each = 1.0 / max(columns - 1, 1)
        x, dx = np.float32(x_0 - crop[layer, 0]), np.float32((x_1 - x_0) * each)
        y, dy = np.float32(y_0 - crop[layer, 1]), np.float32((y_1 - y_0) * each)
        sx, dsx = np.float32(sx_0), np.float32((sx_1 - sx_0) * each)
        sy, dsy = np.float32(sy_0), np.float32((sy_1 - sy_0) * each)
        for i in range(columns):
            k = np.float32(i)
            w = middle
            for _ in range(reads):
                w = depth_at(
                    inverse_depth, offset, width, height,
                    x + k * dx + w * (sx + k * dsx), y + k * dy + w * (sy + k * dsy),
                )  # fmt: skip
            hits[i] = w
        for i in range(columns):
            k, w = np.float32(i), hits[i]
            if not one_level:
                level = _level_of(spacing_share * min(blur_px, _blur_px(w, blur)), dither)
            shade(
                texels, levels[layer, level, 0], levels[layer, level, 1], levels[layer, level, 2],
                _ONE / np.float32(1 << level),
                x + k * dx + w * (sx + k * dsx), y + k * dy + w * (sy + k * dsy), _ONE, total, j, i,
            )  # fmt: skip


@jit
def _many_layers(
    active, count, texels, inverse_depth, bounds, crop, levels, blocks, ranges, blur, blur_px, spacing_share, dither,
    matrix, origin, photo, lines, left, top, columns, rows, step, total,
):  # fmt: skip
    """All pixels of a tile through one view, whatever it can see: hits are met in the order of their depth."""
    hits = np.empty(crop.shape[0], np.float32)
    cursor = np.empty(crop.shape[0], np.float32)  # how far a layer has been searched
    in_front = np.empty(crop.shape[0], np.bool_)
    slope_x, slope_y = max(abs(lines[0, 2]), abs(lines[3, 2])), max(abs(lines[0, 3]), abs(lines[3, 3]))
    steepest_px = np.float32(math.sqrt(slope_x * slope_x + slope_y * slope_y))
    for j in range(rows):
        for i in range(columns):
            px, py, slope_x, slope_y, _ = line_at(matrix, origin, photo, left + i * step + 0.5, top + j * step + 0.5)
            x, y = np.float32(px), np.float32(py)
            sx, sy = np.float32(slope_x), np.float32(slope_y)
            slope_px = math.sqrt(sx * sx + sy * sy)
            clear = _ONE
            for place in range(count):
                layer = active[place]
                # A little nearer than the nearest, so that a surface of one depth is searched as well.
                nearer = ranges[layer, 1] * np.float32(1 + 4e-7) + np.float32(1e-7)
                hits[layer], cursor[layer], in_front[layer] = MISS, nearer, True
            while clear > _OPAQUE:
                # The nearest of the layers' next hits. Gentle layers answer first, for they cost little; the others are
                # then searched no farther than the nearest answer.
                nearest, w = -1, MISS
                for gentle in (True, False):
                    for place in range(count):
                        layer = active[place]
                        near, far = ranges[layer, 1], ranges[layer, 0]
                        if near < w:
                            break
                        if hits[layer] == MISS and cursor[layer] > far:
                            is_gentle = ranges[layer, 4] * steepest_px < GENTLE or (near - far) * steepest_px < CLOSE_PX
                            if is_gentle != gentle:
                                continue
                            at_x, at_y = x - np.float32(crop[layer, 0]), y - np.float32(crop[layer, 1])
                            offset, width, height = crop[layer, 4], crop[layer, 2], crop[layer, 3]
                            if gentle:
                                hits[layer] = settle(
                                    inverse_depth, offset, width, height, at_x, at_y, sx, sy, slope_px,
                                    np.float32(0.5) * (near + far),
                                )  # fmt: skip
                                if hits[layer] > MISS:
                                    cursor[layer] = far
                            if hits[layer] == MISS:
                                limit = max(far, w)
                                if cursor[layer] > limit:
                                    hits[layer], in_front[layer] = march(
                                        inverse_depth, offset, width, height,
                                        bounds, blocks[layer, 0, 0], blocks[layer, 0, 1], at_x, at_y, sx, sy, slope_px,
                                        ranges[layer, 4], cursor[layer], limit, in_front[layer],
                                    )  # fmt: skip
                                    cursor[layer] = max(hits[layer], limit)
                        if hits[layer] > w:
                            nearest, w = layer, hits[layer]
                if nearest < 0:
                    break
                level = _level_of(spacing_share * min(blur_px, _blur_px(w, blur)), dither)
                clear = shade(
                    texels, levels[nearest, level, 0], levels[nearest, level, 1], levels[nearest, level, 2],
                    _ONE / np.float32(1 << level),
                    x - np.float32(crop[nearest, 0]) + w * sx, y - np.float32(crop[nearest, 1]) + w * sy,
                    clear, total, j, i,
                )  # fmt: skip
                # A ray that went through may meet a farther surface of the same layer.
                hits[nearest] = MISS


@jit
def _deposit(total, share, step, left, top, right, bottom, picture):
    """Write a tile's mean into the picture, linearly between the pixels that were taken."""
    each = _ONE / np.float32(step)
    for row in range(top, bottom):
        j, v = (row - top) // step, np.float32((row - top) % step) * each
        below = j + 1 if v > 0 else j
        for column in range(left, right):
            i, u = (column - left) // step, np.float32((column - left) % step) * each
            right_of = i + 1 if u > 0 else i
            for c in range(4):
                upper = total[j, i, c] + (total[j, right_of, c] - total[j, i, c]) * u
                lower = total[below, i, c] + (total[below, right_of, c] - total[below, i, c]) * u
                picture[row, column, c] = (upper + (lower - upper) * v) * share


@numba.njit(cache=True, parallel=True, fastmath=FAST, error_model="numpy")
def render_tiles(
    tiles, size, texels, inverse_depth, bounds, crop, levels, blocks, depth_range,
    directions, origins, sets, first_corner, photo, blur, samples_per_px2, picture, counts,
):  # fmt: skip
    """Render the tiles with the given numbers into `picture` (h, w, 4) and their sample counts into `counts`.

    sets: (s, 2) first view and number of views of each sample set, fewest first; set 0 is the pinhole's one view.
    Views from `first_corner` on only bound what the pupil can see. photo: fx, fy, cx, cy of the photo.
    blur: fx times pupil diameter, the focus's inverse distance, and how far the eye moved forward (float32).
    """
    width, height = size
    tiles_across = (width + TILE_PX - 1) // TILE_PX
    for job in numba.prange(tiles.shape[0]):
        tile = tiles[job]
        left, top = (tile % tiles_across) * TILE_PX, (tile // tiles_across) * TILE_PX
        right, bottom = min(left + TILE_PX, width), min(top + TILE_PX, height)
        out, scratch = np.empty(5, np.float32), np.empty(5, np.float32)
        ranges = np.empty((crop.shape[0], 5), np.float32)
        active = np.empty(crop.shape[0], np.int64)
        lines, all_lines = np.empty((4, 4), np.float64), np.empty((16, 4), np.float64)
        total = np.zeros((TILE_PX + 1, TILE_PX + 1, 4), np.float32)

        # How much blur can this tile hold? The rays from the pupil's corners bound all others.
        blur_px, least_px = np.float32(0), np.float32(1e9)
        forward = True
        for corner in range(4):
            view = first_corner + corner
            forward &= corner_lines(
                directions[view], origins[view], photo, left, top, left + TILE_PX + 1, top + TILE_PX + 1,
                all_lines[4 * corner : 4 * corner + 4],
            )  # fmt: skip
        unlimited = np.float32(1e9)
        seen = 0
        if forward:
            finest_share = np.float32(math.sqrt(math.pi / 4 / sets[-1, 1]))
            seen = _active_layers(
                bounds, blocks, crop, depth_range, all_lines, blur, near_limit(origins[first_corner, 2]), finest_share,
                unlimited, ranges, active, out, scratch,
            )  # fmt: skip
        for place in range(seen):
            layer = active[place]
            blur_far, blur_near = _blur_px(ranges[layer, 0], blur), _blur_px(ranges[layer, 1], blur)
            blur_px = max(blur_px, blur_far, blur_near)
            in_focus = (ranges[layer, 0] - blur[1]) * (ranges[layer, 1] - blur[1]) <= 0
            least_px = np.float32(0) if in_focus else min(least_px, blur_far, blur_near)
        # Where everything is blurred this much, neighbours differ so little that every second or fourth pixel tells.
        step = 4 if least_px >= _SPARSE_PX * 4 else (2 if least_px >= _SPARSE_PX * 2 else 1)
        columns = right - left if step == 1 else TILE_PX // step + 1
        rows = bottom - top if step == 1 else TILE_PX // step + 1
        # Samples follow the square of the blur.
        wanted = blur_px * blur_px * samples_per_px2
        chosen = 0 if blur_px < 0.1 else 1
        while chosen > 0 and chosen < sets.shape[0] - 1 and sets[chosen, 1] < wanted:
            chosen += 1
        first, count = sets[chosen, 0], sets[chosen, 1]
        # Neighbouring samples are this far apart, as a fraction of the blur disc's diameter: the side of a square that
        # holds one sample's share of the disc's area.
        spacing_share = np.float32(math.sqrt(math.pi / 4 / count)) if count > 1 else np.float32(0)

        for index in range(count):
            matrix, origin = directions[first + index], origins[first + index]
            if not corner_lines(
                matrix, origin, photo, left, top, left + (columns - 1) * step + 1, top + (rows - 1) * step + 1, lines
            ):
                continue
            # Dither from view to view blends neighbouring levels without reading both.
            dither = np.float32(2.0 ** ((index + 0.5) * 0.7548776662466927 % 1.0))
            active_count = _active_layers(
                bounds, blocks, crop, depth_range, lines, blur, near_limit(origin[2]), spacing_share, blur_px,
                ranges, active, out, scratch,
            )  # fmt: skip
            if active_count == 0:
                continue
            layer = active[0]
            near, far = ranges[layer, 1], ranges[layer, 0]
            slope_x, slope_y = max(abs(lines[0, 2]), abs(lines[3, 2])), max(abs(lines[0, 3]), abs(lines[3, 3]))
            slope_px = np.float32(math.sqrt(slope_x * slope_x + slope_y * slope_y))
            contraction = ranges[layer, 4] * slope_px
            level = _level_of(spacing_share * min(blur_px, _blur_px(near, blur)), dither)
            # The blur is least in between where the plane of focus cuts the range.
            one_level = level == _level_of(spacing_share * min(blur_px, _blur_px(far, blur)), dither) and (
                level == 0 or (near - blur[1]) * (far - blur[1]) > 0
            )
            if (
                active_count == 1
                and ranges[layer, 2] > _ONE - _OPAQUE
                and (contraction < GENTLE or slope_px * (near - far) < CLOSE_PX)
            ):
                _gentle_tile(
                    layer, level, one_level, _reads_needed(slope_px * (near - far), contraction), texels,
                    inverse_depth, crop, levels, np.float32(0.5) * (near + far), blur, blur_px, spacing_share, dither,
                    matrix, origin, photo, left, top, columns, rows, step, total,
                )  # fmt: skip
            else:
                _many_layers(
                    active, active_count, texels, inverse_depth, bounds, crop, levels, blocks, ranges, blur,
                    blur_px, spacing_share, dither, matrix, origin, photo, lines, left, top, columns, rows, step,
                    total,
                )  # fmt: skip

        _deposit(total, _ONE / np.float32(count), step, left, top, right, bottom, picture)
        counts[tile // tiles_across, tile % tiles_across] = count


@numba.njit(cache=True, parallel=True, fastmath=FAST, error_model="numpy")
def pinhole_depth(
    size, texels, inverse_depth, bounds, crop, levels, blocks, depth_range, direction, origin, photo, depth
):  # fmt: skip
    """Inverse depth, in the photo's frame, at which a pinhole's rays have met half their coverage; NaN where never."""
    width, height = size
    for row in numba.prange(height):
        out = np.empty(5, np.float32)
        ranges = np.empty((crop.shape[0], 5), np.float32)
        lines = np.empty((4, 4), np.float64)
        hits = np.empty(crop.shape[0], np.float32)
        unused = np.zeros((1, 1, 4), np.float32)
        limit = near_limit(origin[2])
        for left in range(0, width, TILE_PX):
            right = min(left + TILE_PX, width)
            if not corner_lines(direction, origin, photo, left, row, right, row + 1, lines):
                continue
            for layer in range(crop.shape[0]):
                if tile_range(bounds, blocks[layer], crop[layer], depth_range[layer], lines, limit, out):
                    ranges[layer] = out
                else:
                    ranges[layer, 1] = MISS
            for column in range(left, right):
                px, py, slope_x, slope_y, _ = line_at(direction, origin, photo, column + 0.5, row + 0.5)
                x, y = np.float32(px), np.float32(py)
                sx, sy = np.float32(slope_x), np.float32(slope_y)
                for layer in range(crop.shape[0]):
                    hits[layer] = MISS
                    if ranges[layer, 1] > MISS:
                        hits[layer], _ = march(
                            inverse_depth, crop[layer, 4], crop[layer, 2], crop[layer, 3],
                            bounds, blocks[layer, 0, 0], blocks[layer, 0, 1],
                            x - np.float32(crop[layer, 0]), y - np.float32(crop[layer, 1]),
                            sx, sy, math.sqrt(sx * sx + sy * sy), ranges[layer, 4], ranges[layer, 1],
                            ranges[layer, 0], True,
                        )  # fmt: skip
                clear = _ONE
                while clear > 0.5:
                    nearest, w = -1, MISS
                    for layer in range(crop.shape[0]):
                        if hits[layer] > w:
                            nearest, w = layer, hits[layer]
                    if nearest < 0:
                        break
                    hits[nearest] = MISS
                    clear = shade(
                        texels, levels[nearest, 0, 0], levels[nearest, 0, 1], levels[nearest, 0, 2], _ONE,
                        x - np.float32(crop[nearest, 0]) + w * sx, y - np.float32(crop[nearest, 1]) + w * sy,
                        clear, unused, 0, 0,
                    )  # fmt: skip
                    if clear <= 0.5:
                        depth[row, column] = w
