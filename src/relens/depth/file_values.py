"""The numbers in a depth file as they are stored: NPZ, NPY, PNG, JPEG, EXR, PFM, TIFF."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import BufferedIOBase
from pathlib import Path
from typing import IO

import numpy as np

from relens.errors import FileError
from relens.hush import hushed_stderr
from relens.photo.exr_size import exr_header
from relens.photo.stored import check_size

_NPZ_KEYS = ("depth", "metres")
# TIFF's number for it. It packs thousands of bytes into one, and is unpacked whole whatever the size that is said.
_LZMA = 34925
_EXR_CHANNELS = ("z", "depth", "depth.z", "depth.v", "y")


def read_values(path: Path) -> np.ndarray:
    """The (h, w) numbers of a depth file: floats, or whole numbers of 8 or 16 bits.

    Raises FileError for a file that is missing, broken, of another kind or over 400 megapixels.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise FileError(path, f"unknown kind of depth file {path.suffix or '(no suffix)'!r}; expected one of {known}")
    if not path.is_file():
        raise FileError(path, "is a folder; expected a depth file" if path.is_dir() else "no such depth file")
    try:
        if path.stat().st_size == 0:
            raise FileError(path, "is empty; expected a depth file")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return reader(path)
    except FileError:
        raise
    except MemoryError as error:
        raise FileError(path, "does not fit into memory; save it at a lower resolution") from error
    except Exception as error:  # every decoder raises kinds of its own
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        problem = f"cannot be read as {path.suffix[1:].upper()} depth, broken or truncated ({reason}); save it again"
        raise FileError(path, problem) from error


def _require_shape(path: Path, shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or min(shape) < 1:
        raise FileError(path, f"holds an array of shape {shape}; expected one depth value a pixel, (h, w)")
    check_size(path, shape[1], shape[0], path.stat().st_size)


def _read_npy(path: Path) -> np.ndarray:
    with path.open("rb") as stream:
        return _read_npy_stream(path, stream)


def _read_npz(path: Path) -> np.ndarray:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        names = [Path(name).stem for name in archive.namelist() if name.endswith(".npy")]
        key = next((key for key in _NPZ_KEYS if key in names), None)
        if key is None:
            raise FileError(path, f"holds the keys {names}; expected the key 'depth' (metres)")
        with archive.open(f"{key}.npy") as stream:
            return _read_npy_stream(path, stream)


def _read_npy_stream(path: Path, stream: IO[bytes] | BufferedIOBase) -> np.ndarray:
    """An array checked by its header first, so that a bomb never unfolds; no pickle."""
    head = stream.read(8)
    if head[:6] != b"\x93NUMPY":
        raise FileError(path, "does not start as a NumPy array")
    read_header = np.lib.format.read_array_header_1_0 if head[6] == 1 else np.lib.format.read_array_header_2_0
    shape, column_major, dtype = read_header(stream)
    if dtype.kind != "f":
        found = "Python objects" if dtype.hasobject else f"{dtype} values"
        raise FileError(path, f"holds {found}; expected metres as floats")
    _require_shape(path, shape)
    size = shape[0] * shape[1] * dtype.itemsize
    data = stream.read(size)
    if len(data) < size:
        raise FileError(path, f"is truncated: {len(data)} of {size} bytes of depth; save it again")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if column_major else "C")


def _read_picture(path: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(path, formats=["PNG", "JPEG"]) as image:
        if image.mode not in ("L", "I;16", "I;16B", "I"):
            raise FileError(path, f"is a {image.format} of mode {image.mode}; expected grey, of 8 or 16 bits")
        _require_shape(path, (image.height, image.width))
        return np.asarray(image) if image.mode == "L" else np.asarray(image).astype(np.uint16)


def _read_exr(path: Path) -> np.ndarray:
    import OpenEXR

    with _hushed():
        exr_header(path)
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = {name.lower(): channel.pixels for name, channel in file.channels().items()}
    name = next((name for name in _EXR_CHANNELS if name in channels), None)
    if name is None and len(channels) > 1:
        raise FileError(path, f"holds the channels {sorted(channels)}; expected Z, depth or Y, or only one (metres)")
    return channels[name or next(iter(channels))]


@contextmanager
def _hushed() -> Iterator[None]:
    """OpenEXR prints what is wrong with a file, from Python and past it; the error says it once, in one line."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), hushed_stderr():
        yield


def _read_pfm(path: Path) -> np.ndarray:
    with path.open("rb") as stream:
        kind = stream.readline(16).strip()
        if kind != b"Pf":
            found = "three channels (PF)" if kind == b"PF" else f"a header {kind!r}"
            raise FileError(path, f"has {found}; expected a grey PFM (Pf) in metres")
        width, height = (int(word) for word in stream.readline(64).split())
        order = "<" if float(stream.readline(64)) < 0 else ">"
        _require_shape(path, (height, width))
        data = stream.read(4 * width * height)
    if len(data) < 4 * width * height:
        raise FileError(path, f"is truncated: {len(data)} of {4 * width * height} bytes of depth; save it again")
    # PFM stores its rows from the bottom up.
    return np.frombuffer(data, f"{order}f4").reshape(height, width)[::-1]


def _read_tiff(path: Path) -> np.ndarray:
    import logging

    import tifffile

    # tifffile tells the log what its error says too.
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        shape, dtype = page.shape, np.dtype(page.dtype)
        _require_shape(path, shape)
        if page.compression == _LZMA:
            raise FileError(path, "is compressed by LZMA; save it with LZW or deflate (ZIP) instead")
        if dtype.kind != "f" and dtype not in (np.uint8, np.uint16):
            raise FileError(path, f"is a TIFF of {dtype}; expected floats, or whole numbers of 8 or 16 bits")
        ends = (start + size for start, size in zip(page.dataoffsets, page.databytecounts, strict=True))
        if max(ends, default=0) > path.stat().st_size:
            # As much memory as it says would be asked for.
            raise ValueError("the file ends early")
        return page.asarray()


_READERS: dict[str, Callable[[Path], np.ndarray]] = {
    ".npz": _read_npz,
    ".npy": _read_npy,
    ".png": _read_picture,
    ".jpg": _read_picture,
    ".jpeg": _read_picture,
    ".exr": _read_exr,
    ".pfm": _read_pfm,
    ".tif": _read_tiff,
    ".tiff": _read_tiff,
}
