"""Lens rays: every ray of every camera is a straight line through the photo's (column, row, inverse depth) space.

A perspective map carries lines to lines, so the ray from pupil point o along direction d meets inverse depth w at

    column(w) = fx (dx/dz) + cx + w fx (ox - oz dx/dz),     row(w) likewise,

which is linear in w (docs/conventions.md). One lens sample of a whole frame is therefore one sheared pinhole view:
twelve numbers, a matrix from pixel to direction and an origin.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from relens.aperture import PupilSamples
from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.pupil_sequence import unit_interval
from relens.render.engine import SampleBlock

# The fewest lens samples that an adaptive engine takes where there is blur.
_FIRST_SAMPLES = 8


@dataclass(frozen=True)
class Views:
    """Pinhole views through points of the pupil, in the world frame (which is the photo's camera frame).

    Attributes:
        direction: (n, 3, 3); direction[k] @ (column, row, 1) is the ray's direction for a pixel of the new camera.
        origin_m: (n, 3); where the rays of view k start.
        weight: (n, 4); what view k counts for in red, green, blue and coverage. Each expectation is 1.
        pupil: (n, 2); the pupil point in units of the pupil's radius, for the barrel's rim (`relens.render.rim`). NaN
        for
            the sample nearest the axis among the first ones, which the rim never cuts, so that no pixel stays empty.
        a_sample: views that make one lens sample: 1, or 3 where each colour channel has a ray of its own.
        bounding: how many of the views, the last ones, are no samples but bound the rays of all others.
    """

    direction: Float64[np.ndarray, "n 3 3"]
    origin_m: Float64[np.ndarray, "n 3"]
    weight: Float64[np.ndarray, "n 4"]
    pupil: Float64[np.ndarray, "n 2"]
    a_sample: int
    bounding: int = 0


def block_views(camera: AnyCamera, lens: Lens, block: SampleBlock) -> Views:
    """The views of a block of samples; a moving camera stands, for each, where it is at the sample's own time.

    Pupil and time are dimensions of one sequence, so that motion blur takes no more samples than defocus.
    """
    samples = lens.aperture.samples(block.count, block.seed, block.first)
    if isinstance(camera, Camera):
        return lens_views([camera], lens, samples)
    times = unit_interval(block.first, block.count, block.seed)
    return lens_views([camera.at(float(time)) for time in times], lens, samples)


def lens_views(cameras: Sequence[Camera], lens: Lens, samples: PupilSamples) -> Views:
    """The views through pupil points, from one camera or from one each; consecutive when a sample has three, red first.

    Rays from pupil point (u, v, 0) cross the point of the plane of focus that the pinhole sees at the same pixel:
    direction (x - u w, y - v w, 1) in camera axes, x and y the pinhole's normalised coordinates and w(x, y) the inverse
    depth of the plane of focus there, which is linear in x and y however the plane is tilted (`relens.Lens`). A colour
    channel with another focus has another w, one with another magnification other x and y.
    """
    channels = 3 if lens.has_colour_error else 1
    pupil = np.repeat(samples.points, channels, axis=0)
    offset_m = np.concatenate([pupil * (lens.pupil_diameter_m / 2), np.zeros((len(pupil), 1))], axis=1)
    coverage = samples.weights.mean(axis=1, keepdims=True)
    weight = np.concatenate([samples.weights, coverage], axis=1)
    if channels == 3:
        by_channel = np.concatenate([3 * np.eye(3), np.ones((3, 1))], axis=1)
        weight = (weight[:, None] * by_channel).reshape(-1, 4)
    # One camera's matrices for all views, or each view its own camera's.
    parts = [_channel(camera, lens, channel) for camera in cameras for channel in _channels(lens)]
    to_normalised, focus = (np.stack(part) for part in zip(*parts, strict=True))
    local = np.resize(to_normalised, (len(pupil), 3, 3))
    local -= offset_m[:, :, None] * np.resize(focus, (len(pupil), 1, 3))
    rotation, eye_m = (
        np.resize(np.repeat(np.stack(poses), channels, axis=0), (len(pupil), 3, size))
        for poses, size in (
            ([camera.rotation for camera in cameras], 3),
            ([camera.eye_m[:, None] for camera in cameras], 1),
        )
    )
    never_cut = int(np.argmin(np.hypot(*samples.points[:_FIRST_SAMPLES].T)))
    pupil[never_cut * channels : (never_cut + 1) * channels] = np.nan
    origin_m = eye_m + rotation @ offset_m[:, :, None]
    return Views(rotation @ local, origin_m[..., 0], weight, pupil, channels)


def pinhole_views(camera: Camera) -> Views:
    """The one view through the middle of the pupil, whatever the lens."""
    to_normalised, _ = _channel(camera, Lens(50, 1), 1)
    return Views(
        (camera.rotation @ to_normalised)[None], camera.eye_m[None].copy(), np.ones((1, 4)), np.zeros((1, 2)), 1
    )


def _channels(lens: Lens) -> tuple[int, ...]:
    return (0, 1, 2) if lens.has_colour_error else (1,)


def _channel(camera: Camera, lens: Lens, channel: int) -> tuple[Float64[np.ndarray, "3 3"], Float64[np.ndarray, "3"]]:
    """(column, row, 1) to the pinhole's (x, y, 1), and to the inverse depth of the plane of focus, for one channel."""
    k, magnification = camera.intrinsics, float(lens.channel_magnification[channel])
    fx_px, fy_px = k.fx_px * magnification, k.fy_px * magnification
    to_normalised = np.array([[1 / fx_px, 0, -k.cx_px / fx_px], [0, 1 / fy_px, -k.cy_px / fy_px], [0, 0, 1]])
    gradient = np.array([*lens.focus_gradient_per_m, lens.focus_inverse_m + lens.channel_focus_per_m[channel]])
    return to_normalised, gradient @ to_normalised


def photo_lines(
    views: Views, index: int, photo: Intrinsics, column_px: Float64[np.ndarray, "*s"], row_px: Float64[np.ndarray, "*s"]
) -> tuple[Float64[np.ndarray, "*s 2"], Float64[np.ndarray, "*s 2"], np.ndarray]:
    """Rays of one view as lines (start + w * slope) in the photo's pixels, w the inverse depth in 1/m.

    Returns start (column, row), slope (pixels per 1/m), and whether the ray runs forward in the photo's frame.
    """
    matrix, (ox, oy, oz) = views.direction[index], views.origin_m[index]
    dx, dy, dz = (matrix[i, 0] * column_px + matrix[i, 1] * row_px + matrix[i, 2] for i in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        vx, vy = dx / dz, dy / dz
    start = np.stack([photo.fx_px * vx + photo.cx_px, photo.fy_px * vy + photo.cy_px], axis=-1)
    slope = np.stack([photo.fx_px * (ox - oz * vx), photo.fy_px * (oy - oz * vy)], axis=-1)
    return start, slope, dz > 1e-9


def depth_in_camera(inverse_depth: Float[np.ndarray, "h w"], camera: Camera) -> Float32[np.ndarray, "h w"]:
    """z-depth in `camera` from inverse depth in the photo's frame along its pinhole rays; inf and NaN stay."""
    k = camera.intrinsics
    column, row = np.arange(k.width_px) + 0.5, np.arange(k.height_px)[:, None] + 0.5
    x, y = (column - k.cx_px) / k.fx_px, (row - k.cy_px) / k.fy_px
    towards = camera.rotation[2]  # z of the ray in the photo's frame per metre of z in the new camera
    if np.array_equal(towards, [0, 0, 1]):
        with np.errstate(divide="ignore"):
            return (1 / inverse_depth - camera.eye_m[2]).astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        depth_m = (1 / inverse_depth - camera.eye_m[2]) / (towards[0] * x + towards[1] * y + towards[2])
    return depth_m.astype(np.float32)
