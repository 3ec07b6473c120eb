"""From linear light to the integers of a display format."""

import numpy as np
from jaxtyping import Float32

from relens.photo.transfer import srgb_encode

# Keeps the dither this far from a whole step, so that values that are codes already stay those codes.
_DITHER_GUARD = 1 / 64


def quantise(
    linear: Float32[np.ndarray, "h w 3"], alpha: Float32[np.ndarray, "h w"] | None, bit_depth: int
) -> np.ndarray:
    """sRGB-encoded integers (h, w, 3), or (h, w, 4) with alpha; uint8 or uint16.

    `linear` is premultiplied where there is alpha; the result is straight. Values outside 0..1 are clipped.
    8-bit colour is dithered by less than half a step with a fixed pattern, the same in all three channels: wide blurs
    stay free of bands, neutrals stay neutral, and 8-bit pictures come back byte for byte. 16 bits are rounded.
    """
    height, width = linear.shape[:2]
    dtype, top = (np.uint8, 255) if bit_depth == 8 else (np.uint16, 65535)
    out = np.empty((height, width, 3 if alpha is None else 4), dtype)
    rows = max(1, (1 << 17) // width)
    for start in range(0, height, rows):
        light = linear[start : start + rows]
        if alpha is not None:
            coverage = np.clip(alpha[start : start + rows], 0, 1)
            out[start : start + rows, :, 3] = coverage * top + 0.5
            light = light / np.where(coverage > 0, coverage, 1)[..., None]
        steps = srgb_encode(np.clip(light, 0, 1)) * np.float32(top)
        steps += _dither(start, steps.shape[0], width) if bit_depth == 8 else 0.5
        out[start : start + rows, :, :3] = steps
    return out


def _dither(first_row: int, rows: int, columns: int) -> Float32[np.ndarray, "rows columns 1"]:
    """Interleaved gradient noise, 0..1 with a guard. Source: Jimenez, SIGGRAPH 2014 (advances in rendering)."""
    row = np.arange(first_row, first_row + rows)[:, None]
    phase = 52.9829189 * np.mod(0.06711056 * np.arange(columns) + 0.00583715 * row, 1)
    noise = np.mod(phase, 1)[..., None]
    return (_DITHER_GUARD + (1 - 2 * _DITHER_GUARD) * noise).astype(np.float32)
