"""The CUDA engine: one GPU, through NVIDIA Warp.

Same estimator, bounds, samples and prefiltering as the CPU engine, from the same atlas; see cuda_plan and cuda_kernels
for the work, and `benchmarks/gpu.py` for the time. Warp compiles the same kernels for its device "cpu" too, on one core
but without a GPU, which is how they are tested everywhere.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32

from relens.camera import Camera
from relens.errors import RelensError
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.progress import Progress, silent
from relens.render.atlas import Atlas, build_atlas
from relens.render.cuda_device import PLAN_BYTES, needed_bytes, open_warp, why_no_gpu
from relens.render.engine import SampleBlock
from relens.render.estimate import Estimate
from relens.render.halved import halved
from relens.render.rays import depth_in_camera
from relens.render.rim import field_of
from relens.render.tiled import (
    bounded_views,
    focus_plane,
    lateral_spread_px,
    level_of,
    motion_spread_px,
    samples_a_px2,
    tiles_of,
)
from relens.scene import Scene

# Bands between which progress is told and an interrupt is heard, where a picture takes many samples.
_VIEWS_A_BAND = 2**22
_CPU_ENGINE = "use --engine cpu"


def why_not(scene: Scene) -> str | None:
    """What keeps this machine's GPU from photographing a scene at the photo's size; None where nothing does."""
    return why_no_gpu() or _too_large(scene, scene.camera, "cuda:0")


@dataclass(frozen=True)
class Job:
    """A picture that is ready to be taken: everything on the device, nothing to compute on the host.

    Attributes:
        scene, shot: structs of cuda_carriers.
        bands: tile numbers, a device array for each band.
        most_views: views of a tile, at most.
        plans: scratch for one band: ranges, tile plans, view plans.
        outputs: picture, counts, variance and half-stopped inverse depth (empty unless wanted).
    """

    scene: Any
    shot: Any
    bands: list[Any]
    most_views: int
    plans: tuple[Any, Any, Any]
    outputs: tuple[Any, Any, Any, Any]


@dataclass(frozen=True)
class CudaEngine:
    """The engine for one layered scene on one GPU. What it prepares of the scene stays in the GPU's memory.

    Raises MissingPackageError without warp-lang; RelensError where there is no such GPU or the scene has too many
    layers, and later where a picture does not fit its memory.
    """

    scene: Scene
    device: str = "cuda:0"
    name: str = "cuda"
    _levels: dict[int, tuple[Scene, Any]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        open_warp()
        if self.device != "cpu" and (reason := why_no_gpu()):
            raise RelensError(f"engine cuda: {reason}; {_CPU_ENGINE}")
        if reason := _too_many_layers(self.scene):
            raise RelensError(f"engine cuda: {reason}; {_CPU_ENGINE}")

    def render(
        self,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> Estimate:
        """See `relens.render.engine.Engine`. Tiles take as many samples as the CPU engine's."""
        job = self.prepare(camera, lens, block, wanted)
        self.take(job, progress)
        picture, counts, variance, _ = (output.numpy() for output in job.outputs)
        return Estimate(picture, counts, variance)

    def pinhole_depth_m(self, camera: Camera) -> Float32[np.ndarray, "h w"]:
        """See `relens.render.engine.Engine`."""
        job = self.prepare(camera, Lens(50, 1), None, None)
        self.take(job, silent)
        return depth_in_camera(job.outputs[3].numpy(), camera)

    def prepare(
        self, camera: AnyCamera, lens: Lens, block: SampleBlock | None, wanted: Bool[np.ndarray, "h w"] | None
    ) -> Job:
        """Bring all that a picture needs to the device; without a block, the pinhole's picture and its depth.

        Raises RelensError where the device has too little memory.
        """
        import warp as wp

        from relens.render.cuda_carriers import RAYS, TILE_PX, TilePlan

        scene, device_scene = self._prepared(camera)
        k = camera.intrinsics
        shot = self._shot(camera, lens, block, scene)
        layers, most_views = len(device_scene.depth_range), max(1, shot.block * shot.a_sample)
        tiles = tiles_of(camera, wanted, TILE_PX)
        a_band = max(1, min(PLAN_BYTES // (16 * (RAYS + layers) * most_views), _VIEWS_A_BAND // most_views, len(tiles)))
        with wp.ScopedDevice(self.device):
            plans = (
                wp.array(shape=(a_band, layers), dtype=wp.vec2),
                wp.array(shape=a_band, dtype=TilePlan),
                wp.array(shape=(a_band, most_views, RAYS + layers), dtype=wp.vec4),
            )
            size = (k.height_px, k.width_px)
            outputs = (
                wp.zeros(size, dtype=wp.vec4),
                wp.zeros(size, dtype=wp.int32),
                wp.full(size, np.inf, dtype=wp.float32),
                wp.full(size if block is None else (0, 0), np.nan, dtype=wp.float32),
            )
            bands = [wp.array(band, dtype=wp.int32) for band in _bands(tiles, a_band)]
        return Job(device_scene, shot, bands, most_views, plans, outputs)

    def take(self, job: Job, progress: Progress) -> None:
        """Run the kernels of a picture, band by band; `progress` may raise to stop it."""
        import warp as wp

        from relens.render.cuda_kernels import THREADS, take_tiles
        from relens.render.cuda_plan import plan_tiles, plan_views

        ranges, tile_plans, view_plans = job.plans
        exact = int(job.shot.block == 0)
        for number, tiles in enumerate(job.bands):
            progress(self.name, number / len(job.bands))
            if number:
                wp.synchronize_device(self.device)
            known = [job.scene, job.shot, tiles]
            wp.launch(plan_tiles, len(tiles), [*known, ranges, tile_plans], device=self.device)
            size = (len(tiles), job.most_views)
            wp.launch(plan_views, size, [*known, ranges, tile_plans, exact, view_plans], device=self.device)
            wp.launch(
                take_tiles,
                len(tiles) * THREADS,
                [*known, tile_plans, view_plans.flatten(), job.most_views, *job.outputs],
                device=self.device,
                block_dim=THREADS,
            )
        progress(self.name, 1.0)

    def _shot(self, camera: AnyCamera, lens: Lens, block: SampleBlock | None, scene: Scene) -> Any:
        """The views and constants of a picture, as the kernels take them."""
        import warp as wp

        from relens.render.cuda_carriers import Shot

        k, photo = camera.intrinsics, scene.camera.intrinsics
        views = bounded_views(camera, lens, block or SampleBlock(0, 1, 0))
        shot = Shot()
        shot.first, shot.block = (block.first, block.count) if block else (0, 0)
        shot.a_sample, shot.bounding = views.a_sample, views.bounding
        shot.matrix = wp.array(views.direction, dtype=wp.mat33d, device=self.device)
        shot.origin = wp.array(views.origin_m, dtype=wp.vec3d, device=self.device)
        shot.weight = wp.array(views.weight, dtype=wp.vec4, device=self.device)
        pupil = np.column_stack(
            [views.pupil, _dither(shot.first * views.a_sample, len(views.pupil)), 0 * views.weight[:, 0]]
        )
        shot.pupil = wp.array(pupil, dtype=wp.vec4, device=self.device)
        shot.photo = wp.vec4d(photo.fx_px, photo.fy_px, photo.cx_px, photo.cy_px)
        shot.spread_px = math.ceil(lateral_spread_px(camera, lens)) + motion_spread_px(camera)
        shot.focus = wp.vec4(*focus_plane(camera, lens))
        shot.rim = wp.vec3(lens.aperture.cats_eye * field_of(k)[0, 0], k.cx_px, k.cy_px)
        shot.width, shot.height = k.width_px, k.height_px
        shot.blur_px_m = max(k.fx_px, k.fy_px) * lens.pupil_diameter_m
        shot.eye_z = camera.middle.eye_m[2]
        shot.samples_a_px2 = samples_a_px2(block) if block else 1.0
        return shot

    def _prepared(self, camera: AnyCamera) -> tuple[Scene, Any]:
        """The scene, halved as often as a pixel of the camera spans two texels, and its atlas on the device."""
        level = level_of(self.scene, camera)
        if reason := _too_large(self.scene, camera, self.device, level, level in self._levels):
            raise RelensError(f"engine cuda: {reason}; {_CPU_ENGINE}")
        if level not in self._levels:
            scene = self.scene
            for _ in range(level):
                scene = halved(scene)
            self._levels[level] = scene, _uploaded(build_atlas(scene), self.device)
        return self._levels[level]


def _dither(first: int, views: int) -> Float64[np.ndarray, " n"]:
    """1 to 2: what a view's footprint is multiplied by, so that neighbouring levels blend from view to view.

    The CPU engine's: the additive recurrence of the plastic number, which spreads any run of views; the pinhole's view
    comes first and needs none.
    """
    return 2.0 ** (((first + np.arange(views) - 0.5) * 0.7548776662466927) % 1.0)


def _bands(tiles: Int32[np.ndarray, " t"], a_band: int) -> Iterator[Int32[np.ndarray, " _"]]:
    for first in range(0, len(tiles), a_band):
        yield tiles[first : first + a_band]


def _uploaded(atlas: Atlas, device: str) -> Any:
    """The atlas as the kernels take it; offsets into texels count texels, not floats."""
    import warp as wp

    from relens.render.cuda_carriers import DeviceScene

    scene = DeviceScene()
    scene.texels = wp.array(atlas.texels.reshape(-1, 4), dtype=wp.vec4, device=device)
    scene.inverse_depth = wp.array(atlas.inverse_depth, dtype=wp.float32, device=device)
    scene.depth_bounds = wp.array(np.ascontiguousarray(atlas.bounds[:, :4]), dtype=wp.vec4, device=device)
    scene.step_bounds = wp.array(np.ascontiguousarray(atlas.bounds[:, 4:]), dtype=wp.vec4, device=device)
    scene.crop = wp.array(atlas.crop[:, :4].astype(np.int32), dtype=wp.vec4i, device=device)
    scene.depth_offset = wp.array(atlas.crop[:, 4].astype(np.int32), dtype=wp.int32, device=device)
    for name, table in (("levels", atlas.levels // [4, 1, 1]), ("blocks", atlas.blocks)):
        rows = np.pad(table.reshape(-1, 3), ((0, 0), (0, 1))).astype(np.int32)
        setattr(scene, name, wp.array(rows, dtype=wp.vec4i, device=device))
    scene.depth_range = wp.array(atlas.depth_range, dtype=wp.vec2, device=device)
    return scene


def _too_many_layers(scene: Scene) -> str | None:
    from relens.render.cuda_kernels import MAX_LAYERS

    if len(scene.layers) > MAX_LAYERS:
        return f"the scene has {len(scene.layers)} layers, and it takes at most {MAX_LAYERS}"
    return None


def _too_large(scene: Scene, camera: AnyCamera, device: str, level: int = 0, uploaded: bool = False) -> str | None:
    """Why a picture does not fit the device's free memory, or the scene the kernels; None where both do."""
    import warp as wp

    if reason := _too_many_layers(scene):
        return reason
    texels = 0 if uploaded else sum(layer.inverse_depth.size for layer in scene.layers) >> (2 * level)
    needed = needed_bytes(texels, camera.intrinsics.width_px * camera.intrinsics.height_px)
    found = wp.get_device(device)
    if found.is_cuda and needed > found.free_memory:
        gb = f"{needed / 1e9:.1f} GB of GPU memory, {found.name} has {found.free_memory / 1e9:.1f} GB free"
        return f"this picture needs {gb}"
    return None
