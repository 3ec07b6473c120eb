"""every_ray: the picture of anything that can say what a single lens ray gathers."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float64, Int64

from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.progress import Progress
from relens.render.engine import SampleBlock
from relens.render.estimate import REPLICATES, Estimate, estimate_of
from relens.render.rays import block_views
from relens.render.rim import field_of, transmitted

# Given a view's origin (3,) and direction matrix (3, 3), and pixels (n, 3) as (column, row, 1): RGBA (n, 4), linear.
Gather = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def every_ray(
    name: str,
    gather: Gather,
    camera: AnyCamera,
    lens: Lens,
    block: SampleBlock,
    wanted: Bool[np.ndarray, "h w"] | None,
    progress: Progress,
    *,
    at_once: int | None = None,
    off_px: tuple[float, float] = (0.0, 0.0),
) -> Estimate:
    """The mean over a block of lens samples, ray by ray: no layers, no bounds, no prefiltering.

    Args:
        name: of the engine, for progress.
        gather: what rays gather.
        camera: see `relens.render.engine.Engine.render`, as the next four.
        lens: pupil and focus.
        block: which lens samples.
        wanted: pixels; the others are left out.
        progress: told how far the work is.
        at_once: pixels whose rays of one view are gathered together; all when left out.
        off_px: how far off the middle of a pixel its rays run.
    """
    k = camera.intrinsics
    views = block_views(camera, lens, block)
    taken = np.ones((k.height_px, k.width_px), bool) if wanted is None else wanted
    pixels = np.flatnonzero(taken)
    rgba = np.zeros((k.height_px * k.width_px, 4), np.float32)
    count, variance = np.zeros(rgba.shape[:1], np.int32), np.full(rgba.shape[:1], np.inf, np.float32)
    parts = 1 if at_once is None else max(1, math.ceil(len(pixels) / at_once))
    bands = np.array_split(pixels, parts) if len(pixels) else []
    for number, band in enumerate(bands):
        at = homogeneous(band, k.width_px, off_px)
        position = at @ field_of(k).T
        light = np.zeros((REPLICATES, len(band), 1, 4))
        weight = np.zeros_like(light)
        for index in range(len(views.weight)):
            replicate = index * REPLICATES // len(views.weight)
            passes = transmitted(views.pupil[index], position, lens.aperture.cats_eye)
            gathered = gather(views.origin_m[index], views.direction[index], at[passes])
            light[replicate, passes, 0] += views.weight[index] * gathered
            weight[replicate, passes, 0] += views.weight[index]
            progress(name, (number + (index + 1) / len(views.weight)) / len(bands))
        part = estimate_of(light, weight, block.count)
        rgba[band], count[band], variance[band] = part.rgba[:, 0], part.count[:, 0], part.variance[:, 0]
    shape = k.height_px, k.width_px
    return Estimate(rgba.reshape(*shape, 4), count.reshape(shape), variance.reshape(shape))


def homogeneous(
    pixels: Int64[np.ndarray, " n"], width_px: int, off_px: tuple[float, float] = (0.0, 0.0)
) -> Float64[np.ndarray, "n 3"]:
    """(column, row, 1) of the middles of pixels given by their number, moved by off_px."""
    row, column = np.divmod(pixels, width_px)
    return np.stack([column + 0.5 + off_px[0], row + 0.5 + off_px[1], np.ones(len(pixels))], axis=-1)
