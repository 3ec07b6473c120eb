"""Codes as a PNG, fast: each row less the one above it, deflated by ISA-L.

On photographs nearly three times as fast as the fastest settings of zlib, and smaller.

Source: W3C Portable Network Graphics, third edition.
"""

import struct
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8, UInt16

from relens.photo.png_chunks import SIGNATURE, png_chunk

# By the number of channels: PNG's name for them, and the order in which they stand in arrays.
_COLOURS = {1: (0, (0,)), 3: (2, (0, 1, 2)), 4: (6, (2, 1, 0, 3))}
# PNG's name for "each byte less the one above it".
_UP = 2
# Higher levels take longer and save next to nothing.
_LEVEL = 1
# Rows worked on at a time, so that temporaries stay small beside the page.
_BAND_ROWS = 64


def png_of_codes(
    codes: UInt16[np.ndarray, "h w *c"] | UInt8[np.ndarray, "h w *c"], chunks: Sequence[tuple[bytes, bytes]] = ()
) -> list[bytes]:
    """A PNG in pieces to write one after the other.

    codes: of 8 or 16 bits; grey, red green blue, or blue green red with alpha. chunks: types and bodies of what comes
    before the picture.
    """
    from isal import isal_zlib

    height, width = codes.shape[:2]
    channels = codes.reshape(height, width, -1)
    colour_type, order = _COLOURS[channels.shape[2]]
    header = struct.pack(">IIBBBBB", width, height, 8 * codes.itemsize, colour_type, 0, 0, 0)
    pieces = [SIGNATURE, png_chunk(b"IHDR", header), *(png_chunk(kind, body) for kind, body in chunks)]
    deflate = isal_zlib.compressobj(_LEVEL)
    above = np.zeros((1, codes.itemsize * width * len(order)), np.uint8)
    for start in range(0, height, _BAND_ROWS):
        here = channels[start : start + _BAND_ROWS]
        band = np.empty(here.shape, codes.dtype.newbyteorder(">"))
        for place, channel in enumerate(order):
            band[..., place] = here[..., channel]
        rows = np.concatenate([above, band.reshape(len(band), -1).view(np.uint8)])
        filtered = np.full((len(band), 1 + rows.shape[1]), _UP, np.uint8)
        np.subtract(rows[1:], rows[:-1], out=filtered[:, 1:])
        above = rows[-1:]
        if packed := deflate.compress(filtered.data):
            pieces.append(png_chunk(b"IDAT", packed))
    return [*pieces, png_chunk(b"IDAT", deflate.flush()), png_chunk(b"IEND", b"")]
