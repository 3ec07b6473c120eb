"""Writing a rendered picture to a file."""

import math
import os
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from relens.errors import ValueRangeError
from relens.photo import write_image
from relens.render.picture import Picture

_MILLIMETRES = 4
# EXIF's own sign for a subject at infinity.
_INFINITE_DISTANCE = IFDRational(0xFFFFFFFF, 1)


# What else is known of each pixel: the name that users call it by, its EXR channel, and how to get it.
OUTPUTS: dict[str, tuple[str, Callable[[Picture], np.ndarray]]] = {
    "depth": ("Z", lambda picture: picture.depth_m),
    "coc": ("coc_px", lambda picture: picture.coc_px),
    "alpha": ("coverage", lambda picture: picture.alpha),
    "focus": ("in_focus", lambda picture: picture.focus_mask),
    "samples": ("lens_samples", lambda picture: picture.sample_count),
    "error": ("standard_error", lambda picture: picture.standard_error),
}


def write_picture(
    picture: Picture, path: str | os.PathLike[str], *, bit_depth: int | None = None, also: Collection[str] = ()
) -> None:
    """Write a picture; the suffix chooses the format, see `relens.photo.write_image`.

    The EXIF describes the virtual lens: focal length, f-number, focus distance, and the resolution of the sensor that
    gives this field of view, from which `read_photo` finds the intrinsics again. An EXR also gets the depth as channel
    Z, metres.

    Args:
        picture: what to write.
        path: where to; the folder must exist.
        bit_depth: one that the format has; None for its default.
        also: more of what is known of each pixel: depth, coc, alpha, focus, samples, error. They become float channels
            Z (metres), coc_px, coverage, in_focus (0 or 1), lens_samples and standard_error of the EXR, or of an EXR
            beside a picture of another format: name.png gets name-data.exr, which holds the linear light too.

    Raises FileError and ValueRangeError as `write_image` does, ValueRangeError for an output it does not know.
    """
    for name in also:
        if name not in OUTPUTS:
            raise ValueRangeError("also", name, f"some of {', '.join(OUTPUTS)}")
    target, exif = Path(path), exif_of(picture)
    is_exr = target.suffix.lower() == ".exr"
    known = {"depth", *also} if is_exr else set(also)
    channels = {OUTPUTS[name][0]: OUTPUTS[name][1](picture) for name in OUTPUTS if name in known}
    if channels and not is_exr:
        # First, so that a picture never lacks what was asked for beside it.
        beside = target.with_name(f"{target.stem}-data.exr")
        write_image(beside, picture.linear, picture.alpha, exif=exif, channels=channels)
    write_image(
        target, picture.linear, picture.alpha, bit_depth=bit_depth, exif=exif, channels=channels if is_exr else None
    )


def exif_of(picture: Picture) -> bytes:
    """EXIF that describes the virtual lens; see `write_picture`."""
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
