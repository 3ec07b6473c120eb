"""A plane of numbers, 0 or more or NaN, as an OpenEXR file with one float32 channel, bit for bit."""

import os
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.errors import FileError
from relens.photo.exr_file import write_exr_file


def write_plane(plane: Float32[np.ndarray, "h w"], path: Path, channel: str) -> None:
    """Write (h, w) numbers; NaN stays what it is. Raises OSError."""
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    write_exr_file(path, header, {channel: np.ascontiguousarray(plane)})


def read_plane(path: Path, channel: str, width_px: int, height_px: int) -> Float32[np.ndarray, "h w"]:
    """Read (h, w) numbers, each 0 or more and finite, or NaN.

    Raises FileError for what is missing, damaged, of another size, type or channel, negative or infinite.
    """
    import OpenEXR

    if not path.is_file():
        raise FileError(path, "is missing from the scene; restore it or save the scene again")
    try:
        _check_header(OpenEXR.File(os.fsencode(path), header_only=True).header(), path, channel, width_px, height_px)
        plane = OpenEXR.File(os.fsencode(path)).channels()[channel].pixels
    except (RuntimeError, ValueError, KeyError, TypeError) as error:  # what OpenEXR raises for damage
        raise FileError(path, "is not an OpenEXR file, or damaged; restore it or save the scene again") from error
    if plane.shape != (height_px, width_px) or plane.dtype != np.float32:
        raise FileError(path, f"is {plane.dtype} {plane.shape}; expected 32-bit floats")
    # A comparison with NaN is false: NaN, unknown, passes.
    if (plane < 0).any() or np.isposinf(plane).any():
        raise FileError(path, f"has negative or infinite values of {channel}; expected 0 or more, or NaN")
    return plane


def _check_header(header: dict, path: Path, channel: str, width_px: int, height_px: int) -> None:
    low, high = (np.asarray(corner) for corner in header["dataWindow"])
    width, height = (int(size) for size in high.astype(np.int64) - low + 1)
    if (width, height) != (width_px, height_px):
        raise FileError(path, f"is {width} x {height} pixels; expected {width_px} x {height_px}, as in scene.json")
    found = [each.name for each in header["channels"]]
    if found != [channel]:
        raise FileError(path, f"has the channels {', '.join(found)}; expected one, {channel}")
