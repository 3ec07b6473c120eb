# type: ignore
# ruff: noqa: UP018, RUF046
# Warp's kernel language is not quite Python: float(0.0) declares a variable, and its arrays hold structs.
"""CUDA kernels that plan a picture: what each tile may see, how many samples it takes, and what each view may meet.

The bounds are the CPU engine's (`relens.render.cpu_bounds`), from the same atlas. One thread bounds one tile over the
whole pupil; then one thread bounds one tile in one view, so that the render kernel's threads find ready numbers: 12 for
the rays, 4 for each layer. NVIDIA Warp compiles the annotated functions, for its "cpu" device as well.
"""

import warp as wp

from relens.render.cuda_bounds import Met, beam_of, box_bounds, line_at, met_of, motion_px2_of, rise_of
from relens.render.cuda_carriers import (
    FAR,
    MANY,
    NOTHING,
    OPAQUE,
    RAYS,
    TILE_PX,
    DeviceScene,
    Shot,
    TilePlan,
    blur_px_of,
)

_GENTLE = 0.6  # iteration is used where every read leaves at most this share of the distance
_CLOSE_PX = 0.03  # a hit is settled when it moves less than this
_LEAST_BLUR_PX = 0.1  # under this a tile is the pinhole's
_FOOTPRINT = 0.7

wp.set_module_options({"enable_backward": False})


@wp.func
def _search(depth: wp.vec2, rise: wp.vec2, slope_px: float, close_px: float, exact: int):
    """How to find a hit between two inverse depths: near, far, and for iteration its step and how close is settled.

    While the surface rises more slowly than the ray (rise < 1), w <- w + (D(x(w)) - w) / (1 - r) leaves at most the
    share `left` of the distance to the one hit, r the middle of the possible rises (see relens.render.cpu_hits). After
    a step the distance is at most left / (1 - left) of that step. For marching: the share of the gap that is safe to
    cross, and -1. The step is 0 where the range's middle is close enough as it is.
    """
    near, far = depth[1], depth[0]
    relax, left = float(1.0), float(FAR)
    if rise[1] <= 0.9:
        relax = 2.0 / (2.0 - rise[1] - rise[0])
        left = (rise[1] - rise[0]) / (2.0 - rise[1] - rise[0])
    half_px = 0.5 * slope_px * (near - far)
    if half_px <= close_px and exact == 0:
        return wp.vec4(near, far, 0.0, FAR)
    if left > _GENTLE and (half_px > close_px or left > 1.0):
        # A little nearer than the nearest, so that a surface of one depth is searched as well.
        return wp.vec4(near * (1.0 + 4.0e-7) + 1.0e-7, far, 1.0 / (1.0 + wp.max(-rise[0], 0.0)), -1.0)
    settled = close_px / slope_px
    if exact == 1:
        settled = wp.min(settled, 1.0e-6 * (near + 1.0e-3))
    return wp.vec4(near, far, relax, wp.min(settled * (1.0 - left) / wp.max(left, 1.0e-6), FAR))


@wp.func
def _write_rays(
    shot: Shot,
    view: int,
    column: float,
    row: float,
    mode: int,
    view_plans: wp.array3d[wp.vec4],
    slot: int,
    index: int,
):
    """The rays of a view around a pixel position, exact for turned cameras too.

    x = x0 + (a i + b j) / (1 + c i + d j) in texels of the photo, y likewise, and the slope changes by x and y alike.
    Written: x0, y0 and the slopes there; the changes of x and y by column, then by row; c, d, the change of the slope,
    and the tile's mode.
    """
    matrix, origin = shot.matrix[view], shot.origin[view]
    direction = matrix * wp.vec3d(wp.float64(column), wp.float64(row), wp.float64(1.0))
    line = line_at(shot, view, wp.float64(column), wp.float64(row))
    dz = direction[2]
    by_column, by_row = matrix[2, 0] / dz, matrix[2, 1] / dz
    vx, vy = direction[0] / dz, direction[1] / dz
    view_plans[slot, index, 0] = wp.vec4(float(line[0]), float(line[1]), float(line[2]), float(line[3]))
    view_plans[slot, index, 1] = wp.vec4(
        float(shot.photo[0] * (matrix[0, 0] / dz - vx * by_column)),
        float(shot.photo[1] * (matrix[1, 0] / dz - vy * by_column)),
        float(shot.photo[0] * (matrix[0, 1] / dz - vx * by_row)),
        float(shot.photo[1] * (matrix[1, 1] / dz - vy * by_row)),
    )
    view_plans[slot, index, 2] = wp.vec4(float(by_column), float(by_row), float(-origin[2]), float(mode))


@wp.kernel
def plan_tiles(
    scene: DeviceScene, shot: Shot, tiles: wp.array[wp.int32], ranges: wp.array2d[wp.vec2], plans: wp.array[TilePlan]
):
    """One thread a tile: which depths of each layer the whole pupil may see, and how many samples the tile takes."""
    slot = wp.tid()
    across = (shot.width + TILE_PX - 1) // TILE_PX
    left, top = (tiles[slot] % across) * TILE_PX, (tiles[slot] // across) * TILE_PX
    layers = scene.crop.shape[0]
    plan = TilePlan()
    plan.focus_least = FAR
    plan.focus_greatest = -FAR
    for corner in range(4):
        column, row = float(left + (corner % 2) * TILE_PX), float(top + (corner // 2) * TILE_PX)
        w = shot.focus[0] * column + shot.focus[1] * row + shot.focus[2]
        plan.focus_least = wp.min(plan.focus_least, w)
        plan.focus_greatest = wp.max(plan.focus_greatest, w)
    plan.focus_least -= shot.focus[3]
    plan.focus_greatest += shot.focus[3]

    finest = wp.sqrt(0.7853982 / float(wp.max(shot.first + shot.block, 1)))
    pupil, pupil_views = 1 + shot.block * shot.a_sample, int(shot.bounding)
    if shot.block == 0:
        pupil, pupil_views = 0, 1
    spread = shot.spread_px
    beam = beam_of(
        shot, pupil, pupil_views, left - spread, top - spread, left + TILE_PX + spread, top + TILE_PX + spread
    )
    seen, last, opaque_far = int(0), int(-1), float(-FAR)
    for layer in range(layers):
        met = Met()
        met.depth = wp.vec2(1.0, -1.0)
        if beam.forward == 1:
            met = met_of(scene, layer, beam, scene.depth_range[layer], 4)
        if met.depth[0] <= met.depth[1]:
            far_px = blur_px_of(met.depth[0], shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
            near_px = blur_px_of(met.depth[1], shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
            alpha = box_bounds(scene, layer, beam, met.depth, 2.0 + 3.0 * finest * wp.max(far_px, near_px)).alpha
            if alpha[1] <= 0.0:
                met.depth = wp.vec2(1.0, -1.0)
            elif alpha[0] > 1.0 - OPAQUE:
                opaque_far = wp.max(opaque_far, met.depth[0])
        ranges[slot, layer] = met.depth
    for layer in range(layers):
        depth = ranges[slot, layer]
        if depth[0] <= depth[1] and depth[1] >= opaque_far:
            far_px = blur_px_of(depth[0], shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
            near_px = blur_px_of(depth[1], shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
            plan.blur_px = wp.max(plan.blur_px, wp.max(far_px, near_px))
            seen, last = seen + 1, layer
        else:
            ranges[slot, layer] = wp.vec2(1.0, -1.0)
    plan.alone = -1
    if seen == 1 and opaque_far > -FAR:
        plan.alone = last

    # Samples follow the square of the blur, by defocus and by motion.
    blur_px = plan.blur_px
    if pupil_views > 4:
        motion_px2 = float(0.0)
        for layer in range(layers):
            depth = ranges[slot, layer]
            if depth[0] <= depth[1]:
                for end in range(2):
                    motion_px2 = wp.max(motion_px2, motion_px2_of(shot, pupil, left, top, depth[end]))
        blur_px += wp.sqrt(motion_px2)
    if blur_px < _LEAST_BLUR_PX or shot.block == 0:
        plan.count = wp.where(shot.first > 0, 0, 1)
        plan.views = plan.count
    else:
        taken = int(8)
        while float(taken) < wp.max(blur_px * blur_px, 8.0) * shot.samples_a_px2:
            taken *= 2
        plan.count = wp.clamp(taken - shot.first, 0, shot.block)
        plan.first_view = 1
        plan.views = plan.count * shot.a_sample
        plan.footprint_share = _FOOTPRINT * wp.sqrt(0.7853982 / float(shot.first + wp.max(plan.count, 1)))
    plans[slot] = plan


@wp.kernel
def plan_views(
    scene: DeviceScene,
    shot: Shot,
    tiles: wp.array[wp.int32],
    ranges: wp.array2d[wp.vec2],
    plans: wp.array[TilePlan],
    exact: int,
    view_plans: wp.array3d[wp.vec4],
):
    """One thread a tile and view: its rays (see `_write_rays`), then for each layer how to search it (see `_search`).

    exact: settle the depth itself, not only the place.
    """
    slot, index = wp.tid()
    plan = plans[slot]
    if index >= plan.views:
        return
    across = (shot.width + TILE_PX - 1) // TILE_PX
    left, top = (tiles[slot] % across) * TILE_PX, (tiles[slot] // across) * TILE_PX
    view = plan.first_view + index
    beam = beam_of(shot, view, 1, left, top, left + TILE_PX, top + TILE_PX)
    layers = scene.crop.shape[0]
    seen, mode, opaque_far = int(0), int(NOTHING), float(-FAR)
    slope_x = wp.max(wp.abs(beam.sx[0]), wp.abs(beam.sx[1]))
    slope_y = wp.max(wp.abs(beam.sy[0]), wp.abs(beam.sy[1]))
    slope_px = wp.max(wp.sqrt(slope_x * slope_x + slope_y * slope_y), 1.0e-12)
    for layer in range(layers):
        depth = ranges[slot, layer]
        search = wp.vec4(-1.0, 1.0, 0.0, 0.0)  # near < far: nothing there
        if beam.forward == 1 and depth[0] <= depth[1]:
            met = met_of(scene, layer, beam, depth, 2)
            if met.depth[0] <= met.depth[1]:
                far_px = blur_px_of(met.depth[0], shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
                near_px = blur_px_of(met.depth[1], shot.eye_z, plan.focus_least, plan.focus_greatest, shot.blur_px_m)
                footprint = plan.footprint_share * wp.min(plan.blur_px, wp.max(far_px, near_px))
                opaque = plan.alone == layer
                visible = bool(True)
                if not opaque:
                    alpha = box_bounds(scene, layer, beam, met.depth, 2.0 + 3.0 * footprint).alpha
                    visible, opaque = alpha[1] > 0.0, alpha[0] > 1.0 - OPAQUE
                if visible:
                    # A prefiltered colour needs its place only to a part of its texel.
                    finest = plan.footprint_share * wp.min(far_px, near_px)
                    if met.depth[0] <= plan.focus_greatest and met.depth[1] >= plan.focus_least:
                        finest = 0.0
                    close_px = _CLOSE_PX * wp.max(1.0, 0.5 * finest)
                    search = _search(met.depth, rise_of(beam, met), slope_px, close_px, exact)
                    seen += 1
                    mode = wp.where(opaque and search[3] >= 0.0, layer, MANY)
                    if opaque:
                        opaque_far = wp.max(opaque_far, met.depth[0])
        view_plans[slot, index, RAYS + layer] = search
    if seen > 1:  # layers hidden behind an opaque one
        for layer in range(layers):
            if view_plans[slot, index, RAYS + layer][0] < opaque_far:
                view_plans[slot, index, RAYS + layer] = wp.vec4(-1.0, 1.0, 0.0, 0.0)
        mode = MANY
    _write_rays(shot, view, float(left + TILE_PX // 2), float(top + TILE_PX // 2), mode, view_plans, slot, index)
