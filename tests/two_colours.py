"""A photo file whose halves are told apart."""

import io

import numpy as np
from layer_scenes import HEIGHT_PX, WIDTH_PX
from PIL import Image


def two_colours(orientation=1, turned=False):
    """A JPEG, red on the left and blue on the right once it is upright, of twice the size of `layer_scenes`."""
    pixels = np.zeros((2 * HEIGHT_PX, 2 * WIDTH_PX, 3), np.uint8)
    pixels[:, :WIDTH_PX, 0], pixels[:, WIDTH_PX:, 2] = 200, 100
    if turned:
        pixels = pixels[::-1, ::-1]
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()
