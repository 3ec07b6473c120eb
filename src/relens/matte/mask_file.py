"""Mask files: coverage as a grey picture or as an alpha channel, 8 or 16 bits."""

import os
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.atomic import atomic_file
from relens.errors import FileError, ValueRangeError
from relens.hush import hushed_stderr
from relens.photo.stored import check_size

_READ = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".webp")
_WRITTEN = (".png", ".tif", ".tiff")


def read_mask(path: str | os.PathLike[str]) -> Float32[np.ndarray, "h w"]:
    """Coverage 0 to 1, black to white, from a PNG, TIFF, JPEG or WebP file of 8 or 16 bits, or a TIFF of floats.

    A picture with transparency gives its alpha; where that is 1 everywhere, and without it, its grey counts.
    Raises FileError for a file that is missing, broken, of another kind, in colour, or over 400 megapixels.
    """
    path = Path(path)
    if path.suffix.lower() not in _READ:
        raise FileError(path, f"unknown kind of mask file {path.suffix or '(no suffix)'!r}; expected {' '.join(_READ)}")
    if not path.is_file():
        raise FileError(path, "is a folder; expected a mask file" if path.is_dir() else "no such mask file")
    try:
        stored = _decoded(path)
    except FileError:
        raise
    except MemoryError as error:
        raise FileError(path, "does not fit into memory; save the mask at a lower resolution") from error
    except Exception as error:  # every decoder raises kinds of its own
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise FileError(path, f"cannot be read as a mask, broken or truncated ({reason}); save it again") from error
    plane = _plane(path, stored)
    if plane.dtype.kind == "f":
        if not (plane.min() >= 0 and plane.max() <= 1):
            raise FileError(path, "holds floats beyond 0 to 1, or NaN; expected coverage from 0 to 1")
        return plane.astype(np.float32)
    return plane.astype(np.float32) / np.float32(np.iinfo(plane.dtype).max)


def write_mask(path: str | os.PathLike[str], alpha: Float32[np.ndarray, "h w"], bit_depth: int = 8) -> None:
    """Write coverage, 0 to 1, as a grey PNG or TIFF of 8 or 16 bits, black to white; whole or not at all.

    Raises FileError for another suffix, and a folder that is missing, read-only or full; ValueRangeError for another
    bit depth, or values that are not 0 to 1.
    """
    import cv2

    path = Path(path)
    require_mask_path(path)
    if bit_depth not in (8, 16):
        raise ValueRangeError("bit_depth", bit_depth, "8 or 16")
    if not (alpha.min() >= 0 and alpha.max() <= 1):
        raise ValueRangeError("alpha", f"{alpha.min():g} to {alpha.max():g}", "coverage from 0 to 1")
    kind = np.uint8 if bit_depth == 8 else np.uint16
    with atomic_file(path) as temporary:
        done, encoded = cv2.imencode(path.suffix.lower(), np.rint(alpha * np.iinfo(kind).max).astype(kind))
        if not done:
            raise FileError(path, "cannot be encoded")
        temporary.write_bytes(encoded.tobytes())


def require_mask_path(path: Path) -> None:
    """Refuse a suffix that `write_mask` does not know, before the work. Raises FileError."""
    if path.suffix.lower() not in _WRITTEN:
        found = path.suffix or "(none)"
        raise FileError(path, f"a matte cannot be written as {found}; expected one of {' '.join(_WRITTEN)}")


def _decoded(path: Path) -> np.ndarray:
    """The numbers of the file, (h, w) or (h, w, channels); colours in OpenCV's order."""
    import cv2
    from PIL import Image

    # The header first, so that a bomb never unfolds.
    with Image.open(path, formats=["PNG", "TIFF", "JPEG", "WEBP"]) as header:
        width, height = header.size
        channels = len(header.getbands())
    check_size(path, width, height, path.stat().st_size, channels)
    with hushed_stderr():
        stored = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.shape[:2] != (height, width):
        raise ValueError("the pixels cannot be decoded")
    return stored


def _plane(path: Path, stored: np.ndarray) -> np.ndarray:
    if stored.dtype.kind != "f" and stored.dtype not in (np.uint8, np.uint16):
        raise FileError(path, f"holds numbers of the kind {stored.dtype}; expected 8 or 16 bits")
    if stored.ndim == 2:
        return stored
    opaque = np.iinfo(stored.dtype).max if stored.dtype.kind != "f" else 1
    if stored.shape[2] in (2, 4) and (stored[..., -1] != opaque).any():
        return stored[..., -1]
    colours = stored[..., :-1] if stored.shape[2] in (2, 4) else stored
    if (colours != colours[..., :1]).any():
        raise FileError(path, "is a picture in colour; expected a grey mask, white on the subject, or transparency")
    return colours[..., 0]
