"""From linear light to sRGB codes, on all cores, in a hundredth of the time that a frame takes to render."""

from functools import cache

import numpy as np
from jaxtyping import Float32

from relens.photo.transfer import srgb_encode
from relens.render.threads import on_all_cores

_ROWS = 64


def codes_of(linear: Float32[np.ndarray, "h w 3"], bit_depth: int) -> np.ndarray:
    """Codes of sRGB, (h, w, 3), uint8 for 8 bits, uint16 for 16; light outside 0..1 is clipped.

    As `relens.photo.quantise`: 8 bits are dithered with a fixed pattern, so that wide blurs stay free of bands and what
    does not move does not flicker; 16 bits are rounded.
    """
    from relens.film.codes_kernel import encode_8, encode_16

    codes = np.empty(linear.shape, np.uint8 if bit_depth == 8 else np.uint16)
    table = _table()

    def encode(top: int) -> None:
        rows = slice(top, top + _ROWS)
        if bit_depth == 8:
            encode_8(linear[rows], top, table, codes[rows])
        else:
            encode_16(linear[rows], table, codes[rows])

    on_all_cores(encode, range(0, len(linear), _ROWS), lambda done: None)
    return codes


@cache
def _table() -> Float32[np.ndarray, " steps"]:
    from relens.film.codes_kernel import FIRST_STEP, STEP_BITS, STEPS

    starts = (np.arange(FIRST_STEP, FIRST_STEP + STEPS + 1, dtype=np.int32) << STEP_BITS).view(np.float32)
    return srgb_encode(starts)
