"""Pictures and numbers as text that an HTML page carries."""

import base64
import io

import numpy as np
from jaxtyping import Float32, UInt8

from relens.photo.quantise import quantise

_JPEG_QUALITY, _WEBP_QUALITY = 88, 82


def jpeg(linear: Float32[np.ndarray, "h w 3"], quality: int = _JPEG_QUALITY) -> str:
    """A data URI of linear light as a JPEG, sRGB."""
    from PIL import Image

    pixels = quantise(np.ascontiguousarray(linear, np.float32), None, 8)
    return _encoded(Image.fromarray(pixels), "JPEG", "image/jpeg", quality=quality, optimize=True)


def jpeg_of_codes(codes: UInt8[np.ndarray, "h w 3"], quality: int = _JPEG_QUALITY) -> str:
    """A data URI of display codes as a JPEG."""
    from PIL import Image

    return _encoded(Image.fromarray(codes), "JPEG", "image/jpeg", quality=quality, optimize=True)


def webp(rgba: Float32[np.ndarray, "h w 4"]) -> str:
    """A data URI of premultiplied linear light as a WebP with alpha, straight, sRGB."""
    from PIL import Image

    pixels = quantise(np.ascontiguousarray(rgba[..., :3]), np.clip(rgba[..., 3], 0, 1), 8)
    return _encoded(Image.fromarray(pixels), "WEBP", "image/webp", quality=_WEBP_QUALITY, method=4)


def words(values: Float32[np.ndarray, "*s"], low: float, high: float) -> str:
    """Base64 of 16-bit little-endian words, 0 at `low` and 65535 at `high`."""
    share = np.clip((values - low) / max(high - low, 1e-12), 0, 1)
    return base64.b64encode(np.rint(share * 65535).astype("<u2").tobytes()).decode()


def _encoded(image, form: str, mime: str, **options: int | bool) -> str:
    data = io.BytesIO()
    image.save(data, form, **options)
    return f"data:{mime};base64,{base64.b64encode(data.getvalue()).decode()}"
