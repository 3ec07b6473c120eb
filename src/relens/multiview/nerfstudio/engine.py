"""The engine for trained nerfstudio models: their fields are asked for the light along every lens ray.

No blur is laid over a pinhole picture: rays start all over the pupil and cross in the plane of focus, so that what
hides and what shows at edges is the model's own. Models that rasterise (Gaussian splats) know no single rays; one lens
sample of theirs is one pinhole view with the principal point off the middle (`relens.render.rays`), as exact.
"""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64

from relens.camera import Camera
from relens.errors import RelensError
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.photo.transfer import srgb_decode
from relens.progress import Progress
from relens.render.engine import SampleBlock
from relens.render.estimate import Estimate
from relens.render.every_ray import every_ray, homogeneous
from relens.render.rays import pinhole_views

# Pixels worked on at once, all their lens samples: bounds the memory, whatever the picture's size.
_BAND = 1 << 18
_COLOURS = ("rgb", "rgb_fine")
# Where the light is half stopped comes first: the middle of the distribution, then its mean.
_DEPTHS = ("depth", "depth_fine", "expected_depth")
_OPACITIES = ("accumulation", "accumulation_fine")
_STRAIGHT = 1e-6


class Seen(NamedTuple):
    """What a model shows along rays.

    Attributes:
        linear: (n, 3) linear light.
        travelled: (n,) how far the light came, in directions; NaN where more than half of a ray meets nothing.
    """

    linear: Float64[np.ndarray, "n 3"]
    travelled: Float64[np.ndarray, " n"]


@dataclass(frozen=True, eq=False)
class NerfstudioEngine:
    """Photographs a trained model; see `relens.multiview.nerfstudio.open_nerfstudio`.

    Convention: cameras and distances are of the data set's own world (OpenCV camera axes), in metres where that is: the
    turn, shift and scale that nerfstudio trained in are undone. Models answer in sRGB-encoded values; they are made
    linear before the pupil's mean is taken. The picture is opaque, over the model's own background.

    Attributes:
        model: nerfstudio's model, in eval mode.
        frame: where its world lies.
        cameras: those it was trained with, without lens distortion.
        rasterises: it renders whole pinhole views and takes no rays.
    """

    model: Any
    frame: ModelFrame
    cameras: tuple[Camera, ...] = ()
    rasterises: bool = False
    name: str = "nerfstudio"

    def render(
        self,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> Estimate:
        """See `relens.render.engine.Engine`. Raises RelensError for a tilted focus where views are rasterised."""

        def gather(origin_m: np.ndarray, direction: np.ndarray, at: np.ndarray) -> np.ndarray:
            linear = self._seen(origin_m, direction, camera, at).linear
            return np.concatenate([linear, np.ones((len(at), 1))], axis=1)

        # A rasterised view is whole, however few of its pixels are wanted.
        at_once = None if self.rasterises else _BAND
        return every_ray(self.name, gather, camera, lens, block, wanted, progress, at_once=at_once)

    def pinhole_depth_m(self, camera: Camera) -> Float32[np.ndarray, "h w"]:
        """See `relens.render.engine.Engine`; of models that only know a mean depth, that."""
        k, views = camera.intrinsics, pinhole_views(camera)
        at = homogeneous(np.arange(k.height_px * k.width_px), k.width_px)
        # Views' directions are one unit of z long in the camera's axes.
        travelled = self._seen(views.origin_m[0], views.direction[0], camera, at).travelled
        return travelled.astype(np.float32).reshape(k.height_px, k.width_px)

    def _seen(
        self,
        origin_m: Float64[np.ndarray, "3"],
        direction: Float64[np.ndarray, "3 3"],
        camera: AnyCamera,
        at: Float64[np.ndarray, "n 3"],
    ) -> Seen:
        """What a view through one point of the pupil shows at pixels (column, row, 1)."""
        origin, direction = self.frame.point(origin_m), self.frame.turned(direction)
        answer = self._view(origin, direction, camera, at) if self.rasterises else self._rays(origin, direction, at)
        return Seen(answer.linear, answer.travelled / self.frame.scale)

    def _rays(
        self, origin: Float64[np.ndarray, "3"], direction: Float64[np.ndarray, "3 3"], at: Float64[np.ndarray, "n 3"]
    ) -> Seen:
        import torch
        from nerfstudio.cameras.rays import RayBundle

        rays = at @ direction.T
        length = np.linalg.norm(rays, axis=1, keepdims=True)
        # As nerfstudio's cameras measure it: the steps to the next pixel's unit directions.
        steps = [np.linalg.norm(_unit(rays + direction[:, axis]) - rays / length, axis=1) for axis in (0, 1)]

        def tensor(values: np.ndarray) -> Any:
            # An image one pixel wide: models cut images into chunks that their memory holds.
            return torch.from_numpy(np.ascontiguousarray(values, np.float32))[:, None]

        bundle = RayBundle(
            origins=tensor(np.broadcast_to(origin, rays.shape)),
            directions=tensor(rays / length),
            pixel_area=tensor((steps[0] * steps[1])[:, None]),
            camera_indices=torch.zeros((len(at), 1, 1), dtype=torch.long),
            metadata={"directions_norm": tensor(length)},
        )
        outputs = self.model.get_outputs_for_camera_ray_bundle(bundle)
        return _answer(outputs, len(at), 1 / length[:, 0])

    def _view(
        self,
        origin: Float64[np.ndarray, "3"],
        direction: Float64[np.ndarray, "3 3"],
        camera: AnyCamera,
        at: Float64[np.ndarray, "n 3"],
    ) -> Seen:
        import torch
        from nerfstudio.cameras.cameras import Cameras

        k = camera.intrinsics
        right, down = (_unit(direction[:, axis]) for axis in (0, 1))
        if abs(right @ down) > _STRAIGHT:
            raise RelensError(
                "a tilted plane of focus: Gaussian splats are rasterised upright; leave out tilt and swing"
            )
        focal_px = 1 / np.linalg.norm(direction[:, :2], axis=0)
        centre_px = -np.array([right @ direction[:, 2], down @ direction[:, 2]]) * focal_px
        # OpenGL's camera axes.
        pose = np.column_stack([right, -down, -np.cross(right, down), origin])
        off_axis = Cameras(
            camera_to_worlds=torch.from_numpy(pose.astype(np.float32))[None],
            fx=float(focal_px[0]),
            fy=float(focal_px[1]),
            cx=float(centre_px[0]),
            cy=float(centre_px[1]),
            width=k.width_px,
            height=k.height_px,
        ).to(self.model.device)
        outputs = self.model.get_outputs_for_camera(off_axis)
        # Splats' depth is along the axis already.
        whole = _answer(outputs, k.width_px * k.height_px, np.ones(k.width_px * k.height_px))
        pixels = at[:, 1].astype(int) * k.width_px + at[:, 0].astype(int)
        return Seen(whole.linear[pixels], whole.travelled[pixels])


def _answer(outputs: dict[str, Any], count: int, directions_per_distance: Float64[np.ndarray, " n"]) -> Seen:
    colour, depth, opacity = (_first(outputs, names) for names in (_COLOURS, _DEPTHS, _OPACITIES))
    if colour is None:
        raise RelensError(f"the model has no output {' or '.join(_COLOURS)}, but {', '.join(outputs)}")
    linear = srgb_decode(_plain(colour, count, 3))
    travelled = np.full(count, np.nan)
    if depth is not None:
        travelled = _plain(depth, count, 1)[:, 0] * directions_per_distance
    if opacity is not None:
        travelled[_plain(opacity, count, 1)[:, 0] < 0.5] = np.nan
    return Seen(linear.astype(np.float64), travelled)


def _first(outputs: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((outputs[name] for name in names if name in outputs), None)


def _plain(values: Any, count: int, channels: int) -> np.ndarray:
    return values.detach().cpu().numpy().reshape(count, channels).astype(np.float64)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
