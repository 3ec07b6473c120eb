"""The sRGB transfer curve, between linear light and encoded values."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float32

# Elements worked on at a time, so that temporaries stay in the processor's cache.
_BLOCK = 1 << 18


def srgb_encode(linear: Float[np.ndarray, "*s"]) -> Float32[np.ndarray, "*s"]:
    """Linear light to sRGB-encoded values, any shape; 0..1 to 0..1.

    Convention: odd in its argument and carried on beyond 1, so that colours outside the gamut survive (scRGB).
    Source: IEC 61966-2-1, the exact piecewise curve.
    """
    return _in_blocks(linear, _encode_block)


def srgb_decode(encoded: Float[np.ndarray, "*s"]) -> Float32[np.ndarray, "*s"]:
    """sRGB-encoded values to linear light, any shape; the inverse of `srgb_encode`, with the same convention."""
    return _in_blocks(encoded, srgb_curve)


def srgb_curve(encoded: np.ndarray) -> np.ndarray:
    """`srgb_decode` in the precision of its argument and without blocks, for look-up tables."""
    size = np.abs(encoded)
    linear = np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return np.copysign(linear, encoded)


def _encode_block(linear: np.ndarray) -> np.ndarray:
    size = np.abs(linear)
    encoded = np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(encoded, linear)


def _in_blocks(values: np.ndarray, curve: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    flat = np.asarray(values, np.float32).reshape(-1)
    out = np.empty_like(flat)
    for start in range(0, flat.size, _BLOCK):
        out[start : start + _BLOCK] = curve(flat[start : start + _BLOCK])
    return out.reshape(np.shape(values))
