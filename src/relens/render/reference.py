"""The reference engine: slow, obvious, checkable by eye. Every other engine is tested against it.

For each lens sample, all rays of the frame walk from near to far through (column, row, inverse depth) space in small
steps. Whenever a ray passes from in front of a layer's surface to behind it, the layer's colour there is laid under
what the ray has gathered so far. The picture is the mean over the pupil (design section 6).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.progress import Progress
from relens.render.engine import SampleBlock
from relens.render.estimate import REPLICATES, Estimate, estimate_of
from relens.render.rays import Views, block_views, depth_in_camera, photo_lines, pinhole_views
from relens.render.rim import field_of, transmitted
from relens.scene import Scene

_STEP_PX = 0.5


@dataclass(frozen=True)
class ReferenceEngine:
    """The slow engine that anyone can check; one subject: a layered scene."""

    scene: Scene
    name: str = "reference"

    def render(
        self,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> Estimate:
        """See `relens.render.engine.Engine`; every pixel gets every sample, whether wanted or not."""
        views = block_views(camera, lens, block)
        row_px, column_px = _pixels(camera.middle)
        field = np.stack([column_px, row_px, np.ones_like(row_px)], axis=-1) @ field_of(camera.intrinsics).T
        light = np.zeros((REPLICATES, *row_px.shape, 4))
        weight = np.zeros_like(light)
        for index in range(len(views.weight)):
            replicate = index * REPLICATES // len(views.weight)
            seen = transmitted(views.pupil[index], field, lens.aperture.cats_eye)[..., None] * views.weight[index]
            light[replicate] += seen * _one_view(self.scene, camera.middle, views, index)
            weight[replicate] += seen
            progress(self.name, (index + 1) / len(views.weight))
        return estimate_of(light, weight, block.count)

    def pinhole_depth_m(self, camera: Camera) -> Float32[np.ndarray, "h w"]:
        """See `relens.render.engine.Engine`."""
        views = pinhole_views(camera)
        w = np.full((camera.intrinsics.height_px, camera.intrinsics.width_px), np.nan)
        _one_view(self.scene, camera, views, 0, half_stopped=w)
        return depth_in_camera(w, camera)


def _pixels(camera: Camera) -> Float64[np.ndarray, "2 h w"]:
    """Rows and columns of pixel centres."""
    return np.mgrid[0 : camera.intrinsics.height_px, 0 : camera.intrinsics.width_px] + 0.5


def _one_view(
    scene: Scene,
    camera: Camera,
    views: Views,
    index: int,
    half_stopped: Float64[np.ndarray, "h w"] | None = None,
) -> Float64[np.ndarray, "h w 4"]:
    """What the rays of one view gather; notes in `half_stopped` the inverse depth at which half of a ray is stopped."""
    row_px, column_px = _pixels(camera)
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
                    before_hit = clear[hit]
                    clear[hit] *= 1 - rgba[:, 3]
                    if half_stopped is not None:
                        now = (before_hit > 0.5) & (clear[hit] <= 0.5)
                        half_stopped[hit] = np.where(now, w_hit[number][hit], half_stopped[hit])
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
