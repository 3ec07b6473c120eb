"""PNG, 1 to 16 bits."""

import io
import struct
import zlib

import numpy as np
from PIL import PngImagePlugin

from relens.errors import FileError
from relens.photo.cicp import colour_space_from_cicp
from relens.photo.colour_space import REC_709, SRGB, Chromaticities, ColourSpace, gamma_curve, matrix_to_srgb
from relens.photo.exif import load_exif, orientation_of
from relens.photo.pillow_samples import integer_space, pillow_samples
from relens.photo.png_chunks import png_chunks
from relens.photo.stored import Stored, check_size, decoding, opaque_to_none, refuse_animation

_GREY, _GREY_ALPHA = 0, 4
# By colour type; a palette may unfold to colour and alpha.
_CHANNELS = {0: 1, 2: 3, 3: 4, 4: 2, 6: 4}
_SRGB_GAMMA = 45455


def read_png(path: object, data: bytes) -> Stored:
    """Decode a still PNG. Raises FileError.

    Its colour comes from cICP, else iCCP, else sRGB, else gAMA and cHRM (PNG 3, 4.3).
    """
    with decoding(path, "PNG"):
        # The last wins where a chunk repeats; IDAT is not needed from here.
        chunks = {kind: body for kind, body in png_chunks(data) if kind != b"IDAT"}
        width_px, height_px, bits, colour_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
        check_size(path, width_px, height_px, len(data), _CHANNELS.get(colour_type, 4))
        if b"acTL" in chunks:
            refuse_animation(path, struct.unpack(">I", chunks[b"acTL"][:4])[0])
        icc = _icc(chunks)
    exif = load_exif(chunks.get(b"eXIf", b""))
    stored = _untagged_space(path, chunks)
    if bits == 16:
        samples, alpha = _decode_16(path, data, colour_type)
        space = integer_space(path, icc, samples.shape[-1] if samples.ndim == 3 else 1, stored)
    else:
        with decoding(path, "PNG"):
            image = PngImagePlugin.PngImageFile(io.BytesIO(data))
            image.load()
        samples, alpha, space = pillow_samples(image, path, icc, stored)
    depth_bits = "16-bit" if bits == 16 else "8-bit"
    return Stored("PNG", samples, space, depth_bits, alpha, exif, orientation_of(exif))


def _icc(chunks: dict[bytes, bytes]) -> bytes | None:
    if b"iCCP" not in chunks or b"cICP" in chunks:
        return None
    _, _, compressed = chunks[b"iCCP"].partition(b"\0")
    # Profiles are at most a few megabytes; a bound keeps bombs out.
    return zlib.decompressobj().decompress(compressed[1:], 1 << 24)


def _untagged_space(path: object, chunks: dict[bytes, bytes]) -> ColourSpace:
    if b"cICP" in chunks:
        try:
            return colour_space_from_cicp(*chunks[b"cICP"][:2])
        except (ValueError, TypeError) as error:
            raise FileError(path, str(error)) from error
    if b"sRGB" in chunks or b"gAMA" not in chunks:
        return SRGB
    gamma = int.from_bytes(chunks[b"gAMA"][:4], "big")
    chromaticities = _chromaticities(chunks.get(b"cHRM", b""))
    matrix = matrix_to_srgb(chromaticities)
    if abs(gamma - _SRGB_GAMMA) <= 5 or gamma == 0:
        # The PNG specification gives this number to pictures that are sRGB.
        return SRGB if matrix is None else ColourSpace("sRGB curve, own primaries", SRGB.curves, matrix)
    return ColourSpace(f"gamma {100000 / gamma:.2g}", (gamma_curve(100000 / gamma),), matrix)


def _chromaticities(chrm: bytes) -> Chromaticities:
    if len(chrm) != 32:
        return REC_709
    white, red, green, blue = np.array(struct.unpack(">8I", chrm)).reshape(4, 2) / 100000
    return tuple(red), tuple(green), tuple(blue), tuple(white)


def _decode_16(path: object, data: bytes, colour_type: int) -> tuple[np.ndarray, np.ndarray | None]:
    import cv2

    with decoding(path, "PNG"):
        bgra = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if bgra is None or bgra.dtype != np.uint16:
            raise ValueError("its pixels cannot be decoded")
    if bgra.ndim == 2:
        return bgra, None
    alpha = opaque_to_none(bgra[..., 3]) if bgra.shape[2] == 4 else None
    if colour_type in (_GREY, _GREY_ALPHA):
        return np.ascontiguousarray(bgra[..., 0]), alpha
    return np.ascontiguousarray(bgra[..., 2::-1]), alpha
