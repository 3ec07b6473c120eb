"""The peak signal-to-noise ratio that fits are measured by."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.photo.transfer import srgb_encode


def psnr_db(
    linear: Float32[np.ndarray, "*s 3"],
    wanted: Float32[np.ndarray, "*s 3"],
    taken: Bool[np.ndarray, "*s"] | None = None,
) -> float:
    """PSNR of two pictures in linear light, of their sRGB-encoded values clipped to 0..1; dB, at most 100."""
    error = srgb_encode(np.clip(linear, 0, 1)) - srgb_encode(np.clip(wanted, 0, 1))
    square = np.mean((error if taken is None else error[taken]) ** 2, dtype=np.float64)
    return float(-10 * np.log10(max(square, 1e-10)))
