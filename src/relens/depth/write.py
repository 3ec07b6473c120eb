"""Depth files out: EXR, NPZ, NPY, PFM, TIFF, 16-bit PNG."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.atomic import atomic_file
from relens.errors import FileError, ValueRangeError
from relens.photo.exr_file import write_exr_file

_MOST_MILLIMETRES = 65535


def write_depth(path: str | os.PathLike[str], inverse_depth: Float32[np.ndarray, "h w"]) -> None:
    """Write inverse depth (1/m) as z-distances, in the unit `read_depth` expects of the suffix; whole or not at all.

    Convention: metres in float32 (EXR channel Z; NPZ key `depth`; NPY; PFM; TIFF), where inf is infinity and NaN is
    unknown; whole millimetres in 16-bit PNG, where 0 is unknown.
    Raises FileError for an unknown suffix, a folder that is missing, read-only or full, and a PNG asked to hold more
    than 65.535 m.
    """
    with np.errstate(divide="ignore"):
        metres = (1 / inverse_depth).astype(np.float32)
    _write(Path(path), metres, "Z", "depth")


def write_uncertainty(path: str | os.PathLike[str], uncertainty: Float32[np.ndarray, "h w"]) -> None:
    """Write standard deviations of log-depth in float32 (EXR channel Y; NPZ key `uncertainty`), whole or not at all.

    Raises FileError for an unknown suffix or PNG, and a folder that is missing, read-only or full.
    """
    _write(Path(path), uncertainty, "Y", "uncertainty")


def require_depth_path(path: Path, quantity: str = "depth") -> None:
    """Refuse a suffix that `write_depth` (or, for "uncertainty", `write_uncertainty`) does not know, before the work.

    Raises FileError, also for a folder that does not exist.
    """
    known = [suffix for suffix in _WRITERS if quantity == "depth" or suffix != ".png"]
    suffix = path.suffix.lower()
    if suffix not in known:
        found = suffix or "(none)"
        raise FileError(path, f"{quantity} cannot be written as {found}; expected one of {' '.join(known)}")
    if not path.parent.is_dir():
        raise FileError(path, f"the folder {path.parent} does not exist; create it first")


def _write(path: Path, plane: Float32[np.ndarray, "h w"], channel: str, key: str) -> None:
    require_depth_path(path, key)
    with atomic_file(path) as temporary:
        try:
            _WRITERS[path.suffix.lower()](temporary, np.ascontiguousarray(plane), channel, key)
        except ValueRangeError as error:
            raise FileError(path, str(error)) from error


def _write_exr(path: Path, plane: np.ndarray, channel: str, key: str) -> None:
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    write_exr_file(path, header, {channel: plane})


def _write_npz(path: Path, plane: np.ndarray, channel: str, key: str) -> None:
    arrays: dict[str, Any] = {key: plane}
    np.savez_compressed(path, **arrays)


def _write_npy(path: Path, plane: np.ndarray, channel: str, key: str) -> None:
    data = io.BytesIO()
    np.save(data, plane)
    # Into memory first: NumPy does not say why it cannot write into a file.
    path.write_bytes(data.getbuffer())


def _write_pfm(path: Path, plane: np.ndarray, channel: str, key: str) -> None:
    # PFM stores its rows from the bottom up; a negative scale says little-endian.
    header = f"Pf\n{plane.shape[1]} {plane.shape[0]}\n-1.0\n"
    path.write_bytes(header.encode("ascii") + plane[::-1].astype("<f4").tobytes())


def _write_tiff(path: Path, plane: np.ndarray, channel: str, key: str) -> None:
    import tifffile

    tifffile.imwrite(path, plane, compression="zlib")


def _write_png(path: Path, plane: np.ndarray, channel: str, key: str) -> None:
    from PIL import Image

    millimetres = np.rint(np.nan_to_num(plane, nan=0.0, posinf=np.inf) * 1000)
    if millimetres.max() > _MOST_MILLIMETRES:
        raise ValueRangeError("depth", f"{plane[~np.isnan(plane)].max():g} m", "at most 65.535 m in a PNG; write .exr")
    Image.fromarray(millimetres.astype(np.uint16)).save(path, format="PNG")


_WRITERS: dict[str, Callable[[Path, np.ndarray, str, str], None]] = {
    ".exr": _write_exr,
    ".npz": _write_npz,
    ".npy": _write_npy,
    ".pfm": _write_pfm,
    ".tif": _write_tiff,
    ".tiff": _write_tiff,
    ".png": _write_png,
}
