"""What would differ from a real lens, as far as it can be measured in this photo."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.errors import RelensError
from relens.explain.report.taken import Taken
from relens.framing import framed, zoom_of
from relens.photo import srgb_encode
from relens.photo.highlights import recover_highlights
from relens.photo.window import same_aspect
from relens.render.picture import Picture
from relens.render.shoot import shoot
from relens.scene import Scene

# The outline is what lies within this share of the diagonal of it.
_OUTLINE = 1 / 400
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709


@dataclass(frozen=True)
class Highlights:
    """What clipping cost, and what an estimate of it gives back.

    Attributes:
        clipped: share of the photo's pixels that are clipped in all channels.
        raised: share of them whose light `recover_highlights` would raise; larger burnt areas say nothing.
        most_stops: the most that one is raised by.
        changed: share of the result's pixels that change by a display code or more with it.
        most_codes: the largest change of a channel, in 8-bit display codes.
    """

    clipped: float
    raised: float
    most_stops: float
    changed: float
    most_codes: float


def highlights_of(taken: Taken, picture: Picture) -> Highlights:
    """Raise the clipped pixels as `--highlights auto` does, and photograph them again."""
    raised = recover_highlights(taken.photo)
    before, after = taken.photo.linear @ _LUMINANCE, raised.linear @ _LUMINANCE
    stops = np.log2(np.maximum(after, 1e-6) / np.maximum(before, 1e-6))
    lit = stops > 1e-4
    if not lit.any():
        return Highlights(taken.clipped, 0.0, 0.0, 0.0, 0.0)
    again = shoot(
        _with_light(taken.small, before, after),
        taken.lens,
        camera=taken.camera,
        samples=taken.samples,
        seed=taken.seed,
        engine=taken.engine,
    )
    codes = np.abs(_codes(again.linear) - _codes(picture.linear)).max(axis=2)
    return Highlights(
        taken.clipped,
        float(lit.mean()),
        float(stops.max()),
        float((codes >= 1).mean()),
        float(codes.max()),
    )


def _with_light(scene: Scene, before: Float32[np.ndarray, "_ _"], after: Float32[np.ndarray, "_ _"]) -> Scene:
    """The scene with its photo's page as much brighter as `after` is than `before`, luminances on the photo's grid."""
    import cv2

    k, border = scene.camera.intrinsics, scene.border_px
    size = k.width_px, k.height_px
    small_before, small_after = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (before, after))
    gain = np.maximum(small_after, 1e-6) / np.maximum(small_before, 1e-6)
    page = scene.canonical["photo"].copy()
    page[border : border + k.height_px, border : border + k.width_px, :3] *= gain[..., None].astype(np.float32)
    return scene.with_page("photo", page)


@dataclass(frozen=True)
class DepthErrors:
    """What errors of depth do to the blur, in pixels of the photo.

    Attributes:
        known: whether the source says how unsure it is; without it the next three are NaN.
        median: one standard deviation of log-depth, over the photo.
        median_px: what it changes the circle of confusion by, over the photo.
        outline_px: the worst at the subject's outline (99th percentile of it).
        px_per_percent: what one per cent of depth changes the background's circle by.
        refit_median_px, refit_worst_px: at the outline, how far the circle that the source's own coarse map gives lies
            from that of the map fitted to the photo's edges: median and 95th percentile; NaN without the source's map.
        iris_ratio, iris_spread: the depth's distance of the face over what its irises say, and one standard deviation
            of that; NaN where no eye could be measured.
    """

    known: bool
    median: float
    median_px: float
    outline_px: float
    px_per_percent: float
    refit_median_px: float
    refit_worst_px: float
    iris_ratio: float
    iris_spread: float


def depth_errors_of(taken: Taken) -> DepthErrors:
    """Carry the depth's errors to the blur, dc = fx D sigma / z, and compare the depth with what else knows."""
    outline, scale = outline_of(taken), taken.fx_px * taken.lens.pupil_diameter_m
    unsure, nan = taken.scene.uncertainty, math.nan
    median = median_px = outline_px = nan
    if unsure is not None and np.isfinite(unsure).any():
        error_px = scale * taken.visible * unsure
        median, median_px = float(np.nanmedian(unsure)), float(np.nanmedian(error_px))
        if np.isfinite(error_px[outline]).any():
            outline_px = float(np.nanpercentile(error_px[outline], 99))
    refit = _refit_px(taken, outline, scale)
    ratio, spread = _iris(taken)
    return DepthErrors(
        not math.isnan(median), median, median_px, outline_px, 0.01 * scale / taken.background_m, *refit, ratio, spread
    )


def outline_of(taken: Taken) -> Bool[np.ndarray, "h w"]:
    """Pixels of the photo beside the outline of the subject: of the matte where there is one, else of what is near."""
    import cv2

    border, k = taken.scene.border_px, taken.scene.camera.intrinsics
    frame = (slice(border, border + k.height_px), slice(border, border + k.width_px))
    if taken.subject_layers:
        alpha = np.zeros((k.height_px, k.width_px), np.float32)
        for layer in taken.scene.layers:
            if layer.name in taken.subject_layers:
                np.maximum(alpha, layer.rgba[frame][..., 3], out=alpha)
        subject = alpha >= 0.5
    else:
        middle = 0.5 * (taken.lens.focus_inverse_m + 1 / taken.background_m)
        subject = np.nan_to_num(taken.visible) >= middle
    size = 2 * max(1, round(_OUTLINE * k.diagonal_px)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    mask = subject.astype(np.uint8)
    return np.asarray(cv2.dilate(mask, kernel) != cv2.erode(mask, kernel))


def _refit_px(taken: Taken, outline: Bool[np.ndarray, "h w"], scale: float) -> tuple[float, float]:
    import cv2

    if taken.depth is None or not outline.any():
        return math.nan, math.nan
    height, width = outline.shape
    rows, columns = taken.depth.inverse_depth.shape
    if not same_aspect(columns, rows, width, height):
        return math.nan, math.nan
    own = np.asarray(cv2.resize(taken.depth.inverse_depth, (width, height), interpolation=cv2.INTER_LINEAR))
    apart_px = scale * np.abs(own[outline] - taken.visible[outline])
    apart_px = apart_px[np.isfinite(apart_px)]
    return (float(np.median(apart_px)), float(np.percentile(apart_px, 95))) if apart_px.size else (math.nan, math.nan)


def _iris(taken: Taken) -> tuple[float, float]:
    from relens.depth.metric_scale import check_scale

    if taken.depth is None:
        return math.nan, math.nan
    try:
        check = check_scale(taken.depth, taken.photo)
    except (RelensError, ImportError):  # without the extra `portrait` nobody looks for eyes
        return math.nan, math.nan
    return (math.nan, math.nan) if check is None else (check.ratio, check.spread)


@dataclass(frozen=True)
class Grain:
    """Noise in flat background, one standard deviation in 8-bit display codes, and the renderer's own.

    Attributes:
        photo: in the photo, around the background point.
        result: at the same place of the result, at full size.
        sampling: median standard error of the result's lens samples there, in the same codes.
    """

    photo: float
    result: float
    sampling: float


def grain_of(
    photo: Float32[np.ndarray, "h w 3"], result: Float32[np.ndarray, "h w 3"], error: Float32[np.ndarray, "h w"]
) -> Grain:
    """Grain of two windows of the same place. error: of the result's linear luminance."""
    level = np.maximum(result @ _LUMINANCE, 1e-4)
    slope = (srgb_encode(level + np.float32(1e-3)) - srgb_encode(level)) / np.float32(1e-3) * 255
    finite = np.isfinite(error)
    sampling = float(np.median((error * slope)[finite])) if finite.any() else math.nan
    return Grain(_noise(photo), _noise(result), sampling)


def _noise(linear: Float32[np.ndarray, "h w 3"]) -> float:
    """Standard deviation of noise in display codes, from the difference of two Laplacians. Source: Immerkaer, 1996."""
    import cv2

    codes = _codes(linear) @ _LUMINANCE
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    apart = np.abs(cv2.filter2D(codes, -1, kernel))[1:-1, 1:-1]
    # The mean of |N(0, s)| is sqrt(2 / pi) s; the kernel's own gain is 6.
    return float(np.mean(apart)) * math.sqrt(math.pi / 2) / 6 if apart.size else math.nan


def local_contrast(linear: Float32[np.ndarray, "h w 3"]) -> float:
    """Standard deviation of what single pixels say beyond their neighbourhood of 5, in 8-bit display codes."""
    import cv2

    codes = _codes(linear) @ _LUMINANCE
    return float((codes - cv2.GaussianBlur(codes, (0, 0), 2.5)).std())


def _codes(linear: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 3"]:
    return srgb_encode(np.clip(linear, 0, 1)) * np.float32(255)


@dataclass(frozen=True)
class Perspective:
    """Where a full-frame camera with this lens would stand for the same subject at the same size.

    Attributes:
        photo_mm: focal length of the photo's field of view on the lens's sensor.
        photo_m: distance of what is in focus in the photo.
        lens_m: from where the lens shows it as large.
        near_m, far_m: nearest and farthest tenth of the subject, z-depth in the photo.
        photo_ratio, lens_ratio: how much larger its near part is drawn than its far part, here and from there.
        lens_coc: the background's circle of confusion from there over the picture's width.
        photo_coc: the same of this report's result.
    """

    photo_mm: float
    photo_m: float
    lens_m: float
    near_m: float
    far_m: float
    photo_ratio: float
    lens_ratio: float
    photo_coc: float
    lens_coc: float


def perspective_of(taken: Taken) -> Perspective | None:
    """The perspective of framing "subject"; None where the focus is at infinity."""
    lens, k = taken.lens, taken.scene.camera.intrinsics
    if math.isinf(lens.focus_distance_m):
        return None
    camera, there = framed(taken.scene.camera, lens, "subject")
    back_m = -float(camera.eye_m[2])
    subject = np.abs(np.nan_to_num(taken.visible) - lens.focus_inverse_m)
    near = subject < 0.5 * abs(lens.focus_inverse_m - 1 / taken.background_m)
    inverse = taken.visible[near & np.isfinite(taken.visible)]
    if inverse.size:
        near_m, far_m = (1 / float(np.percentile(inverse, share)) for share in (90, 10))
    else:
        near_m = far_m = lens.focus_distance_m
    background = 1 / (taken.background_m + back_m)
    return Perspective(
        k.fx_px * lens.sensor_width_mm / max(k.width_px, k.height_px),
        lens.focus_distance_m,
        there.focus_distance_m,
        near_m,
        far_m,
        far_m / near_m,
        (far_m + back_m) / (near_m + back_m),
        lens.coc_px(1 / taken.background_m, k.fx_px) / k.width_px,
        there.coc_px(background, k.fx_px * zoom_of(k, lens)) / k.width_px,
    )
