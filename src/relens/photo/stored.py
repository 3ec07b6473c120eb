"""Stored: what a decoder hands over, before colour, orientation and intrinsics are worked out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from relens.errors import FileError, RelensError
from relens.photo.colour_space import SRGB, ColourSpace
from relens.photo.photo import EmbeddedDepth
from relens.photo.window import WHOLE, Window

# 20000 x 20000. As linear float32 that is 4.8 GB; a larger header is damage or a decompression bomb.
MAX_PIXELS = 400_000_000
# What any file may unfold to: 33 megapixels in colour, which take less than 2 GB on the way to a Photo.
SMALL_SAMPLES = 100_000_000
# More for longer files. Photographs have under 20 samples a byte; deflate alone could have a thousand.
SAMPLES_A_BYTE = 150


@dataclass(frozen=True)
class Stored:
    """A decoded file.

    Attributes:
        format: "JPEG", "PNG", ...
        samples: (h, w) grey or (h, w, 3) colour, straight; uint8 or uint16 over their full range, or float.
        space: what the samples mean.
        depth_bits: for people, e.g. "8-bit".
        alpha: (h, w) 0..1, or None.
        exif: the metadata, empty where there is none.
        orientation: EXIF code from the stored picture to the upright one.
        upright: the decoder has turned the rasters already (libheif); only the intrinsics are still as stored.
        window: the part of the stored frame that the samples show, where the decoder has cut them out of it.
        embedded_depth, mattes: the phone's, in the same orientation as the samples.
        notes: what of it could not be read, a line each.
    """

    format: str
    samples: np.ndarray
    space: ColourSpace = SRGB
    depth_bits: str = "8-bit"
    alpha: np.ndarray | None = None
    exif: Image.Exif = field(default_factory=Image.Exif)
    orientation: int = 1
    upright: bool = False
    window: Window = WHOLE
    embedded_depth: EmbeddedDepth | None = None
    mattes: dict[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@contextmanager
def decoding(path: object, format_name: str) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into one FileError.

    Decoders raise errors of every kind (OSError, SyntaxError, RuntimeError, struct.error, ...), so all are caught here;
    only calls into decoders belong in the block.
    """
    try:
        yield
    except RelensError:
        raise
    except MemoryError as error:
        raise FileError(path, f"the {format_name} does not fit into memory") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise FileError(
            path, f"damaged or truncated {format_name} ({reason[:120]}); copy or export it again"
        ) from error


@contextmanager
def passing_over(path: object, notes: list[str], what: str) -> Iterator[None]:
    """Turn a FileError about something that comes with the picture into a note: the picture is worth reading without.

    what: the piece, for people, e.g. "depth map".
    """
    try:
        yield
    except FileError as error:
        problem = str(error).removeprefix(" ".join(f"{path}: ".split()))
        notes.append(f"the {what} inside is left out: {problem.strip()}")


def check_size(path: object, width_px: int, height_px: int, file_bytes: int, channels: int = 3) -> None:
    """Refuse empty pictures and decompression bombs by the header, before any pixel is decoded.

    The rule for every picture, depth map and mask: at most 400 megapixels; and at most 100 million samples (pixels
    times channels), or 150 for each byte of the file where that is more. So a file under 1 MB never takes more than
    2 GB, and a photograph of 400 megapixels is read where its file is as long as photographs are.

    file_bytes: of the file, or of the part of it that the picture is in.
    """
    if width_px < 1 or height_px < 1:
        raise FileError(path, f"has no pixels ({width_px}x{height_px})")
    if width_px * height_px > MAX_PIXELS:
        size = f"{width_px}x{height_px} pixels"
        raise FileError(path, f"says {size}; expected at most {MAX_PIXELS // 10**6} megapixels (decompression bomb?)")
    samples, most = width_px * height_px * channels, max(SMALL_SAMPLES, SAMPLES_A_BYTE * file_bytes)
    if samples > most:
        claim = f"says {width_px}x{height_px} pixels of {channels} channels in {file_bytes} bytes"
        raise FileError(path, f"{claim}; expected at most {most / 1e6:.4g} million samples (decompression bomb?)")


def refuse_animation(path: object, frames: int) -> None:
    """Raise FileError when a file holds more than one picture."""
    if frames > 1:
        raise FileError(path, f"is animated ({frames} frames); expected one still picture; export the frame you want")


def opaque_to_none(alpha: np.ndarray) -> np.ndarray | None:
    """Alpha (h, w), uint8, uint16 or float, as float32 0..1; None where it is 1 everywhere."""
    top = 1.0 if alpha.dtype.kind == "f" else float(np.iinfo(alpha.dtype).max)
    if (alpha >= top).all():
        return None
    return np.clip(alpha.astype(np.float32) / np.float32(top), 0, 1)
