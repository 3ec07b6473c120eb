"""ColourPage: a layer's colours and alpha as the page reads them: a lossy picture, and planes of 8 bits."""

import io
import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from relens.photo import srgb_decode
from relens.scene_folder.page import encode_page, page_gain
from relens.viewer.fill import filled

# 43 dB on a face, a third more bytes than 90 with 40 dB: the sharpest part of a picture is seen as it is here.
_QUALITY = 95
# libwebp's effort, 0 to 6: from 2 on it takes longer, and gives fewer decibels, than it saves bytes.
_METHOD = 1
# Light so little above 1 is rounding.
_WHITE = 1.001
_BRIGHTEST_STOPS = 24.0
# Alpha under this has code 0.
_CLEAR = 0.5 / 255


@dataclass(frozen=True)
class ColourPage:
    """Colours of a window of a page.

    Attributes:
        webp: straight, sRGB-encoded colour, lossy, without alpha; smooth where there is nothing.
        gain: codes; linear light = srgb_decode(colour) 2^(code / 255 gain_stops). None where no light is above 1.
        gain_stops: of the highest code.
        alpha: codes, 255 is 1.
    """

    webp: bytes
    gain: UInt8[np.ndarray, "h w"] | None
    gain_stops: float
    alpha: UInt8[np.ndarray, "h w"]


def colour_page(rgba: Float32[np.ndarray, "h w 4"]) -> ColourPage:
    """The page of premultiplied linear light. Light below 0, outside sRGB's gamut, becomes 0."""
    rgba = np.ascontiguousarray(rgba)
    gain, stops = _gain(rgba) if page_gain(rgba) > _WHITE else (None, 0.0)
    if gain is not None:
        shade = np.exp2(gain * np.float32(-stops / 255))
        rgba = rgba * np.dstack([shade, shade, shade, np.ones_like(shade)])
    codes, _ = encode_page(rgba, 1.0)
    alpha = _to_bytes(codes[..., 3])
    known = alpha > 0
    colour = _to_bytes(codes[..., 2::-1])
    if not known.all():
        colour = np.rint(filled(colour.astype(np.float32), known)).astype(np.uint8)
    return ColourPage(webp_of(colour), gain, stops, alpha)


def light_of(page: ColourPage) -> Float32[np.ndarray, "h w 3"]:
    """Straight linear light of a page, as the page that shows it has it."""
    from PIL import Image

    colour = np.asarray(Image.open(io.BytesIO(page.webp)).convert("RGB"))
    light = srgb_decode(np.arange(256) / np.float32(255))[colour]
    if page.gain is None:
        return light
    return light * np.exp2(page.gain[..., None] * np.float32(page.gain_stops / 255))


def webp_of(colour: UInt8[np.ndarray, "h w 3"]) -> bytes:
    """A lossy WebP file of sRGB codes."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(colour).save(file, "WEBP", quality=_QUALITY, method=_METHOD)
    return file.getvalue()


def _gain(rgba: Float32[np.ndarray, "h w 4"]) -> tuple[UInt8[np.ndarray, "h w"] | None, float]:
    """Codes that take every texel's brightest colour to 1 or less, and the stops of the highest.

    What is too clear to have a code of alpha does not count.
    """
    peak, alpha = rgba[..., :3].max(axis=2), rgba[..., 3]
    straight = np.divide(peak, alpha, out=np.ones_like(peak), where=alpha >= _CLEAR)
    brightest = float(straight.max())
    if brightest <= _WHITE:
        return None, 0.0
    stops = min(math.log2(brightest), _BRIGHTEST_STOPS)
    codes = np.ceil(np.log2(np.maximum(straight, 1)) * np.float32(255 / stops) - np.float32(1e-3))
    return np.clip(codes, 0, 255).astype(np.uint8), stops


def _to_bytes(codes: np.ndarray) -> np.ndarray:
    """16-bit codes as 8-bit ones, rounded."""
    return ((codes.astype(np.uint32) + 128) // 257).astype(np.uint8)
