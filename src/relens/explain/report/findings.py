"""Findings: everything that a report says and shows of one photo, computed in one go."""

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from relens.explain.depth_preview import depth_preview
from relens.explain.reduce import reduced
from relens.explain.report.differences import (
    DepthErrors,
    Grain,
    Highlights,
    Perspective,
    depth_errors_of,
    grain_of,
    highlights_of,
    local_contrast,
    perspective_of,
)
from relens.explain.report.embed import jpeg
from relens.explain.report.hidden import Hidden, hidden_of
from relens.explain.report.maps import ValueMap, value_map
from relens.explain.report.optics import Optics, optics_of, stops_of
from relens.explain.report.points import SEEN_PX, background_point, detail_point
from relens.explain.report.rays import Bundle, bundle_of
from relens.explain.report.relief import Relief, relief_of
from relens.explain.report.taken import Taken
from relens.explain.report.window import window_of
from relens.lens import Lens
from relens.progress import Progress, silent
from relens.render.choose import open_engine
from relens.render.picture import Picture
from relens.render.shoot import shoot

# The window that grain is measured in, pixels of the photo.
_GRAIN_PX = 96
# What the widest disc takes of its window.
_DISC_OF_WINDOW = 0.62
_MAP_PX = 900


@dataclass(frozen=True)
class Stop:
    """The shot at one f-number: a picture as a data URI, and its optics."""

    optics: Optics
    picture: str


@dataclass(frozen=True)
class RayFigure:
    """Where one point's rays land, on two pictures of the same window.

    Attributes:
        bundle: the rays.
        left_px, top_px, side_px: the square window, pixels of the photo.
        photo, result: data URIs of the window in the photo and in the result.
        kept: local contrast of the result's window over the photo's; NaN where that was not measured.
    """

    bundle: Bundle
    left_px: float
    top_px: float
    side_px: float
    photo: str
    result: str
    kept: float = math.nan


@dataclass(frozen=True)
class Findings:
    """What a page shows, beside `Taken`; pictures are data URIs."""

    taken: Taken
    optics: Optics
    stops: tuple[Stop, ...]
    photo: str
    depth: str
    uncertainty: ValueMap | None
    matte: str | None
    coc: ValueMap
    hidden_map: ValueMap
    relief: Relief
    background: RayFigure
    detail: RayFigure
    hidden: Hidden
    highlights: Highlights
    depth_errors: DepthErrors
    grain: Grain
    perspective: Perspective | None

    @property
    def result(self) -> Stop:
        """The shot at the lens's own f-number."""
        return next(stop for stop in self.stops if stop.optics.lens.f_number == self.taken.lens.f_number)


def findings_of(taken: Taken, progress: Progress = silent) -> Findings:
    """Photograph, measure and encode. Raises as `relens.shoot` does; `progress` may raise to stop it."""
    engine = open_engine(taken.small, taken.engine)
    lenses = stops_of(taken.lens)
    stops, result = [], None
    for number, lens in enumerate(lenses):
        progress("stops", number / len(lenses))
        picture = shoot(engine, lens, camera=taken.camera, samples=taken.samples, seed=taken.seed)
        stops.append(Stop(optics_of(taken, lens), jpeg(picture.linear)))
        if lens.f_number == taken.lens.f_number:
            result = picture
    if result is None:  # the lens's own f-number is always among them
        raise AssertionError("no picture of the lens itself")
    progress("rays", 0.0)
    background = _background_figure(taken, result)
    detail = _detail_figure(taken)
    progress("measure", 0.0)
    hidden = hidden_of(taken)
    progress("measure", 0.4)
    highlights = highlights_of(taken, result)
    progress("measure", 0.7)
    depth_errors, grain, perspective = depth_errors_of(taken), _grain(taken, background), perspective_of(taken)
    progress("layers", 0.0)
    width_px = min(_MAP_PX, taken.camera.intrinsics.width_px)
    # The result's circles in pixels of the photo.
    to_photo = taken.fx_px / taken.camera.intrinsics.fx_px
    coc_px = np.asarray(result.coc_px * np.float32(to_photo), np.float32)
    finite = coc_px[np.isfinite(coc_px)]
    return Findings(
        taken,
        optics_of(taken),
        tuple(stops),
        jpeg(reduced(taken.photo.linear, taken.camera.intrinsics.width_px)),
        jpeg(depth_preview(_sampled(taken.visible, width_px))),
        _uncertainty_map(taken, width_px),
        _matte(taken, width_px),
        value_map(coc_px, "px", float(np.percentile(finite, 99.5)) if finite.size else 1.0),
        value_map(hidden.share, "of the rays", 1.0),
        relief_of(taken),
        background,
        detail,
        hidden,
        highlights,
        depth_errors,
        grain,
        perspective,
    )


def _sampled(values: Float32[np.ndarray, "h w"], width_px: int) -> Float32[np.ndarray, "_ _"]:
    """A map at another width by its nearest values: numbers of silhouettes are not mixed."""
    height, width = values.shape
    if width <= width_px:
        return values
    rows = ((np.arange(max(1, round(height * width_px / width))) + 0.5) * width / width_px).astype(int)
    columns = ((np.arange(width_px) + 0.5) * width / width_px).astype(int)
    return values[np.ix_(np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1))]


def _uncertainty_map(taken: Taken, width_px: int) -> ValueMap | None:
    unsure = taken.scene.uncertainty
    if unsure is None or not np.isfinite(unsure).any():
        return None
    percent = _sampled(unsure, width_px) * np.float32(100)
    return value_map(percent, "%", float(np.nanpercentile(percent, 99)))


def _matte(taken: Taken, width_px: int) -> str | None:
    if not taken.subject_layers:
        return None
    k, border = taken.scene.camera.intrinsics, taken.scene.border_px
    through = np.ones((k.height_px, k.width_px), np.float32)
    for layer in taken.scene.layers:
        if layer.name in taken.subject_layers:
            through *= 1 - layer.rgba[border : border + k.height_px, border : border + k.width_px, 3]
    # Coverage as light: half covered is half of white's light.
    return jpeg(reduced(np.repeat((1 - through)[..., None], 3, axis=2), width_px))


def _background_figure(taken: Taken, result: Picture) -> RayFigure:
    point = background_point(taken)
    bundle = bundle_of(taken.scene, taken.lens, point, taken.seed)
    side_px = max(point.coc_px / _DISC_OF_WINDOW, 24.0)
    left, top = point.column_px - side_px / 2, point.row_px - side_px / 2
    scale = taken.camera.intrinsics.width_px / taken.photo.width_px
    photo = jpeg(_cut(taken.photo.linear, left, top, side_px, 360))
    return RayFigure(
        bundle, left, top, side_px, photo, jpeg(_cut(result.linear, left * scale, top * scale, side_px * scale, 360))
    )


def _detail_figure(taken: Taken) -> RayFigure:
    point = detail_point(taken)
    bundle = bundle_of(taken.scene, taken.lens, point, taken.seed)
    side = min(SEEN_PX, taken.photo.width_px, taken.photo.height_px)
    left = int(np.clip(int(point.column_px) - side // 2, 0, taken.photo.width_px - side))
    top = int(np.clip(int(point.row_px) - side // 2, 0, taken.photo.height_px - side))
    picture = _window_shot(taken, left, top, side, taken.lens)
    photo = taken.photo.linear[top : top + side, left : left + side]
    shown, taken_again = (jpeg(_magnified(each, 12), 92) for each in (photo, picture.linear))
    before = local_contrast(photo)
    kept = local_contrast(picture.linear) / before if before > 0 else math.nan
    return RayFigure(bundle, left, top, side, shown, taken_again, kept)


def _grain(taken: Taken, background: RayFigure) -> Grain:
    side = min(_GRAIN_PX, taken.photo.width_px, taken.photo.height_px)
    point = background.bundle.point
    left = int(np.clip(point.column_px - side / 2, 0, taken.photo.width_px - side))
    top = int(np.clip(point.row_px - side / 2, 0, taken.photo.height_px - side))
    picture = _window_shot(taken, left, top, side, taken.lens)
    photo = taken.photo.linear[top : top + side, left : left + side]
    return grain_of(photo, picture.linear, picture.standard_error)


def _window_shot(taken: Taken, left: int, top: int, side: int, lens: Lens) -> Picture:
    """A square window of the result at the photo's full size."""
    window = window_of(taken.scene, left, top, side, side, lens)
    # The rim's cut depends on where in the whole frame a pixel lies; a window does not know.
    plain = replace(lens, aperture=replace(lens.aperture, cats_eye=0.0), vignetting=False)
    return shoot(window, plain, samples=taken.samples, seed=taken.seed, engine=taken.engine)


def _cut(
    linear: Float32[np.ndarray, "h w 3"], left: float, top: float, side: float, size_px: int
) -> Float32[np.ndarray, "_ _ 3"]:
    """A square cut of a picture at any place, edges held, brought to `size_px`."""
    import cv2

    scale = size_px / side
    if scale < 1:  # averaged first, so that nothing aliases
        linear = reduced(linear, max(1, round(linear.shape[1] * scale)))
        left, top, side, scale = left * scale, top * scale, side * scale, 1.0
    matrix = np.array([[scale, 0, -left * scale + (scale - 1) / 2], [0, scale, -top * scale + (scale - 1) / 2]])
    flags = cv2.INTER_LINEAR
    cut = cv2.warpAffine(linear, matrix, (size_px, size_px), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.float32)


def _magnified(linear: Float32[np.ndarray, "h w 3"], times: int) -> Float32[np.ndarray, "_ _ 3"]:
    """Every pixel as a square."""
    return np.repeat(np.repeat(linear, times, axis=0), times, axis=1)
