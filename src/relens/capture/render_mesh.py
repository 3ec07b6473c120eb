"""Pictures of meshes: pinhole rays through the mesh engine's hierarchy, from any depth on."""

import math

import numpy as np
from jaxtyping import Float32, Float64

from relens.camera import Camera
from relens.capture.view import View
from relens.errors import RelensError, ValueRangeError
from relens.progress import Progress, silent
from relens.render.mesh import MeshEngine
from relens.render.mesh_colour import colour_at
from relens.render.rays import pinhole_views

# Rays across and down a pixel; odd, so that one of them is its middle's, which tells the depth.
_ACROSS = 3
_RAYS = 1 << 20
_OPAQUE, _MOST_SURFACES = 1e-6, 64
# Off the very middles, and past what was met, as in the mesh engine.
_OFF_PX, _PAST = (3e-4, 2e-4), 1e-5


def render_mesh(
    engine: MeshEngine,
    camera: Camera,
    beyond: Float32[np.ndarray, "h w"] | None = None,
    *,
    progress: Progress = silent,
) -> View:
    """What a pinhole camera sees of a mesh: colour and alpha over the pixel, the inverse depth in its middle.

    Args:
        engine: the mesh's, whose hierarchy is built once.
        camera: in the mesh's world.
        beyond: (h, w) 1/m; only what is farther counts. inf is all, 0 leaves a pixel out.
        progress: told how far the work is; may raise to stop it.

    Raises ValueRangeError for a `beyond` of another size than the picture; RelensError where more than 64 clear
    surfaces overlap.
    """
    k, view = camera.intrinsics, pinhole_views(camera)
    size = k.height_px, k.width_px
    if beyond is None:
        beyond = np.full(size, np.inf, np.float32)
    if beyond.shape != size:
        raise ValueRangeError("beyond", beyond.shape, f"{size}, the picture's")
    start_m = 1 / np.maximum(beyond.ravel().astype(np.float64), 1e-30)
    rgba, depth_m = np.zeros((start_m.size, 4), np.float32), np.full(start_m.size, np.nan)
    wanted = np.flatnonzero(beyond > 0)
    bands = np.array_split(wanted, math.ceil(len(wanted) * _ACROSS**2 / _RAYS)) if len(wanted) else []
    for number, band in enumerate(bands):
        progress("mesh", number / len(bands))
        row, column = np.divmod(band, k.width_px)
        total = np.zeros((len(band), 4))
        for sample in range(_ACROSS**2):
            right, down = ((step + 0.5) / _ACROSS for step in (sample % _ACROSS, sample // _ACROSS))
            at = np.column_stack([column + right + _OFF_PX[0], row + down + _OFF_PX[1], np.ones(len(band))])
            gathered, half_m = _gathered(engine, view.origin_m[0], at @ view.direction[0].T, start_m[band])
            total += gathered
            if sample == _ACROSS**2 // 2:
                depth_m[band] = half_m
        rgba[band] = total / _ACROSS**2
    inverse_depth = (1 / depth_m).astype(np.float32).reshape(size)
    # Sums of ninths may pass 1 by rounding.
    rgba = np.minimum(rgba, np.array([np.inf, np.inf, np.inf, 1], np.float32)).reshape(*size, 4)
    return View(np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3]), inverse_depth)


def _gathered(
    engine: MeshEngine,
    origin_m: Float64[np.ndarray, "3"],
    direction: Float64[np.ndarray, "n 3"],
    start_m: Float64[np.ndarray, " n"],
) -> tuple[Float64[np.ndarray, "n 4"], Float64[np.ndarray, " n"]]:
    """RGBA that rays gather from a z-depth on, and the z-depth where half of them is stopped; NaN where it never is."""
    tracer, tensor = engine._tracer
    gathered, clear = np.zeros((len(direction), 4)), np.ones(len(direction))
    half_m = np.full(len(direction), np.nan)
    travelled = start_m.copy()
    going = np.arange(len(direction))
    for _ in range(_MOST_SURFACES):
        starts = origin_m + travelled[going, None] * direction[going]
        hits = tracer.cast_rays(tensor(np.concatenate([starts, direction[going]], axis=1).astype(np.float32)))
        distance = hits["t_hit"].numpy().astype(np.float64)
        met = np.isfinite(distance)
        going, distance = going[met], distance[met]
        travelled[going] += distance
        part_ids, triangle_ids = hits["geometry_ids"].numpy()[met], hits["primitive_ids"].numpy()[met]
        rgba = colour_at(engine.mesh, part_ids, triangle_ids, hits["primitive_uvs"].numpy()[met], direction[going])
        gathered[going] += clear[going, None] * rgba
        before = clear[going]
        clear[going] *= 1 - rgba[:, 3]
        now = going[(before > 0.5) & (clear[going] <= 0.5)]
        half_m[now] = travelled[now]
        travelled[going] += _PAST * np.maximum(travelled[going], 1e-3)
        going = going[clear[going] > _OPAQUE]
        if not len(going):
            return gathered, half_m
    raise RelensError(f"a ray met more than {_MOST_SURFACES} clear surfaces of the model; simplify what overlaps")
