"""Compiled loops of the CPU engine: the tiles of the picture, and the samples of a tile."""

import math

import numpy as np

from relens.render.cpu_bounds import (
    ALPHA_LEAST,
    GREATEST,
    LEAST,
    ONE,
    corner_lines,
    jit,
    near_limit,
    nogil_jit,
    rise_of,
    tile_alpha,
)
from relens.render.cpu_hits import CLOSE_PX, GENTLE, reads_needed, relaxation
from relens.render.cpu_view import (
    OPAQUE,
    TILE_PX,
    active_layers,
    blur_px_of,
    many_surfaces,
    play_px,
    unfolded_surfaces,
)  # fmt: skip

_REPLICATES = 4  # estimate.REPLICATES
_UNLIMITED = np.float32(1e9)
# A sample's colour is prefiltered by this part of the spacing to its neighbours: at 0.5 the bias that prefiltering
# brings stays under the standard error (benchmarks/README.md).
_FOOTPRINT = np.float32(0.5)
_FEW_READS = 3
_LEAST_BLUR_PX = np.float32(0.1)  # under this a tile is the pinhole's


@jit
def _focus_of(focus, left, top, right, bottom, blur):
    """Least and greatest inverse depth of the plane of focus in a tile, into blur[1] and blur[3].

    focus: the plane as a function of column, row and 1, and how far colours may focus to either side of it.
    """
    least, greatest = np.inf, -np.inf
    for column in (left, right):
        for row in (top, bottom):
            w = focus[0] * column + focus[1] * row + focus[2]
            least, greatest = min(least, w), max(greatest, w)
    blur[1], blur[3] = least - focus[3], greatest + focus[3]


@jit
def _add(view, weight, pupil, rim, step, left, top, columns, rows, light, weights, for_all):
    """Add a view to the sums; for_all: weights that every pixel has got.

    rim: the field position as a function of column and row, times the cat's-eye; see relens.render.rim.
    """
    w0, w1, w2, w3 = np.float32(weight[0]), np.float32(weight[1]), np.float32(weight[2]), np.float32(weight[3])
    if rim[0] == 0 or pupil[0] != pupil[0]:
        for j in range(rows):
            for i in range(columns):
                light[j, i, 0] += w0 * view[j, i, 0]
                light[j, i, 1] += w1 * view[j, i, 1]
                light[j, i, 2] += w2 * view[j, i, 2]
                light[j, i, 3] += w3 * view[j, i, 3]
        for c in range(4):
            for_all[c] += np.float32(weight[c])
        return
    for j in range(rows):
        y = pupil[1] + rim[0] * (top + j * step + 0.5 - rim[2])
        for i in range(columns):
            x = pupil[0] + rim[0] * (left + i * step + 0.5 - rim[1])
            if not x * x + y * y > 1.0:
                for c in range(4):
                    light[j, i, c] += np.float32(weight[c]) * view[j, i, c]
                    weights[j, i, c] += np.float32(weight[c])


@jit
def _close_replicate(light, weights, for_all, columns, rows, total, total_weights, sums):
    """Move a replicate's sums to the totals, and note its luminance: count, sum and sum of squares in `sums`."""
    for j in range(rows):
        for i in range(columns):
            for c in range(4):
                weights[j, i, c] += for_all[c]
            if weights[j, i, 0] > 0 and weights[j, i, 1] > 0 and weights[j, i, 2] > 0:
                luminance = (
                    np.float64(0.2126) * light[j, i, 0] / weights[j, i, 0]
                    + np.float64(0.7152) * light[j, i, 1] / weights[j, i, 1]
                    + np.float64(0.0722) * light[j, i, 2] / weights[j, i, 2]
                )
                sums[j, i, 0] += 1
                sums[j, i, 1] += luminance
                sums[j, i, 2] += luminance * luminance
            for c in range(4):
                total[j, i, c] += light[j, i, c]
                total_weights[j, i, c] += weights[j, i, c]
                light[j, i, c] = 0
                weights[j, i, c] = 0
    for_all[:] = 0


@jit
def _deposit(total, weights, sums, columns, rows, step, left, top, right, bottom, picture, variance):
    """Write a tile's means into the picture, linearly between the pixels that were taken."""
    for j in range(rows):
        for i in range(columns):
            for c in range(4):
                total[j, i, c] /= max(weights[j, i, c], np.float32(1e-12))
            n = sums[j, i, 0]
            if n > 1:
                spread = max(sums[j, i, 2] - sums[j, i, 1] * sums[j, i, 1] / n, 0.0)
                sums[j, i, 0] = spread / (n * (n - 1))
            else:
                sums[j, i, 0] = np.inf
    each = ONE / np.float32(step)
    for row in range(top, bottom):
        j, v = (row - top) // step, np.float32((row - top) % step) * each
        below = j + 1 if v > 0 else j
        for column in range(left, right):
            i, u = (column - left) // step, np.float32((column - left) % step) * each
            right_of = i + 1 if u > 0 else i
            for c in range(4):
                upper = total[j, i, c] + (total[j, right_of, c] - total[j, i, c]) * u
                lower = total[below, i, c] + (total[below, right_of, c] - total[below, i, c]) * u
                picture[row, column, c] = upper + (lower - upper) * v
            variance[row, column] = sums[j, i, 0]


@jit
def _is_alone(atlas, layer, lines, blur, footprint_share, limit, scratch, ranges):
    """Whether the whole pupil's bounds serve every view.

    The layer is opaque, before the eye in every view (up to `limit`), and few reads settle a hit in it.
    """
    _, _, bounds, crop, _, blocks, _ = atlas
    own = ranges[layer]
    widest_px = max(blur_px_of(own[LEAST], blur), blur_px_of(own[GREATEST], blur))
    tile_alpha(bounds, blocks[layer], crop[layer], lines, footprint_share * widest_px, scratch, own)
    least, greatest = rise_of(lines, own)
    _, left_share = relaxation(least, greatest)
    gentle = left_share <= GENTLE and reads_needed(play_px(lines, own), left_share, CLOSE_PX) <= _FEW_READS
    return gentle and own[GREATEST] <= limit and own[ALPHA_LEAST] > ONE - OPAQUE


@jit
def _motion_px(lines, pupil_range, active, seen):
    """How far, in texels, what a tile sees moves while the shutter is open, by the first and the last bounding rays."""
    most = 0.0
    last = lines.shape[0] - 16
    for place in range(seen):
        for w in pupil_range[active[place]]:
            for corner in range(16):
                x = lines[corner, 0] - lines[last + corner, 0] + w * (lines[corner, 2] - lines[last + corner, 2])
                y = lines[corner, 1] - lines[last + corner, 1] + w * (lines[corner, 3] - lines[last + corner, 3])
                most = max(most, x * x + y * y)
    return np.float32(math.sqrt(most))


@nogil_jit
def render_tiles(
    tiles, size, atlas, views, a_sample, bounding, first, photo, blur_px_m, focus, eye_z, rim, spread_px,
    samples_per_px2, picture, counts, variance,
):  # fmt: skip
    """Render the tiles with the given numbers into picture (h, w, 4), counts and variance (h, w).

    views: direction, origin, weight, pupil (rays.Views): the pinhole's, then the block's, then `bounding` of them that
    bound the pupil; more than four where the camera moves. a_sample: views of a lens sample. first: how many samples
    of the sequence earlier blocks have taken. photo: fx, fy, cx, cy of the photo. blur_px_m: blur disc for each 1/m.
    focus, rim: see _focus_of and _add. eye_z: how far the eye moved forward. samples_per_px2: samples wanted for each
    square pixel of blur.
    """
    _, _, _, crop, _, _, depth_range = atlas
    directions, origins, weights_of, pupils = views
    width, height = size
    tiles_across = (width + TILE_PX - 1) // TILE_PX
    block_views = directions.shape[0] - 1 - bounding
    block = block_views // a_sample
    corners = 1 + block_views
    layers = crop.shape[0]
    scratch, blur = np.empty(8, np.float32), np.empty(4, np.float32)
    pupil_range = np.empty((layers, 2), np.float32)  # what any point of the pupil may see
    ranges, active = np.empty((layers, 8), np.float32), np.empty(layers, np.int64)
    reads, relax = np.empty(layers, np.int64), np.empty(layers, np.float32)
    lines, all_lines = np.empty((4, 4), np.float64), np.empty((4 * bounding, 4), np.float64)
    view = np.empty((TILE_PX + 1, TILE_PX + 1, 4), np.float32)
    clear = np.empty((TILE_PX + 1, TILE_PX + 1), np.float32)
    hits = np.empty(TILE_PX + 1, np.float32)
    light, weights = np.zeros_like(view), np.zeros_like(view)
    total, total_weights = np.zeros_like(view), np.zeros_like(view)
    for_all = np.zeros(4, np.float32)
    sums = np.zeros((TILE_PX + 1, TILE_PX + 1, 3), np.float64)
    for job in range(tiles.shape[0]):
        tile = tiles[job]
        left, top = (tile % tiles_across) * TILE_PX, (tile // tiles_across) * TILE_PX
        right, bottom = min(left + TILE_PX, width), min(top + TILE_PX, height)
        for sum_of in (light, weights, total, total_weights):
            sum_of[:] = 0
        sums[:] = 0
        blur[0], blur[2] = blur_px_m, eye_z
        _focus_of(focus, left, top, left + TILE_PX, top + TILE_PX, blur)

        # How much blur can this tile hold? The rays from the pupil's corners bound all others.
        forward, first_eye, last_eye = True, np.inf, -np.inf
        for corner in range(bounding):
            forward &= corner_lines(
                directions[corners + corner], origins[corners + corner], photo, left - spread_px, top - spread_px,
                left + TILE_PX + 1 + spread_px, top + TILE_PX + 1 + spread_px,
                all_lines[4 * corner : 4 * corner + 4],
            )  # fmt: skip
            eye = origins[corners + corner, 2]
            first_eye, last_eye = min(first_eye, eye), max(last_eye, eye)
        finest_share = np.float32(math.sqrt(math.pi / 4 / (first + block)))
        seen = 0
        if forward:
            seen = active_layers(
                atlas, depth_range, all_lines, blur, near_limit(first_eye), near_limit(last_eye), finest_share,
                _UNLIMITED, ranges, active, scratch,
            )  # fmt: skip
        blur_px, least_px = np.float32(0), _UNLIMITED
        pupil_range[:, 0], pupil_range[:, 1] = ONE, -ONE
        for place in range(seen):
            layer = active[place]
            pupil_range[layer, 0], pupil_range[layer, 1] = ranges[layer, LEAST], ranges[layer, GREATEST]
            blur_far, blur_near = blur_px_of(ranges[layer, LEAST], blur), blur_px_of(ranges[layer, GREATEST], blur)
            blur_px = max(blur_px, blur_far, blur_near)
            middle_px = blur_px_of(np.float32(0.5) * (ranges[layer, LEAST] + ranges[layer, GREATEST]), blur)
            # Halfway between, the blur is the mean of both, unless the plane of focus lies in between.
            in_focus = middle_px < np.float32(0.499) * (blur_far + blur_near)
            least_px = np.float32(0) if in_focus else min(least_px, blur_far, blur_near)

        # Samples follow the square of the blur, by defocus and by motion.
        spread = blur_px + _motion_px(all_lines, pupil_range, active, seen) if bounding > 4 else blur_px
        count = block
        if spread < _LEAST_BLUR_PX:
            count = 0 if first > 0 else 1
        else:
            taken = 8
            while taken < max(spread * spread, np.float32(8)) * samples_per_px2:
                taken *= 2
            count = min(block, max(0, taken - first))
        counts[top:bottom, left:right] = count
        if count == 0:
            variance[top:bottom, left:right] = 0
            continue
        pinhole = spread < _LEAST_BLUR_PX
        # Neighbouring samples are this far apart, as a fraction of the blur disc's diameter: the side of a square that
        # holds one sample's share of the disc's area.
        footprint_share = (
            np.float32(0) if pinhole else _FOOTPRINT * np.float32(math.sqrt(math.pi / 4 / (first + count)))
        )
        # Pixels may be taken as far apart as samples are: finer detail is not in the picture.
        step = 1
        while step < TILE_PX and np.float32(2 * step) <= least_px * footprint_share:
            step *= 2
        columns = right - left if step == 1 else TILE_PX // step + 1
        rows = bottom - top if step == 1 else TILE_PX // step + 1
        # Bounds of its own for every view cost as much as a tile's pixels, where one opaque layer is all there is.
        alone = seen == 1 and _is_alone(
            atlas, active[0], all_lines, blur, footprint_share, near_limit(last_eye), scratch, ranges
        )  # fmt: skip
        views_taken = 1 if pinhole else count * a_sample
        done = 0
        for index in range(views_taken):
            number = index if pinhole else 1 + index
            matrix, origin = directions[number], origins[number]
            forward = corner_lines(
                matrix, origin, photo, left, top, left + (columns - 1) * step + 1, top + (rows - 1) * step + 1, lines
            )
            # Dither from view to view blends neighbouring levels without reading both.
            dither = np.float32(2.0 ** (((first * a_sample + index + 0.5) * 0.7548776662466927) % 1.0))
            filled = False
            added = alone and forward and rim[0] == 0
            if added:
                added = unfolded_surfaces(
                    atlas, active, 1, ranges, lines, blur, blur_px, footprint_share, dither, columns, rows, light,
                    clear, hits, weights_of[number], True,
                )  # fmt: skip
            if added:
                for c in range(4):
                    for_all[c] += np.float32(weights_of[number, c])
            elif forward:
                met = 1
                if not alone:
                    met = active_layers(
                        atlas, pupil_range, lines, blur, near_limit(origin[2]), near_limit(origin[2]), footprint_share,
                        blur_px, ranges, active, scratch,
                    )  # fmt: skip
                filled = met > 0 and unfolded_surfaces(
                    atlas, active, met, ranges, lines, blur, blur_px, footprint_share, dither, columns, rows, view,
                    clear, hits, weights_of[number], False,
                )  # fmt: skip
                if met > 0 and not filled:
                    many_surfaces(
                        atlas, active, met, ranges, lines, blur, blur_px, footprint_share, dither, matrix, origin,
                        photo, left, top, columns, rows, step, view, reads, relax,
                    )  # fmt: skip
                    filled = True
            if not (added or filled):
                view[:] = 0
            if not added:
                _add(
                    view, weights_of[number], pupils[number], rim, step, left, top, columns, rows, light, weights,
                    for_all,
                )  # fmt: skip
            if (index + 1) * _REPLICATES // views_taken > done:
                done = (index + 1) * _REPLICATES // views_taken
                _close_replicate(light, weights, for_all, columns, rows, total, total_weights, sums)
        _deposit(total, total_weights, sums, columns, rows, step, left, top, right, bottom, picture, variance)
        if pinhole:
            variance[top:bottom, left:right] = 0
