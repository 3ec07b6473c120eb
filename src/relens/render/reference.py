"""The reference engine: slow, obvious, checkable by eye. Every other engine is tested against it.

For each lens sample, all rays of the frame walk from near to far through (column, row, inverse depth) space in small
steps. Whenever a ray passes from in front of a layer's surface to behind it, the layer's colour there is laid under
what the ray has gathered so far. The picture is the mean over the pupil (design section 6).
"""

import numpy as np
from jaxtyping import Float, Float32, Float64

from relens.camera import Camera
from relens.lens import Lens
from relens.progress import Progress
from relens.render.rays import Views, lens_views, photo_lines
from relens.scene import Scene

_STEP_PX = 0.5


def render(
    scene: Scene, camera: Camera, lens: Lens, samples: int, seed: int, progress: Progress
) -> Float32[np.ndarray, "h w 4"]:
    """Mean over the pupil of what each lens ray meets: premultiplied linear RGBA."""
    views = lens_views(camera, lens, lens.aperture.samples(samples, seed))
    total = np.zeros((camera.intrinsics.height_px, camera.intrinsics.width_px, 4))
    for index in range(samples):
        total += _one_view(scene, camera, views, index)
        progress("reference", (index + 1) / samples)
    return (total / samples).astype(np.float32)


def _one_view(scene: Scene, camera: Camera, views: Views, index: int) -> Float64[np.ndarray, "h w 4"]:
    row_px, column_px = np.mgrid[0 : camera.intrinsics.height_px, 0 : camera.intrinsics.width_px] + 0.5
    start, slope, forward = photo_lines(views, index, scene.camera.intrinsics, column_px, row_px)
    start = start + scene.border_px
    near, far = _inverse_depth_range(scene, views.origin_m[index, 2])
    reach_px = np.hypot(*np.moveaxis(slope[forward], -1, 0)).max(initial=0) * (near - far)
    steps = 1 + int(np.ceil(reach_px / _STEP_PX))

    gathered = np.zeros((*row_px.shape, 4))
    clear = forward.astype(np.float64)  # the part of the ray that nothing has stopped yet
    before = [np.full(row_px.shape, np.nan) for _ in scene.layers]
    w_before = near
    for w in np.linspace(near, far, steps + 1):
        w_hit = np.full((len(scene.layers), *row_px.shape), -np.inf)
        for number, layer in enumerate(scene.layers):
            gap = bilinear(layer.inverse_depth[..., None], start + w * slope)[..., 0] - w  # < 0: ray still in front
            crossed = (before[number] < 0) & (gap >= 0)
            share = before[number][crossed] / (before[number] - gap)[crossed]
            w_hit[number][crossed] = w_before + (w - w_before) * share
            before[number] = gap
        nearest_first = np.argsort(-w_hit, axis=0)
        for rank in range(len(scene.layers)):
            for number, layer in enumerate(scene.layers):
                hit = (nearest_first[rank] == number) & np.isfinite(w_hit[number])
                if hit.any():
                    rgba = bilinear(layer.rgba, start[hit] + w_hit[number][hit][:, None] * slope[hit])
                    gathered[hit] += clear[hit][:, None] * rgba
                    clear[hit] *= 1 - rgba[:, 3]
        w_before = w
    return gathered


def _inverse_depth_range(scene: Scene, origin_z_m: float) -> tuple[float, float]:
    """Inverse depths just nearer and just farther than every surface; nothing behind the eye counts."""
    near = max(float(np.nanmax(layer.inverse_depth)) for layer in scene.layers)
    far = min(float(np.nanmin(layer.inverse_depth)) for layer in scene.layers)
    margin = 1e-4 * (near - far) + 1e-6
    near += margin
    if origin_z_m > 0:
        near = min(near, 1 / (origin_z_m + 1e-6))
    return near, far - margin


def bilinear(image: Float[np.ndarray, "h w c"], position: Float64[np.ndarray, "*s 2"]) -> Float64[np.ndarray, "*s c"]:
    """Samples at (column, row) positions, pixel centres at + 0.5, edges held."""
    height, width = image.shape[:2]
    x = np.clip(np.nan_to_num(position[..., 0]) - 0.5, 0, width - 1)
    y = np.clip(np.nan_to_num(position[..., 1]) - 0.5, 0, height - 1)
    x0, y0 = np.minimum(x.astype(int), max(width - 2, 0)), np.minimum(y.astype(int), max(height - 2, 0))
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    top = image[y0, x0] * (1 - fx) + image[y0, x1] * fx
    bottom = image[y1, x0] * (1 - fx) + image[y1, x1] * fx
    return top * (1 - fy) + bottom * fy
