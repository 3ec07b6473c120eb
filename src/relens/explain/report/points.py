"""Two points of the photo to follow: the finest detail in focus, and one of the background."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from relens.explain.report.taken import Taken
from relens.photo.photo import Photo

# Detail is what this many pixels around say beyond their mean; a pore is a few pixels wide.
_DETAIL_PX = 5
# The window around a detail that the report shows.
SEEN_PX = 33
# Points keep this share of the shorter side away from the frame.
_MARGIN = 0.06
# The background is what lies within this share of the scene's range around its depth.
_BACKGROUND_SHARE = 0.15
_SKIN = 0.95
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709


@dataclass(frozen=True)
class ScenePoint:
    """A pixel of the photo and what it shows.

    Attributes:
        name: what it is, for people.
        column_px, row_px: its centre, in the photo's pixels.
        inverse_depth: 1/m; 0 at infinity.
        coc_px: diameter of its circle of confusion in the photo's pixels.
    """

    name: str
    column_px: float
    row_px: float
    inverse_depth: float
    coc_px: float


def detail_point(taken: Taken) -> ScenePoint:
    """The finest detail among what is in focus: on skin where the phone marked it, else on the subject."""
    import cv2

    skin = _matte(taken.photo, "skin")
    name = "a pore" if skin is not None else "a point in focus"
    detail = _detail(taken.photo)
    coc = taken.lens.coc_px(taken.visible, taken.fx_px)
    # Sharp itself, and so is what is around it, as far as the report shows.
    around = cv2.dilate(np.nan_to_num(coc, nan=1e6), np.ones((SEEN_PX, SEEN_PX), np.uint8))
    score = detail * np.exp(-((coc / 0.25) ** 2)) / (1 + around**4) * _inside(detail.shape, 0)
    score[~np.isfinite(score)] = 0
    if skin is not None:
        score = np.where(_eroded(skin > _SKIN, 8 * _DETAIL_PX), score, 0)
    if score.max() <= 0:  # nothing is in focus: the least blurred point
        name, score = "the sharpest point", np.nan_to_num(1 / (1 + coc), nan=0.0)
    return _point(name, score, taken)


def background_point(taken: Taken) -> ScenePoint:
    """A point of the background that stands free of everything nearer, the brighter of such."""
    import cv2

    inverse = taken.visible
    known = inverse[np.isfinite(inverse)]
    span = _BACKGROUND_SHARE * float(known.max() - known.min())
    behind = np.abs(np.nan_to_num(inverse, nan=-1e9) - 1 / taken.background_m) <= max(span, 1e-9)
    radius_px = taken.lens.coc_px(1 / taken.background_m, taken.fx_px) / 2
    away_px = cv2.distanceTransform(behind.astype(np.uint8), cv2.DIST_L2, 5)
    free = np.minimum(away_px / max(radius_px, 1), 1)
    luminance = cv2.GaussianBlur(taken.photo.linear @ _LUMINANCE, (0, 0), _DETAIL_PX)
    brightness = luminance / max(float(luminance.max()), 1e-9)
    return _point(
        "a point of the background", (free + 0.25 * brightness) * behind * _inside(inverse.shape, radius_px), taken
    )


def _point(name: str, score: Float[np.ndarray, "h w"], taken: Taken) -> ScenePoint:
    row, column = np.unravel_index(int(np.argmax(score)), score.shape)
    inverse = float(np.nan_to_num(taken.visible[row, column]))
    return ScenePoint(name, float(column) + 0.5, float(row) + 0.5, inverse, taken.lens.coc_px(inverse, taken.fx_px))


def _detail(photo: Photo) -> Float32[np.ndarray, "h w"]:
    """Local contrast of the logarithm of luminance at the scale of a pore."""
    import cv2

    log = np.log(np.maximum(photo.linear @ _LUMINANCE, 0) + np.float32(0.01))
    fine = cv2.GaussianBlur(log, (0, 0), 0.7) - cv2.GaussianBlur(log, (0, 0), _DETAIL_PX)
    return cv2.GaussianBlur(np.abs(fine), (0, 0), 1.5 * _DETAIL_PX)


def _matte(photo: Photo, name: str) -> Float32[np.ndarray, "h w"] | None:
    import cv2

    matte = photo.mattes.get(name)
    if matte is None or matte.max() < _SKIN:
        return None
    size = photo.width_px, photo.height_px
    return np.asarray(cv2.resize(np.asarray(matte, np.float32), size, interpolation=cv2.INTER_LINEAR))


def _eroded(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    import cv2

    distance_px = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    return distance_px > min(radius_px, 0.5 * float(distance_px.max()))


def _inside(shape: tuple[int, int], radius_px: float) -> Bool[np.ndarray, "h w"]:
    """Where a disc of this radius lies within the frame, or nearly, where it is too large for that."""
    inside = np.zeros(shape, bool)
    margin = int(min(max(_MARGIN * min(shape), radius_px), 0.3 * min(shape)))
    inside[margin : shape[0] - margin, margin : shape[1] - margin] = True
    return inside
