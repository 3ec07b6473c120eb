"""Footprints: the 2D Gaussians that 3D splats leave in a picture, and their depth over it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

from relens.camera import Camera, Intrinsics
from relens.capture.harmonics import colour_towards
from relens.splats import Splats

# As the reference has them: the pixel's own filter (variance, px²), the least opacity that counts, and how far outside
# the frame (of half its width) the projection is still taken as it is.
LOW_PASS_PX2, LEAST_ALPHA, _MARGIN = 0.3, 1 / 255, 0.3
_NEAR_M = 0.01
_BLOCK = 1 << 17


@dataclass(frozen=True)
class Footprints:
    """Splats as a picture shows them, front to back.

    Attributes:
        splat: (n, 12) column and row of the middle in px, the inverse covariance's a, b, c (1/px²; exponent
            -(a dx² + 2 b dx dy + c dy²)/2), opacity, inverse depth (1/m) and its slope along columns and rows (1/m/px),
            and the colour as the splats blend it.
        box: (n, 4) first and last column, first and last row of the pixels it reaches.
    """

    splat: Float32[np.ndarray, "n 12"]
    box: Int32[np.ndarray, "n 4"]


def footprints(splats: Splats, camera: Camera) -> Footprints:
    """The footprints of the splats before a camera, sorted by the depth of their centres.

    The projection is linearised at each centre, in (column, row, inverse depth): in it the splat stays a Gaussian, and
    its inverse depth along a pixel's ray is the mean of that Gaussian there, a plane over the picture.

    Source: Zwicker et al., "EWA Volume Splatting", 2001, sections 4 and 5; Kerbl et al. 2023, section 4.
    """
    blocks = [_block(splats, camera, slice(at, at + _BLOCK)) for at in range(0, len(splats), _BLOCK)]
    splat, box = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    order = np.argsort(-splat[:, 6], kind="stable")
    return Footprints(splat[order], box[order])


def _block(
    splats: Splats, camera: Camera, block: slice
) -> tuple[Float32[np.ndarray, "n 12"], Int32[np.ndarray, "n 4"]]:
    k = camera.intrinsics
    away_m = splats.means_m[block].astype(np.float64) - camera.eye_m
    local_m = away_m @ camera.rotation
    opacity = splats.opacity[block].astype(np.float64)
    kept = np.flatnonzero((local_m[:, 2] > _NEAR_M) & (opacity >= LEAST_ALPHA))
    local_m, away_m, opacity = local_m[kept], away_m[kept], opacity[kept]
    axes = camera.rotation.T @ _matrices(splats.rotations[block][kept]) * splats.scales_m[block][kept][:, None, :]
    with np.errstate(over="ignore", invalid="ignore"):
        rays = _jacobian(local_m, k) @ axes  # the splat's own axes in px, px and 1/m
        uu, uv, vv = (np.sum(rays[:, i] * rays[:, j], axis=1) for i, j in ((0, 0), (0, 1), (1, 1)))
        wu, wv = (np.sum(rays[:, 2] * rays[:, i], axis=1) for i in (0, 1))
        uu, vv = uu + LOW_PASS_PX2, vv + LOW_PASS_PX2
        determinant = uu * vv - uv * uv
        a, b, c = vv / determinant, -uv / determinant, uu / determinant
    w = 1 / local_m[:, 2]
    column = k.cx_px + k.fx_px * local_m[:, 0] * w
    row = k.cy_px + k.fy_px * local_m[:, 1] * w
    # Beyond so many standard deviations its opacity is too little to count.
    reach = np.sqrt(np.maximum(2 * np.log(opacity / LEAST_ALPHA), 0))
    with np.errstate(invalid="ignore"):
        first_column, last_column = _pixels(column, reach * np.sqrt(uu), k.width_px)
        first_row, last_row = _pixels(row, reach * np.sqrt(vv), k.height_px)
    seen = (first_column <= last_column) & (first_row <= last_row) & (determinant > 0) & np.isfinite(a + b + c)
    distance_m = np.linalg.norm(away_m, axis=1, keepdims=True)
    rgb = colour_towards(splats.sh[block][kept[seen]], (away_m / distance_m)[seen])
    columns = [column, row, a, b, c, opacity, w, wu * a + wv * b, wu * b + wv * c]
    splat = np.column_stack([*(values[seen] for values in columns), rgb]).astype(np.float32)
    box = np.stack([first_column, last_column, first_row, last_row], axis=1)[seen]
    return splat, box.astype(np.int32)


def _pixels(
    middle: Float64[np.ndarray, " n"], half: Float64[np.ndarray, " n"], size: int
) -> tuple[Float64[np.ndarray, " n"], Float64[np.ndarray, " n"]]:
    """First and last of the pixels whose centres lie no farther than `half` from the middle."""
    return np.maximum(np.ceil(middle - half - 0.5), 0), np.minimum(np.floor(middle + half - 0.5), size - 1)


def _jacobian(local_m: Float64[np.ndarray, "n 3"], k: Intrinsics) -> Float64[np.ndarray, "n 3 3"]:
    """How column, row and inverse depth change with x, y and z."""
    w = 1 / local_m[:, 2]
    out = np.zeros((len(w), 3, 3))
    for axis, (f_px, c_px, size) in enumerate(((k.fx_px, k.cx_px, k.width_px), (k.fy_px, k.cy_px, k.height_px))):
        room = _MARGIN * size / 2
        slope = np.clip(local_m[:, axis] * w, (-c_px - room) / f_px, (size - c_px + room) / f_px)
        out[:, axis, axis] = f_px * w
        out[:, axis, 2] = -f_px * w * slope
    out[:, 2, 2] = -w * w
    return out


def _matrices(rotations: Float32[np.ndarray, "n 4"]) -> Float64[np.ndarray, "n 3 3"]:
    """Rotation matrices of unit quaternions w x y z."""
    w, x, y, z = rotations.T.astype(np.float64)
    rows = [[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]]  # fmt: skip
    return np.moveaxis(np.array(rows), -1, 0)
