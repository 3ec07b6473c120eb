"""Compiled depth of the CPU engine: how far a pinhole sees."""

import numpy as np

from relens.render.cpu_bounds import (
    ALPHA_LEAST,
    GREATEST,
    LEAST,
    MISS,
    ONE,
    corner_lines,
    line_at,
    near_limit,
    nogil_jit,
    rise_of,
)
from relens.render.cpu_hits import CLOSE_PX, GENTLE, march, read, reads_needed, relaxation, settle
from relens.render.cpu_view import OPAQUE, TILE_PX, active_layers, play_px


@nogil_jit
def pinhole_depth(tiles, size, atlas, direction, origin, photo, depth):
    """Inverse depth, in the photo's frame, at which a pinhole's rays have met half their coverage; NaN where never.

    Only the tiles with the given numbers are looked at.
    """
    texels, inverse_depth, bounds, crop, levels, blocks, depth_range = atlas
    width, height = size
    layers = crop.shape[0]
    tiles_across = (width + TILE_PX - 1) // TILE_PX
    for job in range(tiles.shape[0]):
        tile = tiles[job]
        left, top = (tile % tiles_across) * TILE_PX, (tile // tiles_across) * TILE_PX
        right, bottom = min(left + TILE_PX, width), min(top + TILE_PX, height)
        ranges, lines = np.empty((layers, 8), np.float32), np.empty((4, 4), np.float64)
        scratch, blur, active = np.empty(8, np.float32), np.zeros(4, np.float32), np.empty(layers, np.int64)
        hits, rises = np.empty(layers, np.float32), np.empty(layers, np.float32)
        reads, relax = np.empty(layers, np.int64), np.empty(layers, np.float32)
        limit = near_limit(origin[2])
        if not corner_lines(direction, origin, photo, left, top, right, bottom, lines):
            continue
        # No blur, and so no footprint: every layer that is not hidden counts.
        met = active_layers(
            atlas, depth_range, lines, blur, limit, limit, np.float32(0), np.float32(0), ranges, active, scratch
        )
        for place in range(met):
            layer = active[place]
            rises[layer], greatest = rise_of(lines, ranges[layer])
            relax[layer], left_share = relaxation(rises[layer], greatest)
            play = play_px(lines, ranges[layer])
            gentle = left_share < GENTLE or play < CLOSE_PX
            # One read more than the place needs: the depth itself is wanted.
            reads[layer] = 1 + reads_needed(play, left_share, CLOSE_PX) if gentle else -1
        # Without rotation rays are equally spaced.
        even = direction[2, 0] == 0 and direction[2, 1] == 0
        for row in range(top, bottom):
            x_0, y_0, sx_0, sy_0, _ = line_at(direction, origin, photo, left + 0.5, row + 0.5)
            x_1, y_1, sx_1, sy_1, _ = line_at(direction, origin, photo, left + 1.5, row + 0.5)
            for column in range(left, right):
                if even:
                    k = np.float32(column - left)
                    x, y = np.float32(x_0) + k * np.float32(x_1 - x_0), np.float32(y_0) + k * np.float32(y_1 - y_0)
                    sx, sy = np.float32(sx_0) + k * np.float32(sx_1 - sx_0), np.float32(sy_0)
                    sy += k * np.float32(sy_1 - sy_0)
                else:
                    x_0, y_0, sx_0, sy_0, _ = line_at(direction, origin, photo, column + 0.5, row + 0.5)
                    x, y = np.float32(x_0), np.float32(y_0)
                    sx, sy = np.float32(sx_0), np.float32(sy_0)
                for place in range(met):
                    layer = active[place]
                    near, far = ranges[layer, GREATEST], ranges[layer, LEAST]
                    at_x, at_y = x - np.float32(crop[layer, 0]), y - np.float32(crop[layer, 1])
                    offset = crop[layer, 4]
                    across, down = np.int32(crop[layer, 2]), np.int32(crop[layer, 3])
                    if reads[layer] >= 0:
                        hits[layer] = settle(
                            inverse_depth, offset, across, down, at_x, at_y, sx, sy, relax[layer], reads[layer],
                            np.float32(0.5) * (near + far),
                        )  # fmt: skip
                    else:
                        nearer = near * np.float32(1 + 4e-7) + np.float32(1e-7)
                        hits[layer], _ = march(
                            inverse_depth, offset, across, down, bounds, blocks[layer, 0, 0],
                            blocks[layer, 0, 1], at_x, at_y, sx, sy, rises[layer], nearer, far, True,
                        )  # fmt: skip
                clear = ONE
                while clear > 0.5:
                    nearest, w = -1, MISS
                    for place in range(met):
                        if hits[active[place]] > w:
                            nearest, w = active[place], hits[active[place]]
                    if nearest < 0:
                        break
                    hits[nearest] = MISS
                    if ranges[nearest, ALPHA_LEAST] > ONE - OPAQUE:
                        depth[row, column] = w
                        break
                    page = levels[nearest, 0]
                    _, _, _, alpha = read(
                        texels, page[0], np.int32(page[1]), np.int32(page[2]), ONE,
                        x - np.float32(crop[nearest, 0]) + w * sx,
                        y - np.float32(crop[nearest, 1]) + w * sy,
                    )  # fmt: skip
                    clear *= ONE - alpha
                    if clear <= 0.5:
                        depth[row, column] = w
