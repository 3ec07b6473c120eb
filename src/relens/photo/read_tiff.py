"""TIFF: 1 to 16-bit integers and floats."""

import io
import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import TiffImagePlugin

from relens.errors import FileError
from relens.photo.colour_space import LINEAR_SRGB, SRGB
from relens.photo.exif import load_exif, orientation_of
from relens.photo.pillow_samples import integer_space, pillow_samples
from relens.photo.stored import Stored, check_size, decoding, opaque_to_none

_ORIENTATION, _SUBIFDS, _ICC, _EXTRA_SAMPLES, _DNG_VERSION = 274, 330, 34675, 338, 50706
_MIN_IS_WHITE, _GREY, _RGB, _CFA = 0, 1, 2, 32803
_REDUCED_OR_MASK = 1 | 4
_MOST_PAGES = 32
_ASSOCIATED_ALPHA = 1
_UNSIGNED, _FLOAT = 1, 3
_LZMA = 34925


def read_tiff(path: object, data: bytes) -> Stored:
    """Decode a TIFF of one picture; floats without a profile are linear light. Raises FileError."""
    import tifffile

    exif = load_exif(data)
    with decoding(path, "TIFF"), _no_log(), tifffile.TiffFile(io.BytesIO(data)) as tiff:
        page = tiff.pages.first
        check_size(path, page.imagewidth, page.imagelength, len(data), page.samplesperpixel * page.imagedepth)
        if page.compression == _LZMA:
            # It packs thousands of bytes into one, and is unpacked whole whatever the size that the file says.
            raise FileError(path, "is compressed by LZMA; save it with LZW or deflate (ZIP) instead")
        _refuse_raw(path, data, page)
        if _has_second_picture(tiff):
            raise FileError(path, "has several pages; expected one still picture, so export the page you want")
        if any(start + size > len(data) for start, size in zip(page.dataoffsets, page.databytecounts, strict=True)):
            raise ValueError("the file ends early")
        if page.sampleformat not in (_UNSIGNED, _FLOAT):
            raise ValueError("its samples are signed or complex")
        tags = {code: page.tags[code].value for code in (_ICC, _EXTRA_SAMPLES) if code in page.tags}
        data = _without_orientation(data, page)
        bits, is_float = page.bitspersample, page.sampleformat == _FLOAT
        if not isinstance(bits, int):
            raise ValueError("its channels differ in depth")
    icc = tags.get(_ICC)
    if bits <= 8 and not is_float:
        with decoding(path, "TIFF"):
            image = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
            image.load()
        samples, alpha, space = pillow_samples(image, path, icc)
        return Stored("TIFF", samples, space, "8-bit", alpha, exif, orientation_of(exif))
    if page.photometric not in (_MIN_IS_WHITE, _GREY, _RGB):
        kind = getattr(page.photometric, "name", page.photometric)
        raise FileError(path, f"holds {bits}-bit {kind} pixels; expected RGB or grey, so convert it to RGB")
    raster = _decode_deep(path, data, (page.imagelength, page.imagewidth))
    associated = _ASSOCIATED_ALPHA in np.atleast_1d(tags.get(_EXTRA_SAMPLES, ()))
    samples, alpha = _split_alpha(path, raster, associated)
    if page.photometric == _MIN_IS_WHITE and not is_float:
        samples = np.iinfo(samples.dtype).max - samples
    space = integer_space(path, icc, samples.shape[-1] if samples.ndim == 3 else 1, LINEAR_SRGB if is_float else SRGB)
    depth_bits = f"{bits}-bit float" if is_float else f"{bits}-bit"
    return Stored("TIFF", samples, space, depth_bits, alpha, exif, orientation_of(exif))


def _has_second_picture(tiff) -> bool:
    # Thumbnails and masks are no second picture. Damaged files may chain their pages in a circle.
    for index in range(1, _MOST_PAGES):
        try:
            further = tiff.pages[index]
        except IndexError:
            return False
        if not further.subfiletype & _REDUCED_OR_MASK:
            return True
    return True


@contextmanager
def _no_log() -> Iterator[None]:
    """What tifffile would log about a damaged file is said in one error instead."""
    logger = logging.getLogger("tifffile")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _refuse_raw(path: object, data: bytes, page) -> None:
    # Camera raw files are TIFFs whose first page is a thumbnail; reading that in silence would be wrong.
    is_raw = _DNG_VERSION in page.tags or data[8:10] == b"CR" or page.photometric == _CFA
    if is_raw or (page.subfiletype & 1 and _SUBIFDS in page.tags):
        raise FileError(path, "is a camera raw file; develop it to TIFF, PNG or JPEG first")


def _without_orientation(data: bytes, page) -> bytes:
    """The file with its orientation tag at 1: some decoders apply it and some do not, relens does so itself."""
    tag = page.tags.get(_ORIENTATION)
    if tag is None or tag.value == 1:
        return data
    patched = bytearray(data)
    struct.pack_into(f"{page.parent.byteorder}H", patched, tag.valueoffset, 1)
    return bytes(patched)


def _decode_deep(path: object, data: bytes, size: tuple[int, int]) -> np.ndarray:
    """(h, w) or (h, w, c) as stored, by tifffile, or by OpenCV for the compressions that tifffile has no codec for."""
    import tifffile

    with decoding(path, "TIFF"), _no_log():
        try:
            with tifffile.TiffFile(io.BytesIO(data)) as tiff:
                page = tiff.pages.first
                raster = page.asarray()
                if page.planarconfig == 2 and raster.ndim == 3:
                    raster = np.moveaxis(raster, 0, 2)
        except (ValueError, KeyError) as error:
            if "imagecodecs" not in str(error):
                raise
            raster = _decode_with_opencv(data)
        if raster.dtype == np.float16 or raster.dtype == np.float64:
            raster = raster.astype(np.float32)
        if raster.ndim not in (2, 3) or raster.shape[:2] != size:
            raise ValueError("its pixels do not fill the size it says")
        if raster.dtype not in (np.uint16, np.float32):
            raise ValueError(f"its {raster.dtype} pixels are not supported")
        if not np.isfinite(raster).all():
            raise ValueError("it holds NaN or infinite pixels")
    return raster


def _decode_with_opencv(data: bytes) -> np.ndarray:
    import cv2

    raster = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if raster is None:
        raise ValueError("its pixels cannot be decoded")
    return raster if raster.ndim == 2 else raster[..., [2, 1, 0, 3][: raster.shape[2]]]


def _split_alpha(path: object, raster: np.ndarray, associated: bool) -> tuple[np.ndarray, np.ndarray | None]:
    channels = 1 if raster.ndim == 2 else raster.shape[2]
    if channels > 4:
        raise FileError(path, f"has {channels} channels; expected grey or RGB, with or without alpha")
    if channels in (1, 3):
        return raster.reshape(raster.shape[:2]) if channels == 1 else np.ascontiguousarray(raster), None
    alpha = opaque_to_none(raster[..., -1])
    samples = np.ascontiguousarray(raster[..., 0] if channels == 2 else raster[..., :3])
    if associated and alpha is not None:
        top = 1.0 if samples.dtype.kind == "f" else 65535.0
        weight = np.where(alpha > 0, alpha, 1)
        samples = samples.astype(np.float32) / np.float32(top) / (weight if samples.ndim == 2 else weight[..., None])
    return samples, alpha
