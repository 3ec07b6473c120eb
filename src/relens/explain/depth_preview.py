"""The depth preview: inverse depth as colour, with a scale in metres."""

import math

import numpy as np
from jaxtyping import Float32

from relens.explain.typography import letter, text_width_px
from relens.photo import srgb_decode

# A few odd pixels do not stretch the colours of all others.
_FAR_PERCENTILE, _NEAR_PERCENTILE = 0.5, 99.5
_UNKNOWN = 0.03  # linear light: the dark grey of NaN
_DARKEST_LEVEL = 14
_MANTISSAS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 7.0)
# Sizes as shares of the picture's shorter side.
_MARGIN, _BAR, _TEXT, _TICK = 0.045, 0.028, 0.034, 0.012
_STRIP, _MARK, _LETTERS = 0.0095, 0.5, 0.8  # linear light
# Under this size the letters of a scale would be dots.
_SMALLEST_WITH_SCALE_PX = 96


def depth_preview(inverse_depth: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 3"]:
    """Inverse depth (1/m) as a picture in linear light, near bright and far dark, NaN dark grey.

    The colours (inferno: lightness rises evenly) run over inverse depth from its 0.5th to its 99.5th percentile. Along
    the lower edge a bar names them in metres, where the picture is large enough to be read.
    """
    far, near = _range(inverse_depth)
    lut = _colours()
    level = np.clip((inverse_depth - far) / (near - far), 0, 1) * (len(lut) - 1)
    known = np.isfinite(level)
    picture = lut[np.rint(np.where(known, level, 0)).astype(np.uint8)]
    picture[~known] = _UNKNOWN
    if known.any() and min(inverse_depth.shape) >= _SMALLEST_WITH_SCALE_PX:
        _draw_scale(picture, lut, far, near)
    return picture


def _range(inverse_depth: Float32[np.ndarray, "h w"]) -> tuple[float, float]:
    known = inverse_depth[np.isfinite(inverse_depth)]
    if not known.size:
        return 0.0, 1.0
    far, near = (float(value) for value in np.percentile(known, [_FAR_PERCENTILE, _NEAR_PERCENTILE]))
    if near - far <= 1e-6 * max(near, 1e-6):
        # Without relief: everything in the middle of the colours.
        return 0.5 * far, 1.5 * near if near > 0 else 1.0
    return far, near


def _colours() -> Float32[np.ndarray, "256 3"]:
    import cv2

    # From above black, so that the far end keeps its relief on a dark page.
    levels = np.linspace(_DARKEST_LEVEL, 255, 256).round().astype(np.uint8)
    ramp = np.asarray(cv2.applyColorMap(levels[:, None], cv2.COLORMAP_INFERNO))
    return srgb_decode(ramp[:, 0, ::-1].astype(np.float32) / 255)


def _draw_scale(
    picture: Float32[np.ndarray, "h w 3"], lut: Float32[np.ndarray, "256 3"], far: float, near: float
) -> None:
    height, width = picture.shape[:2]
    margin, bar, text, tick = (max(1, round(s * min(height, width))) for s in (_MARGIN, _BAR, _TEXT, _TICK))
    left, right, baseline = margin, width - margin, height - round(0.75 * margin)
    bar_bottom = baseline - text - tick
    picture[bar_bottom - bar - round(0.75 * margin) :] = _STRIP
    ramp = np.linspace(0, len(lut) - 1, right - left).round().astype(int)
    picture[bar_bottom - bar : bar_bottom, left:right] = lut[ramp]
    taken_to = -math.inf
    for label, inverse in _ticks(far, near):
        column = left + round((inverse - far) / (near - far) * (right - left - 1))
        label_width = text_width_px(label, text)
        label_left = min(max(column - label_width // 2, left), right - label_width)
        if label_left < taken_to + text:
            continue
        taken_to = label_left + label_width
        half = max(1, tick // 4)
        picture[bar_bottom : bar_bottom + tick, max(column - half, left) : column + half] = _MARK
        letter(picture, label, label_left, baseline, text, _LETTERS)


def _ticks(far: float, near: float) -> list[tuple[str, float]]:
    """Labels and inverse depths of round distances within the range, from far to near."""
    ticks = [("infinity", 0.0)] if far <= 0 else []
    farthest_m, nearest_m = 1 / max(far, near * 1e-3), 1 / near
    decades = range(math.floor(math.log10(nearest_m)), math.floor(math.log10(farthest_m)) + 1)
    metres = [mantissa * 10.0**decade for decade in decades for mantissa in _MANTISSAS]
    inside = [distance_m for distance_m in reversed(metres) if nearest_m <= distance_m <= farthest_m]
    if far > 0 and not inside:
        inside = [1 / (0.5 * (far + near))]
    return ticks + [(f"{distance_m:.3g} m", 1 / distance_m) for distance_m in inside]
