"""The CPU engine: compiled, all cores, whole views accumulated tile by tile.

Same estimator as the reference engine. What makes it fast: rays are straight lines in (column, row, inverse depth)
space, tiles bound what their rays can meet, samples follow the squared blur of each tile, and each sample reads colour
prefiltered to its share of the blur disc, so that few samples already give a smooth bokeh. Closest literature: Lee et
al. 2009 and 2010 (layered depth of field), Lehtinen et al. 2011 and Vaidyanathan et al. 2015 (light field
reconstruction).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32

from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.progress import Progress
from relens.render.atlas import Atlas, build_atlas, packed_texels
from relens.render.cpu_superwords import superwords
from relens.render.engine import SampleBlock
from relens.render.estimate import Estimate
from relens.render.halved import halved
from relens.render.rays import Views, depth_in_camera, photo_lines, pinhole_views
from relens.render.repaint import repaint
from relens.render.rim import field_of
from relens.render.threads import copied, on_all_cores
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

# Larger scenes are packed band by band, as they are looked at, about half of this at a time.
_PACKED_TEXELS = 48_000_000
_READ_AROUND_PX = 256
_TILES_A_PIECE, _FEWEST_PIECES = 64, 8


@dataclass(frozen=True)
class CpuEngine:
    """The compiled engine for one layered scene. What it prepares of the scene is kept for the next picture."""

    scene: Scene
    name: str = "cpu"
    _halved: dict[int, Scene] = field(default_factory=dict, repr=False, compare=False)
    _atlases: dict[int, Atlas] = field(default_factory=dict, repr=False, compare=False)
    _last_depth_m: dict[tuple, np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def render(
        self,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> Estimate:
        """See `relens.render.engine.Engine`.

        A tile takes a prefix of the block: as many samples as its blur disc has pixels (more where more than 128
        samples are asked for), eight at least, none where earlier blocks have given it as many.
        """
        size = camera.intrinsics.height_px, camera.intrinsics.width_px
        blank = Estimate(np.zeros((*size, 4), np.float32), np.zeros(size, np.int32), np.full(size, np.inf, np.float32))
        self._render_onto(blank, camera, lens, block, wanted, progress)
        return blank

    def render_again(
        self,
        last: Estimate,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"],
        progress: Progress,
    ) -> tuple[Estimate, float]:
        """The last estimate with the tiles of wanted pixels rendered anew, and which part of the picture these are."""
        estimate = Estimate(*(copied(getattr(last, name)) for name in ("rgba", "count", "variance")))
        return estimate, self._render_onto(estimate, camera, lens, block, wanted, progress)

    def _render_onto(
        self,
        estimate: Estimate,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> float:
        """Write the tiles of wanted pixels into the arrays of an estimate; returns their part of all tiles."""
        from relens.render.cpu_kernels import TILE_PX, render_tiles

        k = camera.intrinsics
        views = bounded_views(camera, lens, block)
        blur_px_m = np.float32(max(k.fx_px, k.fy_px) * lens.pupil_diameter_m)
        rim = np.array([lens.aperture.cats_eye * field_of(k)[0, 0], k.cx_px, k.cy_px])
        focus = focus_plane(camera, lens)
        spread_px = lateral_spread_px(camera, lens) + motion_spread_px(camera)
        tiles = tiles_of(camera, wanted, TILE_PX)
        done = 0
        for photo, atlas, band in self._bands(camera, views, tiles):

            def take(chosen: Int32[np.ndarray, " t"], photo: np.ndarray = photo, atlas: tuple = atlas) -> None:
                render_tiles(
                    chosen, (k.width_px, k.height_px), atlas,
                    (views.direction, views.origin_m, views.weight, views.pupil), views.a_sample, views.bounding,
                    block.first, photo, blur_px_m, focus, np.float32(camera.middle.eye_m[2]), rim, spread_px,
                    samples_a_px2(block), estimate.rgba, estimate.count, estimate.variance,
                )  # fmt: skip

            share, pieces = len(band) / len(tiles), _pieces(band)
            with superwords(render_tiles):
                on_all_cores(take, pieces, partial(_tell, progress, self.name, done / len(tiles), share / len(pieces)))
            done += len(band)
        progress(self.name, 1.0)
        return len(tiles) / len(tiles_of(camera, None, TILE_PX))

    def pinhole_depth_m(self, camera: Camera) -> Float32[np.ndarray, "h w"]:
        """See `relens.render.engine.Engine`. The last camera's is kept, for whoever turns the lens alone; read-only."""
        from relens.render.cpu_kernels import TILE_PX, pinhole_depth

        key = camera.intrinsics, camera.camera_to_world.tobytes()
        if (kept := self._last_depth_m.get(key)) is not None:
            return kept
        k, view = camera.intrinsics, pinhole_views(camera)
        inverse_depth = np.full((k.height_px, k.width_px), np.nan, np.float32)
        for photo, atlas, band in self._bands(camera, view, tiles_of(camera, None, TILE_PX)):

            def look(chosen: Int32[np.ndarray, " t"], photo: np.ndarray = photo, atlas: tuple = atlas) -> None:
                size = k.width_px, k.height_px
                pinhole_depth(chosen, size, atlas, view.direction[0], view.origin_m[0], photo, inverse_depth)

            on_all_cores(look, _pieces(band), lambda done: None)
        depth_m = depth_in_camera(inverse_depth, camera)
        depth_m.setflags(write=False)
        self._last_depth_m.clear()
        self._last_depth_m[key] = depth_m
        return depth_m

    def repainted(self, scene: Scene, blocks: dict[str, np.ndarray]) -> "CpuEngine":
        """The engine of a scene that differs in the colours of some blocks (`relens.render.repaint.recoloured`) only.

        It takes over what this engine has prepared, which goes back to the start.
        """
        kept = {0: self._atlases[0]} if 0 in self._atlases else {}
        depths = dict(self._last_depth_m)
        for cache in (self._halved, self._atlases, self._last_depth_m):
            cache.clear()
        for atlas in kept.values():
            repaint(atlas, scene, blocks)
        return CpuEngine(scene, _atlases=kept, _last_depth_m=depths)

    def _bands(
        self, camera: AnyCamera, views: Views, tiles: Int32[np.ndarray, " t"]
    ) -> Iterator[tuple[Float64[np.ndarray, "4"], tuple[np.ndarray, ...], Int32[np.ndarray, " t"]]]:
        """Tiles of the picture, with the photo's fx, fy, cx, cy and an atlas's arrays of all that they can see.

        One band where the scene is small enough to be kept packed. Else several, each with what `views` (those that
        bound all others) see of the scene: so memory stays bounded whatever the photo's size.
        """
        from relens.render.cpu_kernels import TILE_PX

        scene = self._reduced(camera)
        k = scene.camera.intrinsics
        photo = np.array([k.fx_px, k.fy_px, k.cx_px, k.cy_px])
        level = level_of(self.scene, camera)
        # Counting looks at every texel: once, and not for every picture of a scene that is kept packed.
        if level not in self._atlases and (texels := packed_texels(scene)) <= _PACKED_TEXELS:
            self._atlases[level] = build_atlas(scene)
        if level in self._atlases:
            yield photo, _to_read(self._atlases[level]), tiles
            return
        share = _PACKED_TEXELS * 0.4 / texels
        rows_px = TILE_PX * max(1, int(camera.intrinsics.height_px * share) // TILE_PX)
        row_of_tile = tiles // -(-camera.intrinsics.width_px // TILE_PX) * TILE_PX
        for top in range(0, camera.intrinsics.height_px, rows_px):
            chosen = tiles[(row_of_tile >= top) & (row_of_tile < top + rows_px)]
            if len(chosen):
                atlas = build_atlas(scene, _rows_seen(scene, camera, views, top, top + rows_px))
                yield photo, _to_read(atlas), chosen

    def _reduced(self, camera: AnyCamera) -> Scene:
        """The scene, halved as often as a pixel of the camera spans two texels."""
        level = level_of(self.scene, camera)
        for number in range(1, level + 1):
            if number not in self._halved:
                self._halved[number] = halved(self._halved[number - 1] if number > 1 else self.scene)
        return self._halved[level] if level else self.scene


def _to_read(atlas: Atlas) -> tuple[np.ndarray, ...]:
    """Its arrays as kernels take them: always read-only, as those out of a shared memory are, so that one compiles."""
    arrays = tuple(array.view() for array in vars(atlas).values())
    for array in arrays:
        array.setflags(write=False)
    return arrays


def _pieces(tiles: Int32[np.ndarray, " t"]) -> list[np.ndarray]:
    """Tiles in pieces small enough to share evenly, and large enough that handing them out costs nothing."""
    return np.array_split(tiles, min(len(tiles), max(_FEWEST_PIECES, math.ceil(len(tiles) / _TILES_A_PIECE))))


def _tell(progress: Progress, name: str, before: float, share: float, pieces: int) -> None:
    progress(name, before + pieces * share)


def _rows_seen(scene: Scene, camera: AnyCamera, views: Views, top: int, bottom: int) -> tuple[int, int]:
    """Rows of the photo's grid that a band of the picture can see, whatever stands there."""
    columns = np.array([0.0, camera.intrinsics.width_px] * 2)
    rows = np.array([top, top, bottom, bottom], np.float64)
    depths = [
        reduce(layer.inverse_depth, None) for layer in scene.layers for reduce in (np.fmin.reduce, np.fmax.reduce)
    ]
    seen = []
    # A pinhole's one view bounds itself.
    for index in range(len(views.weight) - max(1, views.bounding), len(views.weight)):
        start, slope, _ = photo_lines(views, index, scene.camera.intrinsics, columns, rows)
        seen += [start[:, 1] + w * slope[:, 1] for w in (min(depths), max(depths))]
    # Past them, what prefiltering and the bounds of tiles look at.
    return math.floor(np.min(seen)) - _READ_AROUND_PX, math.ceil(np.max(seen)) + _READ_AROUND_PX
