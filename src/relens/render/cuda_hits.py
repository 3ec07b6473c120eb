# type: ignore
# ruff: noqa: UP018, RUF046
# Warp's kernel language is not quite Python: float(0.0) declares a variable, and its arrays hold structs.
"""Where a ray meets a height field, and the colour there; see `relens.render.cpu_hits` for the method."""

import warp as wp

from relens.render.cuda_carriers import BLOCK_SHIFT, LEVELS, DeviceScene, Ray

MISS = -1.0e30

_MOST_READS = 24


@wp.struct
class Hit:
    """A place on a surface: inverse depth (MISS for none), and whether the ray is still in front where it ended."""

    w: wp.float32
    in_front: wp.int32


# The compiler itself would make it four loads.
@wp.func_native("""
#if defined(__CUDA_ARCH__)
    const float4 v = __ldg(reinterpret_cast<const float4*>(vectors.data) + index);
    return wp::vec4(v.x, v.y, v.z, v.w);
#else
    return vectors.data[index];
#endif
""")
def vector_at(vectors: wp.array[wp.vec4], index: int) -> wp.vec4:
    """One vector of an array, in one load."""


@wp.func_native("""
#if defined(__CUDA_ARCH__)
    const int4 v = __ldg(reinterpret_cast<const int4*>(vectors.data) + index);
    return wp::vec4i(v.x, v.y, v.z, v.w);
#else
    return vectors.data[index];
#endif
""")
def row_at(vectors: wp.array[wp.vec4i], index: int) -> wp.vec4i:
    """One row of a table, in one load."""


@wp.func
def _depth_at(scene: DeviceScene, layer: int, x_px: float, y_px: float):
    """Bilinear inverse depth at photo coordinates, edges held; NaN if a neighbour is NaN."""
    crop = row_at(scene.crop, layer)
    width, height = crop[2], crop[3]
    x = wp.clamp(x_px - float(crop[0]) - 0.5, 0.0, float(width - 1))
    y = wp.clamp(y_px - float(crop[1]) - 0.5, 0.0, float(height - 1))
    x0, y0 = int(x), int(y)
    fx, fy = x - float(x0), y - float(y0)
    i = scene.depth_offset[layer] + y0 * width + x0
    right = wp.where(x0 + 1 < width, 1, 0)
    down = wp.where(y0 + 1 < height, width, 0)
    a, b = scene.inverse_depth[i], scene.inverse_depth[i + right]
    c, d = scene.inverse_depth[i + down], scene.inverse_depth[i + down + right]
    upper, lower = a + (b - a) * fx, c + (d - c) * fx
    return upper + (lower - upper) * fy


@wp.func
def read(scene: DeviceScene, layer: int, level: int, x_px: float, y_px: float):
    """Bilinear RGBA of a pyramid level at photo coordinates, edges held."""
    crop, page = row_at(scene.crop, layer), row_at(scene.levels, LEVELS * layer + level)
    scale = wp.cast((127 - level) << 23, wp.float32)  # 2^-level, as its bits
    width, height = page[1], page[2]
    x = wp.clamp((x_px - float(crop[0])) * scale - 0.5, 0.0, float(width - 1))
    y = wp.clamp((y_px - float(crop[1])) * scale - 0.5, 0.0, float(height - 1))
    x0, y0 = int(x), int(y)
    fx, fy = x - float(x0), y - float(y0)
    i = page[0] + y0 * width + x0
    right = wp.where(x0 + 1 < width, 1, 0)
    down = wp.where(y0 + 1 < height, width, 0)
    upper = (1.0 - fx) * vector_at(scene.texels, i) + fx * vector_at(scene.texels, i + right)
    lower = (1.0 - fx) * vector_at(scene.texels, i + down) + fx * vector_at(scene.texels, i + down + right)
    return (1.0 - fy) * upper + fy * lower


@wp.func
def _gap(scene: DeviceScene, layer: int, ray: Ray, w: float):
    """How far the surface lies before the ray's point at w, as inverse depth: negative where the ray is in front."""
    return _depth_at(scene, layer, ray.x + w * ray.sx, ray.y + w * ray.sy) - w


@wp.func
def settle(scene: DeviceScene, layer: int, ray: Ray, search: wp.vec4):
    """The one hit of a ray with an unfolded surface; see cuda_plan._search."""
    w = 0.5 * (search[0] + search[1])
    if search[2] > 0.0:
        step, reads = float(wp.inf), int(0)
        while wp.abs(step) > search[3] and reads < _MOST_READS:
            step = _gap(scene, layer, ray, w) * search[2]
            w += step
            reads += 1
    if wp.isnan(w):
        w = MISS
    return w


@wp.func
def march(scene: DeviceScene, layer: int, ray: Ray, safe: float, near: float, far: float, from_front: int):
    """First crossing found by walking from near to far; see relens.render.cpu_hits.march."""
    hit = Hit()
    stride = 1.0 / wp.max(wp.sqrt(ray.sx * ray.sx + ray.sy * ray.sy), 1.0e-6)
    slack = 1.0e-3 * wp.min(stride, near - far) + 1.0e-6
    end = far - slack
    crop, table = row_at(scene.crop, layer), row_at(scene.blocks, LEVELS * layer)
    x, y = ray.x - float(crop[0]), ray.y - float(crop[1])
    width, height = float(crop[2]), float(crop[3])
    w_before = near + wp.where(from_front == 1, slack, -slack)
    before = _gap(scene, layer, ray, w_before)
    # The caller knows on which side the ray is; folds finer than a texel may say otherwise.
    if from_front == 1 and before >= 0.0:
        before = -1.0e-9
    if from_front == 0 and before < 0.0:
        before = 0.0
    hit.w = MISS
    while w_before > end:
        w = wp.max(w_before - wp.max(stride, -before * safe), end)
        # Blocks of texels that lie wholly behind the ray are crossed in one step.
        px, py = x + w_before * ray.sx, y + w_before * ray.sy
        crossed = bool(False)
        if px >= 0.0 and py >= 0.0 and px < width and py < height:
            column, row = int(px) >> BLOCK_SHIFT, int(py) >> BLOCK_SHIFT
            w_leave = end
            if ray.sx != 0.0:
                edge = wp.where(ray.sx > 0.0, column, column + 1) << BLOCK_SHIFT
                w_leave = wp.max(w_leave, (float(edge) - x) / ray.sx)
            if ray.sy != 0.0:
                edge = wp.where(ray.sy > 0.0, row, row + 1) << BLOCK_SHIFT
                w_leave = wp.max(w_leave, (float(edge) - y) / ray.sy)
            w_leave -= 0.01 * stride
            block = table[0] + row * table[1] + column
            if w_leave < w_before and scene.depth_bounds[block][1] < w_leave:
                w, crossed = w_leave, True
        gap = _gap(scene, layer, ray, w)
        if crossed:
            gap = wp.min(gap, -1.0e-9)
        elif before < 0.0 and gap >= 0.0:
            w_hit = w_before + (w - w_before) * before / (before - gap)
            # One more read: between two samples the surface is nearly straight.
            at_hit = _gap(scene, layer, ray, w_hit)
            if at_hit < 0.0:
                w_hit += (w - w_hit) * at_hit / (at_hit - gap)
            elif at_hit > 0.0:
                w_hit = w_before + (w_hit - w_before) * before / (before - at_hit)
            hit.w = w_hit
            hit.in_front = 0
            return hit
        before, w_before = gap, w
    hit.in_front = wp.where(before < 0.0, 1, 0)
    return hit
