"""The EXR writer: linear light, depth, and what else is known of each pixel."""

from pathlib import Path

import numpy as np
from PIL.ExifTags import IFD, Base

from relens.photo.exif import load_exif, number_of
from relens.photo.exr_file import write_exr_file
from relens.photo.writable import Writable

# Red, green, blue and white (x, y) of Rec.709.
_REC_709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
# OpenEXR's standard optional attributes -> EXIF tags; the units agree (metres, seconds, millimetres).
_TEXT_ATTRIBUTES = {
    "cameraMake": Base.Make,
    "cameraModel": Base.Model,
    "capDate": Base.DateTimeOriginal,
    "owner": Base.Artist,
    "software": Base.Software,
}
_NUMBER_ATTRIBUTES = {
    "aperture": Base.FNumber,
    "focus": Base.SubjectDistance,
    "expTime": Base.ExposureTime,
    "isoSpeed": Base.ISOSpeedRatings,
    "nominalFocalLength": Base.FocalLength,
}
_LARGEST_HALF = 65504.0


def write_exr(path: Path, picture: Writable) -> None:
    """RGB or premultiplied RGBA in half or float, the rest in float. Light beyond what half holds is clipped to it."""
    import OpenEXR

    light = picture.linear
    if picture.alpha is not None:
        light = np.concatenate([light, picture.alpha[..., None]], axis=2)
    if picture.bit_depth == 16:
        light = np.clip(light, -_LARGEST_HALF, _LARGEST_HALF).astype(np.float16)
    channels = {"RGB" if picture.alpha is None else "RGBA": np.ascontiguousarray(light)}
    channels |= {name: np.ascontiguousarray(values) for name, values in picture.channels.items()}
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "chromaticities": _REC_709,
        **_attributes(picture.exif),
    }
    write_exr_file(path, header, channels)


def _attributes(block: bytes) -> dict[str, str | float]:
    """The standard attributes that EXIF has values for."""
    exif = load_exif(block)
    shot = exif.get_ifd(IFD.Exif)
    texts = {name: exif.get(tag, shot.get(tag)) for name, tag in _TEXT_ATTRIBUTES.items()}
    numbers = {name: number_of(shot.get(tag)) for name, tag in _NUMBER_ATTRIBUTES.items()}
    return {name: value for name, value in (texts | numbers).items() if isinstance(value, str | float) and value}
