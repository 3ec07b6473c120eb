"""One page that comes back from an editor: checked, and compared with what the scene would export."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, UInt16

from relens.canonical.photo_view import Window
from relens.edit.window import bounds
from relens.errors import FileError
from relens.photo.colour_space import SRGB, to_linear_srgb
from relens.photo.png_chunks import SIGNATURE
from relens.photo.read_png import read_png
from relens.photo.transfer import srgb_encode

_CODES = 65535
# A 16-bit code is so many 8-bit ones.
_PER_8_BIT = 257
_COLOUR_TYPES = {0: "grey", 2: "RGB without alpha", 3: "a palette", 4: "grey with alpha", 6: "RGB with alpha"}
# What two roundings in another colour space, 16 bits deep, can do to a code.
_CONVERTED = 12
_BAND_ROWS = 128


@dataclass(frozen=True)
class Returned:
    """A page from an editor.

    Attributes:
        codes: (h, w, 4) 16-bit sRGB, blue first, straight alpha.
        bits: as the file had them, 8 or 16.
        profile: the colour space that the file was in; "sRGB" where nothing had to be converted.
        clipped: texels whose colours lay outside sRGB.
    """

    codes: UInt16[np.ndarray, "h w 4"]
    bits: int
    profile: str = SRGB.name
    clipped: int = 0


@dataclass(frozen=True)
class Difference:
    """Where a page differs from another: a window of it, and which of the window's texels."""

    window: Window
    texels: Bool[np.ndarray, "h w"]


def read_returned(data: bytes, path: Path | str, size_px: tuple[int, int] | None) -> Returned:
    """Decode a PNG of an editor: 8 or 16 bits, colour and alpha, sRGB or another matrix profile.

    size_px: width and height it has to have. Raises FileError for anything else.
    """
    if not data.startswith(SIGNATURE) or len(data) < 33:
        raise FileError(path, "is not a PNG; export it as a 16-bit RGB PNG with alpha")
    width_px, height_px, bits, colour_type = struct.unpack_from(">IIBB", data, 16)
    if size_px is not None and (width_px, height_px) != size_px:
        sizes = f"{width_px} x {height_px} pixels; expected {size_px[0]} x {size_px[1]}, as it was exported"
        raise FileError(path, f"is {sizes}; undo what cropped or scaled it")
    if bits not in (8, 16) or colour_type != 6:
        found = f"{bits}-bit {_COLOUR_TYPES.get(colour_type, 'of an unknown kind')}"
        raise FileError(path, f"is {found}; export it as 16-bit RGB with alpha")
    stored = read_png(path, data)
    codes = np.empty((height_px, width_px, 4), np.uint16)
    codes[..., 3] = _CODES if stored.alpha is None else np.rint(stored.alpha * np.float32(_CODES))
    if stored.space is SRGB:
        codes[..., 2::-1] = stored.samples
        if bits == 8:
            codes[..., :3] *= np.uint16(_PER_8_BIT)
        return Returned(codes, bits)
    if bits == 8:
        problem = f"is 8-bit and has the colour profile {stored.space.name!r}, which would shift every colour"
        raise FileError(path, f"{problem}; convert it to sRGB, or export it with 16 bits")
    encoded = srgb_encode(to_linear_srgb(stored.samples, stored.space))
    # Half a code beyond is rounding.
    outside = ((encoded < -_CONVERTED / _CODES) | (encoded > 1 + _CONVERTED / _CODES)).any(axis=2) & (codes[..., 3] > 0)
    codes[..., 2::-1] = np.clip(encoded, 0, 1) * np.float32(_CODES) + np.float32(0.5)
    return Returned(codes, bits, stored.space.name, int(outside.sum()))


def difference(page: Returned, scene_codes: UInt16[np.ndarray, "h w 4"]) -> Difference | None:
    """Where a page that came back is not what the scene would export; None where it is the same.

    What 8 bits or a conversion of profiles did to a texel does not count, nor colours under alpha 0.
    """
    height, width = scene_codes.shape[:2]
    texels = np.zeros((height, width), bool)
    for start in range(0, height, _BAND_ROWS):
        rows = slice(start, start + _BAND_ROWS)
        mine, other = page.codes[rows], scene_codes[rows]
        # Texels as whole numbers are compared four times as fast.
        if (mine.view(np.uint64) == other.view(np.uint64)).all():
            continue
        texels[rows] = _differ(mine, other, page)
    window = bounds(texels)
    return Difference(window, texels[window]) if texels[window].size else None


def _differ(mine: np.ndarray, other: np.ndarray, page: Returned) -> np.ndarray:
    if page.bits == 8:
        # Editors round to 8 bits, or cut.
        mine = mine // _PER_8_BIT
        rounded, cut = (other.astype(np.uint32) + _PER_8_BIT // 2) // _PER_8_BIT, other >> 8
        apart = (mine != rounded) & (mine != cut)
    elif page.profile != SRGB.name:
        apart = np.abs(mine.astype(np.int32) - other) > _CONVERTED
        apart[..., 3] = mine[..., 3] != other[..., 3]
    else:
        apart = mine != other
    clear = (mine[..., 3] == 0) & ~apart[..., 3]
    return apart[..., 3] | (apart[..., :3].any(axis=2) & ~clear)
