"""Texture pages: a layer's linear premultiplied colours as a 16-bit sRGB PNG with straight alpha, and back.

Light above 1 is kept by dividing the page by its `gain`. Colours outside the sRGB gamut (negative components) are
clipped to it, since every editor has to understand the page. Colour under alpha 0 is not kept.
"""

import math
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt16

from relens.errors import FileError, ValueRangeError
from relens.photo.png_codes import png_of_codes
from relens.photo.transfer import srgb_decode, srgb_encode
from relens.scene_folder.check_page import check_page
from relens.scene_folder.read_bytes import read_bytes

_CODES = 65535
# An excess over 1 under a quarter of a code is rounding noise of the premultiplied colours.
_NOISE = 2**-17
_BITS_OF_1 = int(np.float32(1).view(np.int32))
# PNG's own tag for "these are sRGB values".
_SRGB_CHUNK = (b"sRGB", b"\0")
# What float32 can carry through the divisions here.
_BRIGHTEST = 1e30


def write_page(rgba: Float32[np.ndarray, "h w 4"], path: Path) -> float:
    """Write a page and return its gain, 1 or more. Raises OSError, and ValueRangeError for light above 1e30."""
    bgra, gain = encode_page(rgba)
    with path.open("wb") as file:
        file.writelines(srgb_png(bgra))
    return gain


def srgb_png(codes: UInt16[np.ndarray, "h w *c"]) -> list[bytes]:
    """A 16-bit sRGB PNG, in pieces to write one after the other. codes: grey, or blue first with alpha."""
    return png_of_codes(codes, [_SRGB_CHUNK])


def read_page(path: Path, width_px: int, height_px: int, gain: float) -> Float32[np.ndarray, "h w 4"]:
    """Read a page that `write_page` or an editor wrote: (h, w, 4) linear light, premultiplied.

    Raises FileError for what is missing, damaged, of another size, not 16 bit, without alpha, or not sRGB.
    """
    import cv2

    data = read_bytes(path, page_bytes_limit(width_px, height_px))
    check_page(data, path, width_px, height_px)
    try:
        bgra = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise FileError(path, f"is a damaged PNG ({error.err})") from error
    if bgra is None or bgra.shape != (height_px, width_px, 4) or bgra.dtype != np.uint16:
        raise FileError(path, "is a damaged PNG; restore it or save the scene again")
    return decode_page(bgra, gain)


def page_bytes_limit(width_px: int, height_px: int) -> int:
    """No page's file is larger: twice the raw pixels, and room for what editors add."""
    return 16 * width_px * height_px + (64 << 20)


def page_gain(rgba: Float32[np.ndarray, "h w 4"]) -> float:
    """What the page has to be divided by so that its brightest straight colour is at most 1."""
    from relens.scene_folder.page_kernel import brightest

    return _gain(float(brightest(rgba)))


def encode_page(
    rgba: Float32[np.ndarray, "h w 4"], gain: float | None = None
) -> tuple[UInt16[np.ndarray, "h w 4"], float]:
    """Linear premultiplied light to 16-bit sRGB codes, blue first, straight alpha, and the gain: its own or this one.

    What is brighter than the gain becomes the highest code.
    """
    from relens.scene_folder.page_kernel import encode

    gain = page_gain(rgba) if gain is None else gain
    bgra = np.empty(rgba.shape, np.uint16)
    encode(rgba, np.float32(gain), *_codes_of_light(), bgra)
    return bgra, gain


def decode_page(bgra: UInt16[np.ndarray, "h w 4"], gain: float) -> Float32[np.ndarray, "h w 4"]:
    """The inverse of `encode_page`."""
    from relens.scene_folder.page_kernel import decode

    light = srgb_decode(np.arange(_CODES + 1) / np.float32(_CODES)) * np.float32(gain)
    rgba = np.empty(bgra.shape, np.float32)
    decode(bgra, light, rgba)
    return rgba


@cache
def _codes_of_light() -> tuple[UInt16[np.ndarray, " buckets"], Float32[np.ndarray, "65537"]]:
    """The tables of `page_kernel.encode`: the code at the start of every bucket, and the least light of every code."""
    from relens.scene_folder.page_kernel import BUCKET_BITS, FIRST_BUCKET

    codes = np.arange(_CODES + 1)
    # Floats of 0 and more are ordered as their bits are: all codes are looked for at once, by halving.
    low, high = np.zeros(len(codes), np.int32), np.full(len(codes), _BITS_OF_1, np.int32)
    while (low < high).any():
        middle = (low + high) // 2
        reached = srgb_encode(middle.view(np.float32)) * np.float32(_CODES) + np.float32(0.5) >= codes
        low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
    buckets = np.arange(FIRST_BUCKET, (_BITS_OF_1 >> BUCKET_BITS) + 1, dtype=np.int32) << BUCKET_BITS
    bucket_codes = np.searchsorted(high, buckets, side="right") - 1
    return bucket_codes.astype(np.uint16), np.append(high.view(np.float32), np.float32(np.inf))


def _gain(peak: float) -> float:
    """The gain for a page whose brightest straight colour is `peak`: 1, or the peak to 17 significant bits.

    Rounded so that the brightest texel gets the highest code exactly, a saved page gives the same gain again.
    """
    if peak <= 1 + _NOISE:
        return 1.0
    if peak > _BRIGHTEST:
        raise ValueRangeError("a layer's brightest light", peak, f"at most {_BRIGHTEST:g}")
    mantissa, exponent = math.frexp(peak)
    return math.ldexp(round(mantissa * 2**17), exponent - 17)
