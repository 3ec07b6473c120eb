"""What a texture page says about itself before it is decoded: header, checksums and colour profile.

Decoders repair or guess where a file is damaged, and believe any size; a scene's page has to be right.
Source: W3C Portable Network Graphics, third edition.
"""

import struct
import zlib
from pathlib import Path

from relens.errors import FileError
from relens.photo.colour_space import SRGB
from relens.photo.icc import IccError, matrix_colour_space, parse_icc
from relens.photo.png_chunks import SIGNATURE, png_chunks

_COLOUR_TYPES = {0: "grey", 2: "RGB without alpha", 3: "a palette", 4: "grey with alpha", 6: "RGB with alpha"}
_PROFILE_BYTES_LIMIT = 4 << 20


def check_page(data: bytes, path: Path, width_px: int, height_px: int) -> None:
    """Raise FileError unless `data` is a whole, undamaged 16-bit sRGB PNG with alpha, of this size."""
    if not data.startswith(SIGNATURE):
        raise FileError(path, "is not a PNG; expected a 16-bit RGB PNG with alpha")
    try:
        for index, (name, body) in enumerate(png_chunks(data)):
            if (index == 0) != (name == b"IHDR"):
                raise ValueError("its header is not where it belongs")
            if name == b"IHDR":
                _check_header(body, path, width_px, height_px)
            if name == b"iCCP":
                _check_profile(body, path)
    except ValueError as error:
        raise FileError(path, f"is a damaged PNG: {error}; restore it or save the scene again") from error


def _check_header(header: bytes, path: Path, width_px: int, height_px: int) -> None:
    if len(header) != 13:
        raise ValueError("its header has the wrong length")
    width, height, bits, colour_type = struct.unpack_from(">IIBB", header)
    if (width, height) != (width_px, height_px):
        raise FileError(path, f"is {width} x {height} pixels; expected {width_px} x {height_px}, as in scene.json")
    if bits != 16 or colour_type != 6:
        found = f"{bits}-bit {_COLOUR_TYPES.get(colour_type, 'of an unknown kind')}"
        raise FileError(path, f"is {found}; export it as 16-bit RGB with alpha")


def _check_profile(body: bytes, path: Path) -> None:
    """Raise FileError unless the embedded profile is sRGB: read as sRGB, any other would shift every colour."""
    packed = body.partition(b"\0")[2][1:]
    try:
        profile = parse_icc(zlib.decompressobj().decompress(packed, _PROFILE_BYTES_LIMIT))
        is_srgb = matrix_colour_space(profile) is SRGB
    except (IccError, zlib.error) as error:
        raise FileError(path, "has a damaged colour profile; export it as sRGB") from error
    if not is_srgb:
        raise FileError(path, f"has the colour profile {profile.name!r}; convert it to sRGB and export it again")
