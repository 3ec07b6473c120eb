"""The CPU engine: compiled, all cores, whole views accumulated tile by tile.

Same estimator as the reference engine. What makes it fast: rays are straight lines in (column, row, inverse depth)
space, tiles bound what their rays can meet, samples follow the squared blur of each tile, and each sample reads colour
prefiltered to its share of the blur disc, so that few samples already give a smooth bokeh. Closest literature: Lee et
al. 2009 and 2010 (layered depth of field), Lehtinen et al. 2011 and Vaidyanathan et al. 2015 (light field
reconstruction).
"""

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.lens import Lens
from relens.progress import Progress
from relens.render.atlas import Atlas
from relens.render.rays import lens_views
from relens.scene import Scene

_SAMPLES_PER_SQUARED_BLUR_PX = 1.0
_FEWEST_SAMPLES = 8
# Bands between which progress is told and an interrupt is heard.
_BANDS = 24
_PUPIL_CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])


def render(
    atlas: Atlas, scene: Scene, camera: Camera, lens: Lens, samples: int, seed: int, progress: Progress
) -> Float32[np.ndarray, "h w 4"]:
    """Mean over the pupil of what each lens ray meets: premultiplied linear RGBA.

    `samples` is the most that any tile gets; tiles with little blur need fewer. The result depends on the seed alone,
    not on the number of threads.
    """
    from relens.render.cpu_kernels import TILE_PX, render_tiles

    k = camera.intrinsics
    picture = np.zeros((k.height_px, k.width_px, 4), np.float32)
    if not len(atlas.crop):
        return picture
    counts = _sample_counts(samples)
    pupil = np.concatenate([np.zeros((1, 2)), *(lens.aperture.samples(n, seed) for n in counts), _PUPIL_CORNERS])
    views = lens_views(camera, lens, pupil)
    first = 1 + np.concatenate([[0], np.cumsum(counts)])
    sets = np.array([(0, 1), *zip(first[:-1], counts, strict=True)], np.int64)
    photo = scene.camera.intrinsics
    blur = np.array([k.fx_px * lens.pupil_diameter_m, lens.focus_inverse_m, camera.eye_m[2]], np.float32)
    tile_counts = np.zeros((-(-k.height_px // TILE_PX), -(-k.width_px // TILE_PX)), np.int32)
    tiles = np.arange(tile_counts.size)
    for band in range(_BANDS):
        progress("shoot", band / _BANDS)
        # Neighbours go to different threads, so that blurred regions are shared evenly.
        chosen = tiles[len(tiles) * band // _BANDS : len(tiles) * (band + 1) // _BANDS]
        render_tiles(
            np.concatenate([chosen[0::2], chosen[1::2]]), (k.width_px, k.height_px),
            atlas.texels, atlas.inverse_depth, atlas.bounds, atlas.crop, atlas.levels, atlas.blocks, atlas.depth_range,
            views.direction, views.origin_m, sets, int(first[-1]),
            np.array([photo.fx_px, photo.fy_px, photo.cx_px, photo.cy_px]),
            blur, _SAMPLES_PER_SQUARED_BLUR_PX, picture, tile_counts,
        )  # fmt: skip
    progress("shoot", 1.0)
    return picture


def _sample_counts(samples: int) -> list[int]:
    """Sizes of the sample sets a tile may choose from: 8, 16, 32, ... up to what was asked for."""
    counts = []
    count = _FEWEST_SAMPLES
    while count < samples:
        counts.append(count)
        count *= 2
    return [*counts, samples]


def pinhole_inverse_depth(atlas: Atlas, scene: Scene, camera: Camera) -> Float32[np.ndarray, "h w"]:
    """Inverse depth, in the photo's frame, of what the camera's pinhole sees first; NaN where there is nothing."""
    from relens.render.cpu_kernels import pinhole_depth

    k, photo = camera.intrinsics, scene.camera.intrinsics
    depth = np.full((k.height_px, k.width_px), np.nan, np.float32)
    views = lens_views(camera, Lens(50, 1), np.zeros((1, 2)))
    pinhole_depth(
        (k.width_px, k.height_px),
        atlas.texels, atlas.inverse_depth, atlas.bounds, atlas.crop, atlas.levels, atlas.blocks, atlas.depth_range,
        views.direction[0], views.origin_m[0],
        np.array([photo.fx_px, photo.fy_px, photo.cx_px, photo.cy_px]), depth,
    )  # fmt: skip
    return depth
