"""The photo of the examples: the sample portrait, made small so that an example takes seconds.

For a photo of yours, as large as it is: `relens.read_photo("portrait.heic")`.
"""

from dataclasses import replace

import cv2

import relens
from relens.samples import sample_path


def sample_photo(width_px: int) -> relens.Photo:
    """The sample portrait at another width, with the depth and the mattes that the phone measured."""
    photo = relens.read_photo(sample_path("iphone14-portrait"))
    height_px = round(photo.height_px * width_px / photo.width_px)
    # Averaging linear light is what distance does.
    linear = cv2.resize(photo.linear, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return replace(photo, linear=linear, intrinsics=photo.intrinsics.resized(width_px, height_px))
