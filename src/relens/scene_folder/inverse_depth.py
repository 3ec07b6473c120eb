"""A layer's inverse depth as an OpenEXR file with one float32 channel, bit for bit."""

import os
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.errors import FileError

CHANNEL = "inverse_depth"


def write_inverse_depth(inverse_depth: Float32[np.ndarray, "h w"], path: Path) -> None:
    """Write (h, w) inverse depth in 1/m; NaN and infinity (0) stay what they are. Raises OSError."""
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    try:
        OpenEXR.File(header, {CHANNEL: np.ascontiguousarray(inverse_depth)}).write(os.fsencode(path))
    except RuntimeError as error:  # OpenEXR's own kind, also for a full disk
        reason = str(error).rstrip(". ").rpartition(". ")[2]
        raise OSError(None, reason) from error


def read_inverse_depth(path: Path, width_px: int, height_px: int) -> Float32[np.ndarray, "h w"]:
    """Read (h, w) inverse depth in 1/m.

    Raises FileError for what is missing, damaged, of another size or type, negative or infinitely near.
    """
    import OpenEXR

    if not path.is_file():
        raise FileError(path, "is missing from the scene; restore it or save the scene again")
    try:
        _check_header(OpenEXR.File(os.fsencode(path), header_only=True).header(), path, width_px, height_px)
        inverse_depth = OpenEXR.File(os.fsencode(path)).channels()[CHANNEL].pixels
    except (RuntimeError, ValueError, KeyError, TypeError) as error:  # what OpenEXR raises for damage
        raise FileError(path, "is not an OpenEXR file, or damaged; restore it or save the scene again") from error
    if inverse_depth.shape != (height_px, width_px) or inverse_depth.dtype != np.float32:
        raise FileError(path, f"is {inverse_depth.dtype} {inverse_depth.shape}; expected 32-bit float depths")
    # A comparison with NaN is false: NaN, no surface, passes.
    if (inverse_depth < 0).any() or np.isposinf(inverse_depth).any():
        raise FileError(path, "has negative or infinite inverse depths; expected 0 (infinity) or more in 1/m, or NaN")
    return inverse_depth


def _check_header(header: dict, path: Path, width_px: int, height_px: int) -> None:
    low, high = (np.asarray(corner) for corner in header["dataWindow"])
    width, height = (int(size) for size in high.astype(np.int64) - low + 1)
    if (width, height) != (width_px, height_px):
        raise FileError(path, f"is {width} x {height} pixels; expected {width_px} x {height_px}, as in scene.json")
    if [channel.name for channel in header["channels"]] != [CHANNEL]:
        found = ", ".join(channel.name for channel in header["channels"])
        raise FileError(path, f"has the channels {found}; expected one, {CHANNEL}")
