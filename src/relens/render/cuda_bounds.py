# type: ignore
# ruff: noqa: UP018, RUF046
# Warp's kernel language is not quite Python: float(0.0) declares a variable, and its arrays hold structs.
"""What a tile's rays may meet, from the bounds of the blocks that they cross; see `relens.render.cpu_bounds`."""

import warp as wp

from relens.render.cuda_carriers import BLOCK_SHIFT, FAR, LEVELS, TILE_PX, DeviceScene, Shot


@wp.struct
class Beam:
    """Bounds of many rays x(w) = x + (w - w_ref) s: around the plane of focus rays through the whole pupil meet."""

    w_ref: wp.float32
    x: wp.vec2
    y: wp.vec2
    sx: wp.vec2
    sy: wp.vec2
    near_limit: wp.float32  # nothing behind the eye counts
    forward: wp.int32


@wp.struct
class Met:
    """Bounds of what a beam may meet of a layer: each vector holds a least and a greatest value."""

    depth: wp.vec2
    alpha: wp.vec2
    step_x: wp.vec2
    step_y: wp.vec2


@wp.func
def grown(one: wp.vec2, value: float):
    """A range widened to hold a value."""
    return wp.vec2(wp.min(one[0], value), wp.max(one[1], value))


@wp.func
def joined(one: wp.vec2, least: float, greatest: float):
    """A range widened to hold another."""
    return wp.vec2(wp.min(one[0], least), wp.max(one[1], greatest))


@wp.func
def products(a: wp.vec2, b: wp.vec2):
    """Least and greatest product of a number in one range and a number in the other."""
    p, q, r, s = a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]
    return wp.vec2(wp.min(wp.min(p, q), wp.min(r, s)), wp.max(wp.max(p, q), wp.max(r, s)))


@wp.func
def line_at(shot: Shot, view: int, column: wp.float64, row: wp.float64):
    """Start and slope of a ray in the photo's pixels (see rays.photo_lines); NaN where it runs backward."""
    direction = shot.matrix[view] * wp.vec3d(column, row, wp.float64(1.0))
    origin = shot.origin[view]
    dz = direction[2]
    if dz <= wp.float64(1.0e-9):
        dz = wp.float64(wp.nan)
    vx, vy = direction[0] / dz, direction[1] / dz
    return wp.vec4d(
        shot.photo[0] * vx + shot.photo[2],
        shot.photo[1] * vy + shot.photo[3],
        shot.photo[0] * (origin[0] - origin[2] * vx),
        shot.photo[1] * (origin[1] - origin[2] * vy),
    )


@wp.func
def beam_of(shot: Shot, first: int, count: int, left: int, top: int, right: int, bottom: int):
    """The beam of a rectangle of pixels through `count` views."""
    beam = Beam()
    column, row = 0.5 * float(left + right), 0.5 * float(top + bottom)
    beam.w_ref = shot.focus[0] * column + shot.focus[1] * row + shot.focus[2]
    w_ref = wp.float64(beam.w_ref)
    beam.x = wp.vec2(FAR, -FAR)
    beam.y = wp.vec2(FAR, -FAR)
    beam.sx = wp.vec2(FAR, -FAR)
    beam.sy = wp.vec2(FAR, -FAR)
    beam.forward = 1
    eye_z = wp.float64(-FAR)
    for number in range(count):
        for corner in range(4):
            column_px = wp.float64(float(left) + 0.5)
            if corner % 2 == 1:
                column_px = wp.float64(float(right) - 0.5)
            row_px = wp.float64(float(top) + 0.5)
            if corner >= 2:
                row_px = wp.float64(float(bottom) - 0.5)
            line = line_at(shot, first + number, column_px, row_px)
            if wp.isnan(line[0]):
                beam.forward = 0
            beam.x = grown(beam.x, float(line[0] + w_ref * line[2]))
            beam.y = grown(beam.y, float(line[1] + w_ref * line[3]))
            beam.sx = grown(beam.sx, float(line[2]))
            beam.sy = grown(beam.sy, float(line[3]))
        eye_z = wp.max(eye_z, shot.origin[first + number][2])
    beam.near_limit = FAR
    if eye_z > wp.float64(1.0e-6):
        beam.near_limit = float(wp.float64(1.0) / (eye_z + wp.float64(1.0e-6)))
    return beam


@wp.func
def motion_px2_of(shot: Shot, first: int, left: int, top: int, w: float):
    """Square of how far, in texels, a tile's rays move at inverse depth w while the shutter is open."""
    most = float(0.0)
    for corner in range(16):
        column, row = wp.float64(float(left) + 0.5), wp.float64(float(top) + 0.5)
        if corner % 2 == 1:
            column += wp.float64(float(TILE_PX - 1))
        if (corner // 2) % 2 == 1:
            row += wp.float64(float(TILE_PX - 1))
        one = line_at(shot, first + corner // 4, column, row)
        other = line_at(shot, first + shot.bounding - 4 + corner // 4, column, row)
        x = float(one[0] - other[0]) + w * float(one[2] - other[2])
        y = float(one[1] - other[1]) + w * float(one[3] - other[3])
        most = wp.max(most, x * x + y * y)
    return most


@wp.func
def _texel(position: float, size: int):
    return int(wp.clamp(position, 0.0, float(size - 1)))


@wp.func
def box_bounds(scene: DeviceScene, layer: int, beam: Beam, depth: wp.vec2, margin: float):
    """Bounds of all blocks of texels that a beam crosses between two inverse depths."""
    offset_w = wp.vec2(depth[0] - beam.w_ref, depth[1] - beam.w_ref)
    reach_x, reach_y = products(offset_w, beam.sx), products(offset_w, beam.sy)
    crop = scene.crop[layer]
    left = beam.x[0] + reach_x[0] - margin - float(crop[0])
    right = beam.x[1] + reach_x[1] + margin - float(crop[0])
    top = beam.y[0] + reach_y[0] - margin - float(crop[1])
    bottom = beam.y[1] + reach_y[1] + margin - float(crop[1])
    width, height = crop[2], crop[3]
    outside = left < 0.0 or top < 0.0 or right > float(width) or bottom > float(height)
    x0, x1 = _texel(left, width), _texel(right, width)
    y0, y1 = _texel(top, height), _texel(bottom, height)
    level = int(0)
    while level < LEVELS - 1 and wp.max(x1 - x0, y1 - y0) > (2 << (level + BLOCK_SHIFT)):
        level += 1
    shift = level + BLOCK_SHIFT
    met = Met()
    met.depth = wp.vec2(FAR, -FAR)
    met.alpha = wp.vec2(FAR, -FAR)
    met.step_x = wp.vec2(FAR, -FAR)
    met.step_y = wp.vec2(FAR, -FAR)
    table = scene.blocks[LEVELS * layer + level]
    for y in range(y0 >> shift, (y1 >> shift) + 1):
        for x in range(x0 >> shift, (x1 >> shift) + 1):
            block = table[0] + y * table[1] + x
            a, b = scene.depth_bounds[block], scene.step_bounds[block]
            met.depth = joined(met.depth, a[0], a[1])
            met.alpha = joined(met.alpha, a[2], a[3])
            met.step_x = joined(met.step_x, b[0], b[1])
            met.step_y = joined(met.step_y, b[2], b[3])
    if outside:  # past the edge the surface is held: it has no steps there
        met.step_x = grown(met.step_x, 0.0)
        met.step_y = grown(met.step_y, 0.0)
    return met


@wp.func
def met_of(scene: DeviceScene, layer: int, beam: Beam, depth: wp.vec2, rounds: int):
    """What a beam may meet of a layer; an empty depth range (least > greatest) for nothing. Alpha comes later."""
    within = wp.vec2(depth[0], wp.min(depth[1], beam.near_limit))
    met = Met()
    met.depth = within
    turn = int(0)
    while turn < rounds and within[0] <= within[1]:
        met = box_bounds(scene, layer, beam, within, 1.0)
        met.depth = wp.vec2(wp.max(within[0], met.depth[0]), wp.min(within[1], met.depth[1]))
        turn += 1
        if met.depth[1] - met.depth[0] > 0.8 * (within[1] - within[0]):
            turn = rounds
        within = met.depth
    return met


@wp.func
def rise_of(beam: Beam, met: Met):
    """Least and greatest d D(x + w s) / d w along a beam's rays: how the surface rises as the ray comes nearer."""
    return products(beam.sx, met.step_x) + products(beam.sy, met.step_y)
