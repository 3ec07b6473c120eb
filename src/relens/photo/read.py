"""Reading photographs."""

import os
from pathlib import Path
from types import MappingProxyType

from relens.errors import FileError
from relens.photo.carried import find_carried
from relens.photo.colour_space import to_linear_srgb
from relens.photo.exif import capture_of, exif_to_write, recorded_size
from relens.photo.frame import Frame, find_frame
from relens.photo.intrinsics import find_intrinsics
from relens.photo.lens_distortion import LensDistortion, cut_distortion, orient_distortion
from relens.photo.orientation import orient_intrinsics, orient_raster
from relens.photo.packets import find_packets
from relens.photo.phone_distortion import phone_distortion
from relens.photo.photo import EmbeddedDepth, Photo, SourceFile
from relens.photo.png_chunks import SIGNATURE as PNG_SIGNATURE
from relens.photo.read_exr import read_exr
from relens.photo.read_heic import read_heic
from relens.photo.read_jpeg import read_jpeg
from relens.photo.read_png import read_png
from relens.photo.read_tiff import read_tiff
from relens.photo.read_webp import read_webp
from relens.photo.stored import Stored
from relens.photo.window import cut_intrinsics
from relens.photo.xmp import Xmp
from relens.ranges import positive

_EXPECTED = "expected a JPEG, PNG, TIFF, WebP, HEIC or EXR photo"
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read_photo(path: str | os.PathLike[str], *, fx_px: float | None = None) -> Photo:
    """Read a photograph: upright, in linear light, with everything its file knows about geometry.

    Args:
        path: JPEG, PNG, TIFF, WebP, HEIC or EXR, told apart by content, not by name.
        fx_px: the focal length in pixels of the upright picture, where the user knows better than the file.

    Returns a Photo. Orientation is applied to pixels, depth, mattes and intrinsics alike. Colour goes through the
    embedded profile; colours outside the sRGB gamut keep components below 0 or above 1. Transparency stays in
    `alpha`; nothing is composited. Without a profile, integers are sRGB and floats are linear light.
    Intrinsics: see `relens.photo.intrinsics.find_intrinsics`. Depth and mattes of iPhones, depth of GDepth and Dynamic
    Depth are brought into the picture's frame (`relens.photo.carried`); what is damaged or does not fit is left out,
    and `notes` says so.

    Raises FileError for what is missing, damaged, animated, larger than 400 megapixels, or no photo; ValueRangeError
    for a bad fx_px.
    """
    if fx_px is not None:
        positive("fx_px", fx_px, "a positive finite focal length in pixels")
    data = _read_bytes(Path(path))
    stored = _decode(path, data)
    packets = find_packets(data)
    height, width = stored.samples.shape[:2]
    if stored.upright and stored.orientation >= 5:
        width, height = height, width
    frame = find_frame(width, height, stored.window, packets, recorded_size(stored.exif))
    known = find_intrinsics(frame.width_px, frame.height_px, stored.exif, packets)
    carried = find_carried(path, data, stored, packets, frame, known[0])
    intrinsics, *others = (
        orient_intrinsics(cut_intrinsics(k, frame.window, width, height), stored.orientation) for k in known
    )
    turn = 1 if stored.upright else stored.orientation
    linear = to_linear_srgb(orient_raster(stored.samples, turn), stored.space)
    depth = carried.depth
    photo = Photo(
        linear=linear,
        intrinsics=intrinsics,
        other_intrinsics=tuple(others),
        alpha=None if stored.alpha is None else orient_raster(stored.alpha, turn),
        embedded_depth=depth and EmbeddedDepth(orient_raster(depth.inverse_depth, turn), depth.accuracy),
        mattes=MappingProxyType({name: orient_raster(matte, turn) for name, matte in carried.mattes.items()}),
        distortion=_distortion(stored, frame, packets, width, height),
        capture=capture_of(stored.exif),
        exif=exif_to_write(stored.exif, linear.shape[1], linear.shape[0]),
        file=SourceFile(Path(path).name, data),
        encoding=_describe(stored),
        notes=carried.notes,
    )
    return photo if fx_px is None else photo.with_focal_length(fx_px)


def _distortion(
    stored: Stored, frame: Frame, packets: list[Xmp], width_px: int, height_px: int
) -> LensDistortion | None:
    """The distortion of the upright picture; width_px, height_px: of the stored one."""
    whole = phone_distortion(frame.width_px, frame.height_px, packets)
    if whole is None:
        return None
    part = cut_distortion(whole, frame.window, (frame.width_px, frame.height_px))
    return orient_distortion(part, stored.orientation, width_px, height_px)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise FileError(path, f"is a folder; {_EXPECTED}")
        if not path.exists():
            raise FileError(path, "does not exist; check the name")
        if not path.is_file():
            raise FileError(path, f"is not a regular file; {_EXPECTED}")
        data = path.read_bytes()
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    if not data:
        raise FileError(path, f"is empty; {_EXPECTED}")
    return data


def _decode(path: str | os.PathLike[str], data: bytes) -> Stored:
    if data.startswith(b"\xff\xd8\xff"):
        return read_jpeg(path, data)
    if data.startswith(PNG_SIGNATURE):
        return read_png(path, data)
    if data[:4] in _TIFF_MAGIC:
        return read_tiff(path, data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return read_webp(path, data)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return read_heic(path, data)
    if data.startswith(b"\x76\x2f\x31\x01"):
        return read_exr(path)
    raise FileError(path, f"{_guess(data)}; {_EXPECTED}")


def _guess(data: bytes) -> str:
    if data.startswith(b"GIF8"):
        return "is a GIF, a format for animations and palettes"
    if data[4:8] == b"ftyp":
        return f"is a {data[8:12].decode('latin-1').strip()} file (AVIF or video)"
    return "is not an image that relens reads"


def _describe(stored: Stored) -> str:
    grey = " grey" if stored.samples.ndim == 2 else ""
    alpha = " with alpha" if stored.alpha is not None else ""
    return f"{stored.format} {stored.depth_bits}{grey} {stored.space.name}{alpha}"
