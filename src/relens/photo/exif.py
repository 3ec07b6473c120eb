"""EXIF: what the camera recorded, and the block that is written on with the picture."""

import math
import re
import warnings

from PIL import Image
from PIL.ExifTags import IFD, Base

from relens.photo.orientation import valid_orientation
from relens.photo.photo import Capture

# What still holds for a picture made from the photo. Thumbnails, previews and the maker's notes do not.
_KEPT = {
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.HostComputer,
    Base.Copyright,
}
# Positions in the stored pixel grid, and what this program cannot check.
_SUBJECT_AREA = 0x9214
_DROPPED = {Base.MakerNote, _SUBJECT_AREA, Base.SubjectLocation, Base.ExifInteroperabilityOffset}
_SRGB = 1


def load_exif(block: bytes) -> Image.Exif:
    """Parse an EXIF block (with or without the "Exif" prefix) or a whole TIFF file; empty where it is unreadable."""
    exif = Image.Exif()
    if not block:
        return exif
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exif.load(block)
            exif.get_ifd(IFD.Exif)
            # Pillow decodes a tag when it is first asked for: now.
            for tag in (*_KEPT, Base.Orientation):
                exif.get(tag)
        except Exception:  # Pillow raises whatever the damage leads to; metadata is no reason to refuse the pixels.
            return Image.Exif()
        try:
            exif.get_ifd(IFD.GPSInfo)
        except Exception:  # The place alone is damaged.
            del exif[IFD.GPSInfo]
    return exif


def orientation_of(exif: Image.Exif) -> int:
    """The EXIF orientation; 1 where the file does not say."""
    return valid_orientation(exif.get(Base.Orientation))


def number_of(value: object) -> float | None:
    """A positive finite number from an EXIF value, else None (EXIF writes 0 for unknown)."""
    try:
        number = float(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def capture_of(exif: Image.Exif) -> Capture:
    """Make, model, focal lengths, f-number and time (ISO 8601) as recorded."""
    shot = exif.get_ifd(IFD.Exif)
    return Capture(
        make=_text(exif.get(Base.Make)),
        model=_text(exif.get(Base.Model)),
        focal_length_mm=number_of(shot.get(Base.FocalLength)),
        focal_length_35mm=number_of(shot.get(Base.FocalLengthIn35mmFilm)),
        f_number=number_of(shot.get(Base.FNumber)),
        taken_at=_time(shot.get(Base.DateTimeOriginal), shot.get(Base.OffsetTimeOriginal)),
    )


def recorded_size(exif: Image.Exif) -> tuple[float, float] | None:
    """Width and height of the picture as it was taken, stored orientation; None where the file does not say."""
    shot = exif.get_ifd(IFD.Exif)
    width, height = number_of(shot.get(Base.ExifImageWidth)), number_of(shot.get(Base.ExifImageHeight))
    return None if width is None or height is None else (width, height)


def exif_to_write(exif: Image.Exif, width_px: int, height_px: int) -> bytes:
    """The block that holds for an upright sRGB picture of this size; empty where there is nothing to say.

    Begins with "Exif" and two zeros.
    Kept: description, camera, time, author, exposure, place. Set: orientation 1, colour space sRGB, the size.
    """
    out = Image.Exif()
    for tag in _KEPT:
        if tag in exif:
            out[tag] = exif[tag]
    shot = {tag: value for tag, value in exif.get_ifd(IFD.Exif).items() if tag not in _DROPPED}
    place = dict(exif.get_ifd(IFD.GPSInfo))
    if not out and not shot and not place:
        return b""
    shot |= {Base.ColorSpace: _SRGB, Base.ExifImageWidth: width_px, Base.ExifImageHeight: height_px}
    out[Base.Orientation] = 1
    out.get_ifd(IFD.Exif).update(shot)
    if place:
        out.get_ifd(IFD.GPSInfo).update(place)
    try:
        return out.tobytes()
    except Exception:  # A tag of a type that Pillow reads but cannot write; see load_exif.
        return b""


def _text(value: object) -> str | None:
    text = str(value).strip("\0 ") if isinstance(value, str) else ""
    return text or None


def _time(value: object, offset: object) -> str | None:
    match = re.match(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", value) if isinstance(value, str) else None
    if match is None:
        return None
    zone = offset if isinstance(offset, str) and re.fullmatch(r"[+-]\d\d:\d\d", offset) else ""
    return "{}-{}-{}T{}".format(*match.groups()) + zone
