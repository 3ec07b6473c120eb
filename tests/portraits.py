"""Portraits for tests: two of phones with their measured depth, one from long before that; and photos made of them."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import skimage.data

from relens.camera import Intrinsics
from relens.photo import Photo, read_photo, srgb_decode
from relens.samples import sample_path

# Shorter sides of under a thousand pixels are as good for networks that see 256, and quicker.
_WIDTH_PX = 772


@cache
def phone_portrait(name: str = "iphone14-portrait") -> Photo:
    """A portrait in the project's scenes, smaller, with its depth and mattes."""
    photo = read_photo(sample_path(name))
    height = round(photo.height_px * _WIDTH_PX / photo.width_px)
    linear = cv2.resize(photo.linear, (_WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    return replace(photo, linear=linear, intrinsics=photo.intrinsics.resized(_WIDTH_PX, height))


@cache
def astronaut() -> Photo:
    """A portrait without EXIF: what the camera was, nobody knows."""
    linear = srgb_decode(skimage.data.astronaut().astype(np.float32) / 255).astype(np.float32)
    return Photo(linear, Intrinsics.centred(590.0, 512, 512, "default (60 degrees diagonal)"))


def picture(linear: np.ndarray, fx_px: float) -> Photo:
    """A photo of these pixels with the principal point in its middle."""
    height, width = linear.shape[:2]
    return Photo(np.ascontiguousarray(linear, np.float32), Intrinsics.centred(fx_px, width, height))


def nobody() -> Photo:
    """A smooth ramp: nothing that a face could be seen in."""
    rows, columns = np.indices((240, 320), np.float32)
    return picture(np.stack([rows / 240, columns / 320, 0.5 * np.ones_like(rows)], axis=2), 300.0)
