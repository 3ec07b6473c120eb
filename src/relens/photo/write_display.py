"""Writers of display formats: PNG, JPEG and WebP, all sRGB."""

import io
import struct
from pathlib import Path

from PIL import Image

from relens.photo.icc import build_icc
from relens.photo.png_chunks import with_chunks
from relens.photo.quantise import quantise
from relens.photo.writable import Writable

_JPEG_QUALITY = _WEBP_QUALITY = 95
# zlib levels: past these, seconds buy a few per cent.
_PNG_LEVEL = {8: 3, 16: 1}
_EXIF_PREFIX = b"Exif\0\0"
# Rendering intent, and what readers that do not know sRGB should assume (PNG 3, 11.3.2.5): gamma, white and primaries.
_SRGB_CHUNKS = [
    (b"sRGB", b"\0"),
    (b"gAMA", struct.pack(">I", 45455)),
    (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
]


def write_png(path: Path, picture: Writable) -> None:
    """8 or 16-bit PNG tagged as sRGB."""
    import cv2

    pixels = quantise(picture.linear, picture.alpha, picture.bit_depth)
    order = cv2.COLOR_RGB2BGR if picture.alpha is None else cv2.COLOR_RGBA2BGRA
    done, encoded = cv2.imencode(
        ".png", cv2.cvtColor(pixels, order), [cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL[picture.bit_depth]]
    )
    if not done:
        raise ValueError("the PNG encoder gave up")
    chunks = list(_SRGB_CHUNKS)
    if picture.exif:
        chunks.append((b"eXIf", picture.exif.removeprefix(_EXIF_PREFIX)))
    with path.open("wb") as file:
        for piece in with_chunks(encoded.tobytes(), chunks):
            file.write(piece)


def write_jpeg(path: Path, picture: Writable) -> None:
    """JPEG without chroma subsampling, with an sRGB profile."""
    _save(path, picture, "JPEG", quality=_JPEG_QUALITY, subsampling=0)


def write_webp(path: Path, picture: Writable) -> None:
    """Lossy WebP with an sRGB profile; alpha is exact."""
    _save(path, picture, "WEBP", quality=_WEBP_QUALITY, method=4)


def _save(path: Path, picture: Writable, format_name: str, **options: int) -> None:
    image = Image.fromarray(quantise(picture.linear, picture.alpha, picture.bit_depth))
    encoded = io.BytesIO()
    image.save(encoded, format_name, icc_profile=build_icc("sRGB"), exif=picture.exif, **options)
    # Into memory first: Pillow's JPEG encoder says nothing when the disk is full.
    path.write_bytes(encoded.getbuffer())
