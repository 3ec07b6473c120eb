"""From an 8-bit Pillow image to straight samples, alpha and a colour space."""

import numpy as np
from PIL import Image

from relens.errors import FileError
from relens.photo.colour_space import SRGB, ColourSpace
from relens.photo.icc import IccError, convert_with_cms, matrix_colour_space, parse_icc
from relens.photo.stored import opaque_to_none

_PLAIN_MODES = ("L", "LA", "RGB", "RGBA", "CMYK")


def pillow_samples(
    image: Image.Image, path: object, icc: bytes | None, otherwise: ColourSpace = SRGB
) -> tuple[np.ndarray, np.ndarray | None, ColourSpace]:
    """Samples (uint8, (h, w) or (h, w, 3)), alpha or None, and what the samples mean.

    Palettes become colour, one-bit pictures grey, transparent colours alpha. Raises FileError for CMYK without a
    profile, for Lab, and for profiles that do not fit.
    """
    image = _plain(image)
    if image.mode not in _PLAIN_MODES:
        raise FileError(path, f"holds {image.mode} pixels; expected RGB, grey, a palette or CMYK, so convert it to RGB")
    if image.mode == "CMYK" and not icc:
        raise FileError(path, "is CMYK without an ICC profile, so its colours are unknown; convert it to RGB first")
    alpha = None
    if image.mode in ("LA", "RGBA"):
        alpha = opaque_to_none(np.asarray(image.getchannel("A")))
        image = image.convert(image.mode[:-1])
    image, space = _in_colour_space(image, path, icc) if icc else (image, otherwise)
    return np.asarray(image), alpha, space


def integer_space(path: object, icc: bytes | None, channels: int, otherwise: ColourSpace = SRGB) -> ColourSpace:
    """The colour space of samples deeper than 8 bits; the profile must be grey or a matrix, to keep their precision."""
    if not icc:
        return otherwise
    with_name = _space_of(path, icc)
    if with_name is None:
        raise FileError(path, "is deeper than 8 bits with a table (LUT) ICC profile; convert it to sRGB or Display P3")
    if channels == 3 and parse_icc(icc).space == "GRAY":
        raise FileError(path, "is colour with a grey ICC profile; replace the profile")
    return with_name


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in ("P", "PA"):
        transparent = image.mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if transparent else "RGB")
    if image.mode in ("L", "RGB") and "transparency" in image.info:
        return image.convert("RGBA")
    targets = {"1": "L", "RGBX": "RGB", "YCbCr": "RGB", "RGBa": "RGBA", "La": "LA"}
    return image.convert(targets[image.mode]) if image.mode in targets else image


def _space_of(path: object, icc: bytes) -> ColourSpace | None:
    try:
        return matrix_colour_space(parse_icc(icc))
    except IccError as error:
        raise FileError(path, str(error)) from error


def _in_colour_space(image: Image.Image, path: object, icc: bytes) -> tuple[Image.Image, ColourSpace]:
    space = _space_of(path, icc)
    profile = parse_icc(icc)
    fits = (profile.space, image.mode) in (("RGB", "RGB"), ("RGB", "L"), ("GRAY", "L"))
    if space is not None and fits:
        return image, space
    try:
        converted = convert_with_cms(image, profile)
    except IccError as error:
        raise FileError(path, str(error)) from error
    return converted, ColourSpace(f"{profile.name or profile.space} via sRGB", SRGB.curves)
