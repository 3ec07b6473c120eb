"""The TIFF writer: 8 and 16-bit sRGB, and linear float."""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from relens.photo.exif import load_exif
from relens.photo.icc import build_icc
from relens.photo.quantise import quantise
from relens.photo.writable import Writable

_TEXT_TAGS = (Base.ImageDescription, Base.Make, Base.Model, Base.DateTime, Base.Artist, Base.Copyright)
_ASCII, _LONG = 2, 4
_DIRECTORIES = (IFD.Exif, IFD.GPSInfo)
# tifffile writes no pointers to directories of its own accord: the tag next door keeps the place, in the right order.
_STAND_IN = 1


def write_tiff(path: Path, picture: Writable) -> None:
    """Deflated RGB or straight RGBA with an ICC profile and the EXIF and GPS directories."""
    import tifffile

    exif = load_exif(picture.exif)
    directories = [tag for tag in _DIRECTORIES if exif.get_ifd(tag)]
    texts = [(int(tag), _ASCII, 0, str(exif[tag]), True) for tag in _TEXT_TAGS if exif.get(tag)]
    is_float = picture.bit_depth == 32
    pixels = _straight(picture) if is_float else quantise(picture.linear, picture.alpha, picture.bit_depth)
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        pixels,
        byteorder="<",
        photometric="rgb",
        extrasamples=None if picture.alpha is None else ["unassalpha"],
        compression="zlib",
        compressionargs={"level": 3},
        predictor=None if is_float else True,
        rowsperstrip=64,
        iccprofile=build_icc("Linear sRGB", gamma=1.0) if is_float else build_icc("sRGB"),
        software=str(exif.get(Base.Software, "relens")),
        extratags=texts + [(tag + _STAND_IN, _LONG, 1, 0, True) for tag in directories],
        metadata=None,
    )
    _append_directories(file, exif, directories)
    path.write_bytes(file.getbuffer())


def _straight(picture: Writable) -> np.ndarray:
    if picture.alpha is None:
        return picture.linear
    weight = np.where(picture.alpha > 0, picture.alpha, 1)[..., None]
    return np.concatenate([picture.linear / weight, picture.alpha[..., None]], axis=2)


def _append_directories(file: io.BytesIO, exif: Image.Exif, directories: list[IFD]) -> None:
    """Put EXIF sub-directories at the end of the file and point the tags of the first directory at them."""
    import tifffile

    if not directories:
        return
    file.seek(0)
    with tifffile.TiffFile(file) as tiff:
        entries = {tag: tiff.pages.first.tags[tag + _STAND_IN].offset for tag in directories}
    for tag, entry in entries.items():
        position = file.seek(0, io.SEEK_END)
        position += file.write(bytes(position % 2))
        directory = ImageFileDirectory_v2(prefix=b"II")
        directory.update(exif.get_ifd(tag))
        file.write(directory.tobytes(position))
        file.seek(entry)
        # One directory entry: tag, type, count, value.
        file.write(struct.pack("<HHII", tag, _LONG, 1, position))
