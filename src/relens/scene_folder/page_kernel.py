"""The compiled parts of texture pages: light to codes and back, texel by texel."""

import numba
import numpy as np

_ZERO, _HALF, _ONE, _CODES = np.float32(0), np.float32(0.5), np.float32(1), np.float32(65535)
_NO_CODE = np.uint16(0)
# Floats of one bucket share all but their last 8 bits; the table of buckets begins at 2**-9.
BUCKET_BITS = 8
FIRST_BUCKET = int(np.float32(2**-9).view(np.int32)) >> BUCKET_BITS
# Below the first bucket the sRGB curve is a straight line.
_SLOPE = np.float32(12.92)
_LINE_ENDS = np.float32(2**-9)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def brightest(rgba):
    """The greatest straight colour of a page (h, w, 4), premultiplied, where its alpha has a code; 0 or more."""
    height, width = rgba.shape[:2]
    found = _ZERO
    for y in range(height):
        for x in range(width):
            alpha = min(rgba[y, x, 3], _ONE)
            if alpha * _CODES + _HALF >= _ONE:
                found = max(found, max(rgba[y, x, 0], rgba[y, x, 1], rgba[y, x, 2]) / alpha)
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def encode(rgba, gain, bucket_codes, least, bgra):
    """Premultiplied light (h, w, 4) over a gain to 16-bit sRGB codes with straight alpha, into bgra (h, w, 4).

    bucket_codes: of the least float of each bucket. least: the least float that has a code, or a higher one.
    """
    height, width = rgba.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = min(max(rgba[y, x, 3], _ZERO), _ONE)
            coverage = np.uint16(alpha * _CODES + _HALF)
            bgra[y, x, 3] = coverage
            if coverage == 0:
                for c in range(3):
                    bgra[y, x, c] = _NO_CODE
                continue
            for c in range(3):
                light = min(max(rgba[y, x, c] / alpha / gain, _ZERO), _ONE)
                if light < _LINE_ENDS:
                    code = np.uint16(light * _SLOPE * _CODES + _HALF)
                else:
                    code = bucket_codes[(np.float32(light).view(np.int32) >> BUCKET_BITS) - FIRST_BUCKET]
                    # No bucket has more than two codes.
                    code += np.uint16(light >= least[code + 1])
                bgra[y, x, 2 - c] = code


@numba.njit(cache=True, nogil=True)
def decode(bgra, light, rgba):
    """The inverse of `encode`, into rgba (h, w, 4). light: of each code, the gain included."""
    height, width = bgra.shape[:2]
    for y in range(height):
        for x in range(width):
            alpha = np.float32(bgra[y, x, 3]) / _CODES
            for c in range(3):
                rgba[y, x, c] = light[bgra[y, x, 2 - c]] * alpha if alpha > 0 else _ZERO
            rgba[y, x, 3] = alpha
