"""OpenEXR: linear light in half or float."""

import os

import numpy as np

from relens.errors import FileError
from relens.photo.colour_space import LINEAR_SRGB, ColourSpace, linear_curve, matrix_to_srgb
from relens.photo.exr_size import exr_header
from relens.photo.stored import Stored, decoding, opaque_to_none

_GREY_NAMES = ("Y", "L")


def read_exr(path: str | os.PathLike[str]) -> Stored:
    """Decode the first part's R, G, B (or Y) and A. EXR keeps colour premultiplied; it comes out straight.

    Chromaticities other than Rec.709 are converted. Raises FileError for deep files and files without colour.
    """
    import OpenEXR

    with decoding(path, "EXR"):
        header = exr_header(path)
        if "deep" in str(header.get("type", "")):
            raise FileError(path, "is a deep EXR; expected a flat one")
        space = _space(header)
        channels = OpenEXR.File(str(path), separate_channels=True).channels()
        planes = {name: np.asarray(channel.pixels, np.float32) for name, channel in channels.items()}
    samples = _colour(path, planes)
    if not np.isfinite(samples).all():
        raise FileError(path, "holds NaN or infinite colours; expected finite light")
    alpha = opaque_to_none(planes["A"]) if "A" in planes else None
    if alpha is not None:
        weight = np.where(alpha > 0, alpha, 1)
        samples = samples / (weight if samples.ndim == 2 else weight[..., None])
    bits = "half" if all(channel.pixels.dtype == np.float16 for channel in channels.values()) else "float"
    return Stored("EXR", samples, space, bits, alpha)


def _colour(path: object, planes: dict[str, np.ndarray]) -> np.ndarray:
    if all(name in planes for name in "RGB"):
        if planes["R"].shape == planes["G"].shape == planes["B"].shape:
            return np.stack([planes[name] for name in "RGB"], axis=-1)
        raise FileError(path, "has subsampled colour channels; expected R, G and B of one size")
    if "RY" in planes or "BY" in planes:
        raise FileError(path, "holds luminance and chroma (Y RY BY); expected R, G and B")
    for name in _GREY_NAMES:
        if name in planes:
            return planes[name]
    raise FileError(path, f"has the channels {' '.join(sorted(planes)) or 'none'}; expected R G B, or Y for grey")


def _space(header: dict) -> ColourSpace:
    numbers = header.get("chromaticities")
    if numbers is None:
        return LINEAR_SRGB
    red, green, blue, white = (tuple(float(x) for x in pair) for pair in np.reshape(numbers, (4, 2)))
    matrix = matrix_to_srgb((red, green, blue, white))  # pyright: ignore[reportArgumentType]
    return LINEAR_SRGB if matrix is None else ColourSpace("linear, own primaries", (linear_curve,), matrix)
