"""The compiled way from linear light to sRGB codes: a table over the bits of a float, straight lines in between."""

import numba
import numpy as np

_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)
# The table has a value for every 2**-9 of an octave, from 2**-9 on; below, the sRGB curve is a straight line.
STEP_BITS = 14
FIRST_STEP = int(np.float32(2**-9).view(np.int32)) >> STEP_BITS
STEPS = (int(np.float32(1).view(np.int32)) >> STEP_BITS) - FIRST_STEP
_BETWEEN = (1 << STEP_BITS) - 1
_OF_A_STEP = np.float32(1 / (1 << STEP_BITS))
_LINE_ENDS, _SLOPE = np.float32(2**-9), np.float32(12.92)
# Interleaved gradient noise; Jimenez, SIGGRAPH 2014. The guard keeps values that are codes already those codes.
_GUARD, _SPAN = 1 / 64, 1 - 2 / 64


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _encoded(light, table):
    """sRGB-encoded, 0 to 1; NaN is black."""
    if not light > _ZERO:
        return _ZERO
    if light >= _ONE:
        return _ONE
    if light < _LINE_ENDS:
        return light * _SLOPE
    bits = np.float32(light).view(np.int32)
    step = (bits >> STEP_BITS) - FIRST_STEP
    low = table[step]
    return low + np.float32(bits & _BETWEEN) * _OF_A_STEP * (table[step + 1] - low)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def encode_8(linear, first_row, table, codes):
    """Rows of linear light (h, w, 3) to 8-bit codes, dithered with the pattern of `relens.photo.quantise`."""
    height, width = linear.shape[:2]
    for y in range(height):
        row_phase = 0.00583715 * (first_row + y)
        for x in range(width):
            phase = 0.06711056 * x + row_phase
            phase = 52.9829189 * (phase - np.floor(phase))
            dither = np.float32(_GUARD + _SPAN * (phase - np.floor(phase)))
            for c in range(3):
                codes[y, x, c] = np.uint8(_encoded(linear[y, x, c], table) * np.float32(255) + dither)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def encode_16(linear, table, codes):
    """Rows of linear light (h, w, 3) to 16-bit codes, rounded."""
    height, width = linear.shape[:2]
    for y in range(height):
        for x in range(width):
            for c in range(3):
                codes[y, x, c] = np.uint16(_encoded(linear[y, x, c], table) * np.float32(65535) + _HALF)
