"""The mesh engine: any model, ray traced with Embree through open3d's RaycastingScene.

The very lens rays of the other engines, one by one: no layers, no bounds, no prefiltering. What a ray meets is laid
under what it has gathered, and where that is not opaque the ray goes on behind it.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64

from relens.camera import Camera
from relens.errors import MissingPackageError, RelensError
from relens.lens import Lens
from relens.mesh import Mesh
from relens.moving_camera import AnyCamera
from relens.progress import Progress
from relens.render.engine import SampleBlock
from relens.render.estimate import Estimate
from relens.render.every_ray import every_ray, homogeneous
from relens.render.mesh_colour import colour_at
from relens.render.rays import pinhole_views

# Rays cast at once: enough to keep all cores busy, few enough to bound the memory.
_RAYS = 1 << 20
_OPAQUE = 1e-6  # a ray with less than this left to see is done
_MOST_SURFACES = 64
# Rays run this far off the middle of a pixel: one that meets an edge exactly may slip between the edge's triangles, and
# the vertices of a scene's mesh are the pixels' middles.
_OFF_PX = (3e-4, 2e-4)
# A ray that goes on starts this share of its way behind what it met, past the rounding of Embree's single precision.
_PAST = 1e-5


@dataclass(frozen=True)
class MeshEngine:
    """The ray-traced engine for one mesh, whose hierarchy is built once.

    Raises MissingPackageError without open3d.
    """

    mesh: Mesh
    name: str = "mesh"
    _tracer: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            import open3d
        except ImportError as error:
            raise MissingPackageError("open3d", "the mesh engine", "pip install 'relens[mesh]'") from error
        tracer = open3d.t.geometry.RaycastingScene()
        for part in self.mesh.parts:
            vertices = open3d.core.Tensor.from_numpy(np.ascontiguousarray(part.vertices_m))
            triangles = open3d.core.Tensor.from_numpy(part.triangles.astype(np.uint32))
            tracer.add_triangles(vertices, triangles)
        object.__setattr__(self, "_tracer", (tracer, open3d.core.Tensor.from_numpy))

    def render(
        self,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> Estimate:
        """See `relens.render.engine.Engine`."""

        def gather(origin_m: np.ndarray, direction: np.ndarray, at: np.ndarray) -> np.ndarray:
            return self._gathered(origin_m, at @ direction.T)

        return every_ray(self.name, gather, camera, lens, block, wanted, progress, at_once=_RAYS, off_px=_OFF_PX)

    def pinhole_depth_m(self, camera: Camera) -> Float32[np.ndarray, "h w"]:
        """See `relens.render.engine.Engine`."""
        k, views = camera.intrinsics, pinhole_views(camera)
        depth_m = np.empty(k.height_px * k.width_px, np.float32)
        for band in np.array_split(np.arange(depth_m.size), max(1, math.ceil(depth_m.size / _RAYS))):
            half_stopped = np.full(len(band), np.nan)
            self._gathered(
                views.origin_m[0], homogeneous(band, k.width_px, _OFF_PX) @ views.direction[0].T, half_stopped
            )
            depth_m[band] = half_stopped
        return depth_m.reshape(k.height_px, k.width_px)

    def _gathered(
        self,
        origin_m: Float64[np.ndarray, "3"],
        direction: Float64[np.ndarray, "n 3"],
        half_stopped: Float64[np.ndarray, " n"] | None = None,
    ) -> Float64[np.ndarray, "n 4"]:
        """What rays gather, RGBA; notes in `half_stopped` how far along a ray (in directions) half of it is stopped."""
        tracer, tensor = self._tracer
        gathered, clear = np.zeros((len(direction), 4)), np.ones(len(direction))
        going = np.arange(len(direction))
        travelled = np.zeros(len(direction))
        for _ in range(_MOST_SURFACES):
            starts = origin_m + travelled[going, None] * direction[going]
            rays = np.concatenate([starts, direction[going]], axis=1).astype(np.float32)
            hits = tracer.cast_rays(tensor(rays))
            distance = hits["t_hit"].numpy().astype(np.float64)
            met = np.isfinite(distance)
            going, distance = going[met], distance[met]
            if not len(going):
                return gathered
            travelled[going] += distance
            rgba = colour_at(
                self.mesh,
                hits["geometry_ids"].numpy()[met],
                hits["primitive_ids"].numpy()[met],
                hits["primitive_uvs"].numpy()[met],
                direction[going],
            )
            gathered[going] += clear[going, None] * rgba
            before = clear[going]
            clear[going] *= 1 - rgba[:, 3]
            if half_stopped is not None:
                now = going[(before > 0.5) & (clear[going] <= 0.5)]
                half_stopped[now] = travelled[now]
            travelled[going] += _PAST * np.maximum(travelled[going], 1e-3)
            going = going[clear[going] > _OPAQUE]
            if not len(going):
                return gathered
        raise RelensError(f"a ray met more than {_MOST_SURFACES} clear surfaces of the model; simplify what overlaps")


def focus_on_m(mesh: Mesh, camera: Camera, pixel: tuple[float, float] | None) -> float:
    """Distance along the camera's axis of what it sees at a pixel (column, row); in the middle when left out.

    Where the very middle is empty, the nearest of what is seen counts. Raises RelensError where nothing is.
    """
    k = camera.intrinsics
    column, row = (k.width_px / 2, k.height_px / 2) if pixel is None else pixel
    engine = MeshEngine(mesh)
    depth_m = engine.pinhole_depth_m(camera)
    inside = 0 <= column < k.width_px and 0 <= row < k.height_px
    seen = float(depth_m[int(row), int(column)]) if inside else math.nan
    if math.isnan(seen) and pixel is None and not np.isnan(depth_m).all():
        seen = float(np.nanmin(depth_m))
    if math.isnan(seen):
        raise RelensError(f"focus={column:g},{row:g}: nothing of the model is there; choose another pixel")
    return seen
