"""page.png: the page as a 16-bit sRGB PNG with straight alpha, for any editor; and an edited one back."""

import struct
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.errors import FileError
from relens.multiview.fit_folder.manifest import read_file
from relens.multiview.page.fill import filled
from relens.photo import read_photo
from relens.photo.png_chunks import SIGNATURE
from relens.scene_folder.page import decode_page, encode_page, srgb_png

_MOST_PIXELS = 1 << 28
_BYTES_LIMIT = 5 << 30
# How much the shapes of two pages may differ: what rounding to whole texels makes of them.
_ROUNDING_PX = 1.5


def write_page_file(rgba: Float32[np.ndarray, "h w 4"], path: Path) -> float:
    """Write the page and return its gain, 1 or more.

    Under alpha 0, the colours of what is near run on, so that other programs' filters draw no dark rim.
    """
    bgra, gain = encode_page(rgba)
    clear = bgra[..., 3] == 0
    if clear.any():
        # From the rounded colours, so that a page that was loaded is saved as it was.
        opaque = bgra.copy()
        opaque[..., 3] = np.iinfo(np.uint16).max
        shown = decode_page(opaque, gain)
        under, _ = encode_page(filled(shown, ~clear), gain)
        bgra[clear, :3] = under[clear, :3]
    with path.open("wb") as file:
        file.writelines(srgb_png(bgra))
    return gain


def read_page_file(path: Path, width_px: int, height_px: int, gain: float) -> Float32[np.ndarray, "h w 4"]:
    """The page, edited or not: (h, w, 4) linear light, premultiplied.

    Colour or grey, 8 or 16 bits, with alpha or without (opaque), of any colour profile; of another size where its shape
    is the same.

    Raises FileError for what is missing, damaged, no PNG, or of another shape.
    """
    head = read_file(path, _BYTES_LIMIT)[:24]
    if not head.startswith(SIGNATURE) or len(head) < 24:
        raise FileError(path, "is not a PNG; export the page as PNG, 16-bit where the editor can")
    width, height = struct.unpack(">II", head[16:24])
    # The same shape: the longer side of one fits the other's to a texel.
    least = min(width / width_px, height / height_px)
    off_px = max(abs(width - least * width_px), abs(height - least * height_px))
    if not 0 < width * height <= _MOST_PIXELS or off_px > _ROUNDING_PX * max(1.0, least):
        expected = f"{width_px} x {height_px}, or the same shape at another resolution"
        raise FileError(path, f"is {width} x {height} pixels; expected {expected}")
    photo = read_photo(path)
    alpha = np.ones((height, width), np.float32) if photo.alpha is None else photo.alpha
    light = np.maximum(photo.linear, 0) * np.float32(gain)
    return np.concatenate([light * alpha[..., None], alpha[..., None]], axis=-1).astype(np.float32)
