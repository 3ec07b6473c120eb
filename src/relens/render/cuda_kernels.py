# type: ignore
# ruff: noqa: UP018, RUF046
# Warp's kernel language is not quite Python: float(0.0) declares a variable, and its arrays hold structs.
"""CUDA kernel that takes a picture: one thread a pixel, all samples in a loop, one block of threads a tile.

Same estimator, same samples and the same prefiltering as the CPU engine (`relens.render.cpu_tiles`). Work per lens
sample where a tile meets one gentle, opaque surface (nearly everywhere): one or two bilinear reads of inverse depth (16
bytes and about 30 operations each), one of RGBA (64 bytes in four 16-byte loads, about 50 operations), and about 60 to
set up the ray, choose the level and add; the plan and the tables, 128 bytes, are the same for all threads of a block.
Neighbours share cache lines, and prefiltering keeps small what a tile reads, so most of these bytes come from the first
cache. What memory itself must move is the scene and the picture once, and the plan twice:

    floor = (25.5 B x texels of all layers + 24 B x pixels + 2 (48 B + 16 B x layers) x tiles x views) / bandwidth

For 3840x2160, two layers of that size and 64 samples: 0.42 GB, 0.20 GB and 0.33 GB; 0.2 ms at 4.8 TB/s. The arithmetic
weighs more: 531 million lens samples at 200 operations are 106 G, 3.2 ms of an H200's 33.5 T a second. (Counted from
the source, not measured.) Texels stay float32: in half precision a flat field would not be flat to 1e-5.
"""

import warp as wp

from relens.render.cuda_carriers import (
    LEVELS,
    MANY,
    NOTHING,
    OPAQUE,
    RAYS,
    TILE_PX,
    DeviceScene,
    Ray,
    Shot,
    TilePlan,
    blur_px_of,
)
from relens.render.cuda_hits import MISS, march, read, settle, vector_at

MAX_LAYERS = 8
THREADS = TILE_PX * TILE_PX

_REPLICATES = 4  # estimate.REPLICATES
_PerLayer = wp.types.vector(length=MAX_LAYERS, dtype=wp.float32)

wp.set_module_options({"enable_backward": False})


@wp.struct
class Seen:
    """What a ray has gathered, and the inverse depth at which half of it was stopped."""

    rgba: wp.vec4
    half: wp.float32


@wp.func
def _colour(scene: DeviceScene, shot: Shot, plan: TilePlan, layer: int, ray: Ray, w: float):
    """RGBA where a ray meets a surface, from the level whose texel is as wide as the sample's footprint there.

    The dither from view to view blends neighbouring levels without reading both.
    """
    blur_px = blur_px_of(w, shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
    footprint = plan.footprint_share * wp.min(plan.blur_px, blur_px) * ray.dither
    # The exponent of a float is the whole part of its logarithm.
    level = wp.min((wp.cast(wp.max(footprint, 1.0), wp.int32) >> 23) - 127, LEVELS - 1)
    return read(scene, layer, level, ray.x + w * ray.sx, ray.y + w * ray.sy)


@wp.func
def _look(scene: DeviceScene, shot: Shot, plan: TilePlan, views: wp.array[wp.vec4], search_at: int, ray: Ray):
    """What a ray gathers whatever it can meet: hits in the order of their depth."""
    seen = Seen()
    seen.half = wp.nan
    layers = scene.crop.shape[0]
    # How far each layer has been searched, on which side of it the ray is there, and its next hit.
    hits, cursors, in_front = _PerLayer(), _PerLayer(), _PerLayer()
    for layer in range(layers):
        hits[layer] = MISS
        cursors[layer] = vector_at(views, search_at + layer)[0]
        in_front[layer] = 1.0
    clear = float(1.0)
    while clear > OPAQUE:
        # The nearest of the layers' next hits. Gentle layers answer first, for they cost little; the others are then
        # searched no farther than the nearest answer.
        nearest, w = int(-1), float(MISS)
        for marched in range(2):
            for layer in range(layers):
                search = vector_at(views, search_at + layer)
                if search[0] >= search[1] and search[0] >= w:
                    waits = hits[layer] == MISS and cursors[layer] >= search[1]
                    if waits and marched == 0 and search[3] >= 0.0:
                        hits[layer] = settle(scene, layer, ray, search)
                        cursors[layer] = -1.0
                    if waits and marched == 1 and search[3] < 0.0:
                        limit = wp.max(search[1], w)
                        if cursors[layer] > limit:
                            hit = march(scene, layer, ray, search[2], cursors[layer], limit, int(in_front[layer]))
                            hits[layer] = hit.w
                            in_front[layer] = float(hit.in_front)
                            cursors[layer] = wp.max(hit.w, limit)
                            if cursors[layer] <= search[1]:
                                cursors[layer] = -1.0
                    if hits[layer] > w:
                        nearest, w = layer, hits[layer]
        if nearest < 0:
            return seen
        rgba = _colour(scene, shot, plan, nearest, ray, w)
        seen.rgba += clear * rgba
        before = clear
        clear *= 1.0 - rgba[3]
        if before > 0.5 and clear <= 0.5:
            seen.half = w
        # A ray that went through may meet a farther surface of the same layer.
        hits[nearest] = MISS
    return seen


@wp.kernel
def take_tiles(
    scene: DeviceScene,
    shot: Shot,
    tiles: wp.array[wp.int32],
    plans: wp.array[TilePlan],
    views: wp.array[wp.vec4],
    most_views: int,
    picture: wp.array2d[wp.vec4],
    counts: wp.array2d[wp.int32],
    variance: wp.array2d[wp.float32],
    half_stopped: wp.array2d[wp.float32],
):
    """One thread a pixel: the mean over the pupil, its variance, and where half of the last view's ray is stopped.

    Launched with THREADS threads a block, so that a block is a tile and a warp 8x4 of its pixels.
    """
    thread = wp.tid()
    slot, place = thread // THREADS, thread % THREADS
    tiles_across = (shot.width + TILE_PX - 1) // TILE_PX
    i = (place & 7) + ((place >> 5) & 1) * 8
    j = ((place >> 3) & 3) + (place >> 6) * 4
    column, row = (tiles[slot] % tiles_across) * TILE_PX + i, (tiles[slot] // tiles_across) * TILE_PX + j
    if column >= shot.width or row >= shot.height:
        return
    plan = plans[slot]
    counts[row, column] = plan.count
    if plan.views == 0:
        variance[row, column] = 0.0
        return
    dx, dy = float(i - TILE_PX // 2) + 0.5, float(j - TILE_PX // 2) + 0.5
    field = wp.vec2(shot.rim[0] * (float(column) + 0.5 - shot.rim[1]), shot.rim[0] * (float(row) + 0.5 - shot.rim[2]))
    light, weights, total, total_weights = wp.vec4(), wp.vec4(), wp.vec4(), wp.vec4()
    replicates, offset, sum, squares = float(0.0), float(0.0), float(0.0), float(0.0)
    half = float(wp.nan)
    done = int(0)
    for index in range(plan.views):
        view = (slot * most_views + index) * (RAYS + scene.crop.shape[0])
        turn = vector_at(views, view + 2)
        mode = int(turn[3])
        pupil = vector_at(shot.pupil, plan.first_view + index)
        seen = Seen()
        seen.half = wp.nan
        if mode != NOTHING:
            at, across = vector_at(views, view), vector_at(views, view + 1)
            each = 1.0 / (1.0 + turn[0] * dx + turn[1] * dy)
            moved_x, moved_y = (across[0] * dx + across[2] * dy) * each, (across[1] * dx + across[3] * dy) * each
            ray = Ray()
            ray.x = at[0] + moved_x
            ray.y = at[1] + moved_y
            ray.sx = at[2] + turn[2] * moved_x
            ray.sy = at[3] + turn[2] * moved_y
            ray.dither = pupil[2]
            if mode == MANY:
                seen = _look(scene, shot, plan, views, view + RAYS, ray)
            else:
                w = settle(scene, mode, ray, vector_at(views, view + RAYS + mode))
                if w > MISS:
                    seen.rgba = _colour(scene, shot, plan, mode, ray, w)
                    seen.half = w
        half = seen.half
        weight = vector_at(shot.weight, plan.first_view + index)
        away = wp.vec2(pupil[0], pupil[1]) + field
        if not wp.dot(away, away) > 1.0 or shot.rim[0] == 0.0:
            light += wp.cw_mul(weight, seen.rgba)
            weights += weight
        if (index + 1) * _REPLICATES // plan.views > done:
            done = (index + 1) * _REPLICATES // plan.views
            if weights[0] > 0.0 and weights[1] > 0.0 and weights[2] > 0.0:
                luminance = (
                    0.2126 * light[0] / weights[0] + 0.7152 * light[1] / weights[1] + 0.0722 * light[2] / weights[2]
                )
                if replicates == 0.0:
                    offset = luminance
                replicates += 1.0
                sum += luminance - offset
                squares += (luminance - offset) * (luminance - offset)
            total += light
            total_weights += weights
            light, weights = wp.vec4(), wp.vec4()
    mean = wp.cw_div(total, wp.max(total_weights, wp.vec4(1.0e-12)))
    picture[row, column] = mean
    spread = float(wp.inf)
    if plan.first_view == 0:
        spread = 0.0
    elif replicates > 1.0:
        spread = wp.max(squares - sum * sum / replicates, 0.0) / (replicates * (replicates - 1.0))
    variance[row, column] = spread
    if half_stopped.shape[0] > 0:
        half_stopped[row, column] = half
