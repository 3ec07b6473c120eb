"""What the photos' pixels see: points of the fitted surface, found once and kept while the page is fitted."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32, Float64

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.multiview.page.settings import PageSettings
from relens.multiview.posed_photo import PosedPhoto
from relens.progress import Progress, silent

# A pixel that meets less than this sees mostly background, which no page holds.
_LEAST_OPACITY = 0.5
_RAYS = 1 << 15


@runtime_checkable
class Sight(Protocol):
    """What rays see of a surface: points (n, count, 3) in metres, and weights (n, count) whose sum is the opacity."""

    def __call__(
        self, origins_m: Float32[np.ndarray, "n 3"], directions: Float32[np.ndarray, "n 3"], count: int
    ) -> tuple[Float[Any, "n c 3"], Float[Any, "n c"]]:
        """See the class."""
        ...


@dataclass(frozen=True)
class SeenPoints:
    """What pixels see, and their colours.

    Attributes:
        points_m: (n, k, 3).
        weights: (n, k) of each pixel's points, with sum 1.
        directions: (n, 3) of the pixels' rays, unit vectors in the world.
        pixel_rad: (n,) how wide a pixel is, seen from the camera.
        eyes_m: (n, 3) where the rays start.
        linear: (n, 3) the pixels' linear light.
    """

    points_m: Float32[np.ndarray, "n k 3"]
    weights: Float32[np.ndarray, "n k"]
    directions: Float32[np.ndarray, "n 3"]
    pixel_rad: Float32[np.ndarray, " n"]
    eyes_m: Float32[np.ndarray, "n 3"]
    linear: Float32[np.ndarray, "n 3"]


def sight_of(surface: Any) -> Any:
    """What rays see of a fitted surface; a `Sight` is one already."""
    if callable(surface):
        return surface
    from relens.multiview.surface import visible_points

    def see(origins_m: Any, directions: Any, count: int) -> tuple[Any, Any]:
        # All samples make the opacity; where the surface is still soft, the first few are a small part of it.
        points, weights = visible_points(surface, origins_m, directions, surface.settings.fine_samples)
        kept = weights[:, :count]
        whole = weights.sum(dim=1, keepdim=True) / kept.sum(dim=1, keepdim=True).clamp(min=1e-6)
        return points[:, :count], kept * whole

    return see


def rays_of(camera: Camera) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n 3"]]:
    """Origins and unit directions of the rays through all pixels' centres, row by row, in the world."""
    k = camera.intrinsics
    rows, columns = np.mgrid[: k.height_px, : k.width_px] + 0.5
    local = np.stack([(columns - k.cx_px) / k.fx_px, (rows - k.cy_px) / k.fy_px, np.ones_like(rows)], axis=-1)
    ray = local.reshape(-1, 3) @ camera.rotation.T
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    return np.broadcast_to(camera.eye_m, ray.shape).astype(np.float32), ray.astype(np.float32)


def see_in_parts(
    sight: Sight, origins_m: Float32[np.ndarray, "n 3"], directions: Float32[np.ndarray, "n 3"], count: int
) -> tuple[Float32[np.ndarray, "n c 3"], Float32[np.ndarray, "n c"]]:
    """What many rays see, worked on in parts that bound the memory."""
    points, weights = [], []
    for start in range(0, len(origins_m), _RAYS):
        part = slice(start, start + _RAYS)
        found, share = sight(origins_m[part], directions[part], count)
        points.append(_array(found))
        weights.append(_array(share))
    return np.concatenate(points), np.concatenate(weights)


def seen_points(
    photos: tuple[PosedPhoto, ...], sight: Sight, settings: PageSettings, progress: Progress = silent
) -> SeenPoints:
    """What the photos' pixels see, masks respected; of more pixels than the settings ask for, as many by chance.

    Raises ValueRangeError where no pixel sees the surface.
    """
    chance = np.random.default_rng(settings.seed)
    total = sum(photo.linear.shape[0] * photo.linear.shape[1] for photo in photos)
    share = min(1.0, settings.most_pixels / total)
    parts: list[tuple[np.ndarray, ...]] = []
    for number, photo in enumerate(photos):
        taken = np.ones(photo.linear.shape[:2], bool) if photo.mask is None else photo.mask
        pixels = np.flatnonzero(taken)
        if share < 1:
            pixels = np.sort(chance.choice(pixels, int(share * len(pixels)), replace=False))
        origins_m, directions = (rays[pixels] for rays in rays_of(photo.camera))
        points, weights = see_in_parts(sight, origins_m, directions, settings.samples)
        opacity = weights.sum(axis=1)
        kept = (opacity > _LEAST_OPACITY) & np.isfinite(points).all(axis=(1, 2))
        linear = photo.linear.reshape(-1, 3)[pixels[kept]]
        width_rad = np.full(int(kept.sum()), 1 / np.sqrt(photo.camera.intrinsics.fx_px * photo.camera.intrinsics.fy_px))
        parts.append(
            (
                points[kept],
                weights[kept] / opacity[kept, None],
                directions[kept],
                width_rad.astype(np.float32),
                origins_m[kept],
                linear,
            )
        )
        progress("page, looking", (number + 1) / len(photos))
    joined = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    if not len(joined[0]):
        raise ValueRangeError("photos", "no pixel sees the surface", "a surface in front of the cameras; check the box")
    return SeenPoints(*joined)


def nearest_to(points: SeenPoints) -> Float64[np.ndarray, "n 3"]:
    """Of each pixel the point that it sees most of."""
    best = points.weights.argmax(axis=1)
    return points.points_m[np.arange(len(best)), best].astype(np.float64)


def _array(values: Any) -> Float32[np.ndarray, "*s"]:
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values, np.float32)
