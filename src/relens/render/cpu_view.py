"""Compiled views of the CPU engine: all pixels of one tile through one point of the pupil.

Work per lens sample where a tile's rays meet one unfolded, opaque layer (nearly everywhere): none to four bilinear
reads of inverse depth (16 bytes and 12 operations each), one of RGBA (64 bytes, 30 operations), and about 30
operations to get there. Neighbours share cache lines.
"""

import math

import numpy as np

from relens.render.cpu_bounds import (
    ALPHA_GREATEST,
    ALPHA_LEAST,
    GREATEST,
    LEAST,
    MISS,
    ONE,
    STEP_X_GREATEST,
    STEP_X_LEAST,
    STEP_Y_GREATEST,
    STEP_Y_LEAST,
    inline_jit,
    jit,
    line_at,
    rise_of,
    tile_alpha,
    tile_range,
    travel_px,
)
from relens.render.cpu_hits import CLOSE_PX, GENTLE, march, read, reads_needed, relaxation, settle

TILE_PX = 16
OPAQUE = np.float32(1e-4)  # a ray with less than this left to see is done


@inline_jit
def blur_px_of(w, blur):
    """Circle of confusion of inverse depth w in the photo's frame, as the new camera (moved by blur[2]) has it.

    blur[1] and blur[3] are the least and greatest inverse depth of the plane of focus within the tile.
    """
    w = w / max(ONE - w * blur[2], np.float32(1e-3))
    return max(np.float32(0), max(w - blur[1], blur[3] - w)) * blur[0]


@inline_jit
def level_of(footprint, dither):
    """Pyramid level whose texel is as wide as the footprint of a sample, dithered between two neighbours."""
    level, reach = 0, footprint * dither
    while reach >= np.float32(2) and level < 7:
        reach *= np.float32(0.5)
        level += 1
    return level


@jit
def active_layers(atlas, depth_range, lines, blur, limit, hiding, footprint_share, most_px, ranges, active, scratch):
    """Layers a tile may see along some rays, nearest first, without those hidden behind an opaque one; their number.

    depth_range: (layers, 2) least and greatest inverse depth to look between; none where the first is the greater.
    limit, hiding: `near_limit` of the rays that start first and last. What only some have before them hides nothing.
    """
    _, _, bounds, crop, _, blocks, _ = atlas
    count = 0
    for layer in range(crop.shape[0]):
        out = ranges[layer]
        if depth_range[layer, 0] <= depth_range[layer, 1] and tile_range(
            bounds, blocks[layer], crop[layer], depth_range[layer], lines, limit, scratch, out
        ):
            widest_px = max(blur_px_of(out[LEAST], blur), blur_px_of(out[GREATEST], blur))
            footprint = footprint_share * min(most_px, widest_px)
            tile_alpha(bounds, blocks[layer], crop[layer], lines, footprint, scratch, out)
            if out[ALPHA_GREATEST] <= 0:
                continue
            place = count
            while place > 0 and ranges[active[place - 1], GREATEST] < out[GREATEST]:
                active[place] = active[place - 1]
                place -= 1
            active[place] = layer
            count += 1
    place = 0
    while place < count:
        if ranges[active[place], ALPHA_LEAST] > ONE - OPAQUE and ranges[active[place], GREATEST] <= hiding:
            kept = place + 1
            for behind in range(place + 1, count):
                if ranges[active[behind], GREATEST] >= ranges[active[place], LEAST]:
                    active[kept] = active[behind]
                    kept += 1
            count = kept
        place += 1
    return count


@jit
def play_px(lines, ranges):
    """How far, in texels, a tile's rays move over a layer between the nearest and the farthest it may be there."""
    return np.float32(travel_px(lines, ranges[GREATEST] - ranges[LEAST]))


@jit
def row_play_px(lines, ranges, rise_greatest, rows):
    """How far, in texels, the hit of a ray may be from that of the ray one row above, to both sides."""
    along_x = max(abs(lines[2, 0] - lines[0, 0]), abs(lines[3, 0] - lines[1, 0]))
    along_y = max(abs(lines[2, 1] - lines[0, 1]), abs(lines[3, 1] - lines[1, 1]))
    step_x = max(abs(ranges[STEP_X_LEAST]), abs(ranges[STEP_X_GREATEST]))
    step_y = max(abs(ranges[STEP_Y_LEAST]), abs(ranges[STEP_Y_GREATEST]))
    slope_px = math.sqrt(max(abs(lines[0, 2]), abs(lines[3, 2])) ** 2 + max(abs(lines[0, 3]), abs(lines[3, 3])) ** 2)
    change = (along_x * step_x + along_y * step_y) / max(rows - 1, 1)
    return np.float32(2.0 * slope_px * change / max(1.0 - rise_greatest, 0.1))


@jit
def unfolded_surfaces(
    atlas, active, count, ranges, lines, blur, blur_px, footprint_share, dither, columns, rows, view, clear, hits,
    weight, is_sum,
):  # fmt: skip
    """Fill `view` where a tile meets unfolded surfaces, one wholly before the other: nothing is searched.

    False, with `view` unfinished, where that is not so. clear, hits: scratch, what each ray has left to see and where
    the rays of a row meet the surface. is_sum: the one surface is opaque, and `view` is a sum that its colours are
    added to, by the view's weight: what would only be added is not written down first.
    """
    for place in range(count):
        layer = active[place]
        if place > 0 and ranges[active[place - 1], LEAST] < ranges[layer, GREATEST]:
            return False
        least, greatest = rise_of(lines, ranges[layer])
        _, left_share = relaxation(least, greatest)
        if left_share > GENTLE and play_px(lines, ranges[layer]) > 2 * CLOSE_PX:
            return False
    for place in range(count):
        covers = ranges[active[place], ALPHA_LEAST] > ONE - OPAQUE
        left_to_see = _lay_under(
            atlas, active[place], place == 0, covers, ranges[active[place]], lines, blur, blur_px, footprint_share,
            dither, columns, rows, view, clear, hits, weight, is_sum,
        )  # fmt: skip
        if left_to_see <= OPAQUE:
            break
    return True


@jit
def _lay_under(
    atlas, layer, is_first, covers, ranges, lines, blur, blur_px, footprint_share, dither, columns, rows, view, clear,
    hits, weight, is_sum,
):  # fmt: skip
    """Lay one unfolded surface under what `view` has gathered; returns the most that any ray has left to see."""
    texels, inverse_depth, _, crop, levels, _, _ = atlas
    near, far = ranges[GREATEST], ranges[LEAST]
    level = level_of(footprint_share * min(blur_px, blur_px_of(near, blur)), dither)
    level_far = level_of(footprint_share * min(blur_px, blur_px_of(far, blur)), dither)
    # In between the blur is less than at both ends where the plane of focus cuts the range.
    blur_far, blur_near = blur_px_of(far, blur), blur_px_of(near, blur)
    in_focus = blur_px_of(np.float32(0.5) * (near + far), blur) < np.float32(0.499) * (blur_far + blur_near)
    one_level = level == level_far and (level == 0 or not in_focus)
    # A prefiltered colour needs its place only to a part of its texel.
    close_px = CLOSE_PX * np.float32(1 << level) if one_level else CLOSE_PX
    least, greatest = rise_of(lines, ranges)
    relax, left_share = relaxation(least, greatest)
    reads = reads_needed(play_px(lines, ranges), left_share, close_px)
    # From the second row on, the hit above is a better start than the middle of all that is possible. It was settled to
    # within close_px, which adds to the play, so that errors do not pile up from row to row.
    row_play = row_play_px(lines, ranges, greatest, rows) + 2 * close_px
    reads_below = min(reads, reads_needed(row_play, left_share, close_px))
    for i in range(columns):
        hits[i] = np.float32(0.5) * (near + far)
    offset, width, height = crop[layer, 4], np.int32(crop[layer, 2]), np.int32(crop[layer, 3])
    left_to_see = np.float32(0)
    w0, w1, w2, w3 = np.float32(weight[0]), np.float32(weight[1]), np.float32(weight[2]), np.float32(weight[3])
    each, each_row = 1.0 / max(columns - 1, 1), 1.0 / max(rows - 1, 1)
    for j in range(rows):
        # Between the tile's corners rays are evenly spaced: exactly so without rotation, else nearly.
        v = j * each_row
        x_0, x_1 = lines[0, 0] + v * (lines[2, 0] - lines[0, 0]), lines[1, 0] + v * (lines[3, 0] - lines[1, 0])
        y_0, y_1 = lines[0, 1] + v * (lines[2, 1] - lines[0, 1]), lines[1, 1] + v * (lines[3, 1] - lines[1, 1])
        sx_0, sx_1 = lines[0, 2] + v * (lines[2, 2] - lines[0, 2]), lines[1, 2] + v * (lines[3, 2] - lines[1, 2])
        sy_0, sy_1 = lines[0, 3] + v * (lines[2, 3] - lines[0, 3]), lines[1, 3] + v * (lines[3, 3] - lines[1, 3])
        x, dx = np.float32(x_0 - crop[layer, 0]), np.float32((x_1 - x_0) * each)
        y, dy = np.float32(y_0 - crop[layer, 1]), np.float32((y_1 - y_0) * each)
        sx, dsx = np.float32(sx_0), np.float32((sx_1 - sx_0) * each)
        sy, dsy = np.float32(sy_0), np.float32((sy_1 - sy_0) * each)
        for i in range(columns):
            k = np.float32(i)
            hits[i] = settle(
                inverse_depth, offset, width, height, x + k * dx, y + k * dy, sx + k * dsx, sy + k * dsy, relax,
                reads, hits[i],
            )  # fmt: skip
        reads = reads_below
        for i in range(columns):
            if not is_first and clear[j, i] <= OPAQUE:
                continue
            k, w = np.float32(i), hits[i]
            if not one_level:
                level = level_of(footprint_share * min(blur_px, blur_px_of(w, blur)), dither)
            page = levels[layer, level]
            r, g, b, a = read(
                texels, page[0], np.int32(page[1]), np.int32(page[2]), ONE / np.float32(1 << level),
                x + k * dx + w * (sx + k * dsx), y + k * dy + w * (sy + k * dsy),
            )  # fmt: skip
            if is_sum:
                view[j, i, 0] += w0 * r
                view[j, i, 1] += w1 * g
                view[j, i, 2] += w2 * b
                view[j, i, 3] += w3 * a
            elif is_first:
                view[j, i, 0], view[j, i, 1], view[j, i, 2], view[j, i, 3] = r, g, b, a
                if not covers:
                    clear[j, i] = ONE - a
                    left_to_see = max(left_to_see, ONE - a)
            else:
                c = clear[j, i]
                view[j, i, 0] += c * r
                view[j, i, 1] += c * g
                view[j, i, 2] += c * b
                view[j, i, 3] += c * a
                clear[j, i] = c * (ONE - a)
                left_to_see = max(left_to_see, c * (ONE - a))
    return left_to_see


@jit
def many_surfaces(
    atlas, active, count, ranges, lines, blur, blur_px, footprint_share, dither, matrix, origin, photo, left, top,
    columns, rows, step, view, reads, relax,
):  # fmt: skip
    """Fill `view` whatever the tile can see: hits are met in the order of their depth."""
    texels, inverse_depth, bounds, crop, levels, blocks, _ = atlas
    layers = crop.shape[0]
    hits = np.empty(layers, np.float32)
    cursor = np.empty(layers, np.float32)  # how far a layer has been searched
    in_front = np.empty(layers, np.bool_)
    rises = np.empty(layers, np.float32)
    for place in range(count):
        layer = active[place]
        least, greatest = rise_of(lines, ranges[layer])
        rises[layer] = least
        relax[layer], left_share = relaxation(least, greatest)
        play = play_px(lines, ranges[layer])
        gentle = left_share < GENTLE or play < CLOSE_PX
        reads[layer] = reads_needed(play, left_share, CLOSE_PX) if gentle else -1
    for j in range(rows):
        for i in range(columns):
            px, py, slope_x, slope_y, _ = line_at(matrix, origin, photo, left + i * step + 0.5, top + j * step + 0.5)
            x, y = np.float32(px), np.float32(py)
            sx, sy = np.float32(slope_x), np.float32(slope_y)
            clear = ONE
            red = green = blue = alpha = np.float32(0)
            for place in range(count):
                layer = active[place]
                # A little nearer than the nearest, so that a surface of one depth is searched as well.
                nearer = ranges[layer, GREATEST] * np.float32(1 + 4e-7) + np.float32(1e-7)
                hits[layer], cursor[layer], in_front[layer] = MISS, nearer, True
            while clear > OPAQUE:
                # The nearest of the layers' next hits. Gentle layers answer first, for they cost little; the others are
                # then searched no farther than the nearest answer.
                nearest, w = -1, MISS
                for gentle in (True, False):
                    for place in range(count):
                        layer = active[place]
                        near, far = ranges[layer, GREATEST], ranges[layer, LEAST]
                        if near < w:
                            break
                        if hits[layer] == MISS and cursor[layer] > far:
                            if (reads[layer] >= 0) != gentle:
                                continue
                            at_x = x - np.float32(crop[layer, 0])
                            at_y = y - np.float32(crop[layer, 1])
                            offset = crop[layer, 4]
                            width, height = np.int32(crop[layer, 2]), np.int32(crop[layer, 3])
                            if gentle:
                                hits[layer] = settle(
                                    inverse_depth, offset, width, height, at_x, at_y, sx, sy, relax[layer],
                                    reads[layer], np.float32(0.5) * (near + far),
                                )  # fmt: skip
                                cursor[layer] = far
                            else:
                                limit = max(far, w)
                                if cursor[layer] > limit:
                                    hits[layer], in_front[layer] = march(
                                        inverse_depth, offset, width, height, bounds,
                                        blocks[layer, 0, 0], blocks[layer, 0, 1], at_x, at_y, sx, sy,
                                        rises[layer], cursor[layer], limit, in_front[layer],
                                    )  # fmt: skip
                                    cursor[layer] = max(hits[layer], limit)
                        if hits[layer] > w:
                            nearest, w = layer, hits[layer]
                if nearest < 0:
                    break
                level = level_of(footprint_share * min(blur_px, blur_px_of(w, blur)), dither)
                page = levels[nearest, level]
                r, g, b, a = read(
                    texels, page[0], np.int32(page[1]), np.int32(page[2]), ONE / np.float32(1 << level),
                    x - np.float32(crop[nearest, 0]) + w * sx, y - np.float32(crop[nearest, 1]) + w * sy,
                )  # fmt: skip
                red += clear * r
                green += clear * g
                blue += clear * b
                alpha += clear * a
                clear *= ONE - a
                # A ray that went through may meet a farther surface of the same layer.
                hits[nearest] = MISS
            view[j, i, 0], view[j, i, 1], view[j, i, 2], view[j, i, 3] = red, green, blue, alpha
