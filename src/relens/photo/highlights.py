"""Clipped highlights: the light that a lamp burnt out in the photo really sent, before the lens blurs it."""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.photo.photo import Photo
from relens.ranges import number

# A channel at least this close to the brightest value the encoding holds is clipped.
_CLIPPED = 0.985
# What an estimate may add at most, and over how much of the picture a burnt area may reach and still be a lamp.
_MOST_STOPS = 4.0
_LARGEST_LAMP = 0.002
_RIM_PX = 3
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709


def clipped_pixels(linear: Float32[np.ndarray, "h w 3"]) -> Bool[np.ndarray, "h w"]:
    """Where all three channels of linear light are at the end of their range."""
    return np.asarray((linear >= _CLIPPED).all(axis=2))


def recover_highlights(photo: Photo, highlights: str | float = "auto") -> Photo:
    """The photo with the light of its clipped pixels raised; nothing else changes, not by a bit.

    | highlights | what is clipped becomes |
    |---|---|
    | "off" | what it was |
    | stops, 0 to 16 | brighter by that, reached smoothly inwards from the rim of the clipped area |
    | "auto" | as bright as the slope at the rim says when it goes on inwards, at most 4 stops; areas over 0.2 % of the
      picture (sky, paper, a burnt window) say nothing of how bright they are, and stay |

    This happens before the lens, and only here: the lens spreads what it gets and adds nothing, so the light in the
    blur is exactly the light put into the highlight. A photo without clipped pixels, and one whose values go beyond 1
    (EXR, gain maps), comes back as it is. The note that is added says how much was raised.

    Raises ValueRangeError for anything but these.
    """
    if highlights == "off":
        return photo
    stops = None if highlights == "auto" else _stops(highlights)
    # Colours outside sRGB have components over 1, but no luminance over white.
    if (photo.linear @ _LUMINANCE).max(initial=0.0) > 1.01:
        return photo
    clipped = clipped_pixels(photo.linear)
    if stops == 0 or not clipped.any():
        return photo
    gain_stops = _even_stops(clipped, stops) if stops is not None else _estimated_stops(photo.linear, clipped)
    raised = gain_stops > 0
    if not raised.any():
        return photo
    linear = photo.linear.copy()
    linear[raised] *= np.exp2(gain_stops[raised])[:, None]
    note = f"highlights: {raised.mean():.2%} of the photo raised by up to {gain_stops.max():.1f} stops"
    return replace(photo, linear=linear, notes=(*photo.notes, note))


def _stops(highlights: object) -> float:
    return number("highlights", highlights, "off, auto, or 0 to 16 stops", 0, 16)


def _inwards_px(clipped: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """How far inside the clipped area each of its pixels lies; 0 outside. The frame is no rim."""
    import cv2

    padded = np.pad(clipped.astype(np.uint8), 1, mode="edge")
    return cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]


def _even_stops(clipped: Bool[np.ndarray, "h w"], stops: float) -> Float32[np.ndarray, "h w"]:
    """`stops` inside, rising from nothing over the pixels next to the rim."""
    return (np.clip(_inwards_px(clipped) / _RIM_PX, 0, 1) * np.float32(stops)).astype(np.float32)


def _estimated_stops(
    linear: Float32[np.ndarray, "h w 3"], clipped: Bool[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """Each small clipped area as the top of a bell whose slope is known at the rim.

    A bell's logarithm is a parabola, log2 L = log2 L0 - a r^2: at a rim of radius R its slope is 2 a R, so that the top
    is R/2 times the slope above the rim, and d inside the rim it is slope d (1 - d / (2 R)). The slope is the median
    over the ring of pixels around the area, R the greatest distance inwards.
    """
    import cv2

    luminance = np.log2(np.maximum(linear @ _LUMINANCE, 1e-4))
    inwards_px = _inwards_px(clipped)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(clipped.astype(np.uint8), connectivity=8)
    gain = np.zeros(clipped.shape, np.float32)
    for area in range(1, count):
        left, top, width, height, size = stats[area]
        if size > _LARGEST_LAMP * clipped.size:
            continue
        reach = 2 * _RIM_PX + 1
        window = (slice(max(0, top - reach), top + height + reach), slice(max(0, left - reach), left + width + reach))
        inside = labels[window] == area
        outwards_px = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        ring = (outwards_px > 0.5) & (outwards_px <= 2 * _RIM_PX) & ~clipped[window]
        if ring.sum() < 4:
            continue
        falls = (math.log2(_CLIPPED) - luminance[window][ring]) / outwards_px[ring]
        slope = float(np.clip(np.median(falls), 0, None))
        radius_px = float(inwards_px[window][inside].max())
        d = inwards_px[window][inside]
        gain[window][inside] = np.minimum(slope * d * (1 - d / (2 * radius_px)), _MOST_STOPS)
    return gain
