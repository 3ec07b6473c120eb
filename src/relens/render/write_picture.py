"""Writing a rendered picture to a file."""

import math
import os
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from relens.photo import write_image
from relens.render.picture import Picture

_MILLIMETRES = 4
# EXIF's own sign for a subject at infinity.
_INFINITE_DISTANCE = IFDRational(0xFFFFFFFF, 1)


def write_picture(picture: Picture, path: str | os.PathLike[str], *, bit_depth: int | None = None) -> None:
    """Write a picture; the suffix chooses the format, see `relens.photo.write_image`.

    EXR also gets the depth as channel Z, metres. The EXIF describes the virtual lens: focal length, f-number, focus
    distance, and the resolution of the sensor that gives this field of view, from which `read_photo` finds the
    intrinsics again. Raises FileError and ValueRangeError as `write_image` does.
    """
    depth_m = picture.depth_m if Path(path).suffix.lower() == ".exr" else None
    write_image(path, picture.linear, picture.alpha, bit_depth=bit_depth, exif=_exif(picture), depth_m=depth_m)


def _exif(picture: Picture) -> bytes:
    lens, k = picture.lens, picture.camera.intrinsics
    focus_m = lens.focus_distance_m
    exif = Image.Exif()
    exif[Base.Software] = "relens"
    exif.get_ifd(IFD.Exif).update(
        {
            Base.FocalLength: _rational(lens.focal_length_mm),
            Base.FNumber: _rational(lens.f_number),
            Base.SubjectDistance: _rational(focus_m) if math.isfinite(focus_m) else _INFINITE_DISTANCE,
            Base.FocalPlaneXResolution: _rational(k.fx_px / lens.focal_length_mm),
            Base.FocalPlaneYResolution: _rational(k.fy_px / lens.focal_length_mm),
            Base.FocalPlaneResolutionUnit: _MILLIMETRES,
        }
    )
    return exif.tobytes()


def _rational(value: float) -> IFDRational:
    # Six significant decimals within EXIF's 32-bit numerator and denominator.
    denominator = 10 ** max(0, 6 - len(str(int(value))))
    return IFDRational(round(value * denominator), denominator)
