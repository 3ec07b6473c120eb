"""Depth files in: what their numbers stand for."""

import math
import os
from pathlib import Path
from typing import Literal

import numpy as np

from relens.depth.depth import Depth
from relens.depth.file_values import read_values
from relens.errors import FileError, ValueRangeError

DepthKind = Literal["metres", "inverse", "disparity"]


def read_depth(
    path: str | os.PathLike[str],
    kind: DepthKind | None = None,
    near_m: float | None = None,
    far_m: float | None = None,
) -> Depth:
    """Depth from a file, chosen by its suffix.

    Convention: NPZ (key `depth` or `metres`), NPY, EXR (channel Z, depth or Y, or the only one), PFM and TIFF hold
    floats; PNG, JPEG and TIFF hold whole numbers of 8 or 16 bits. The scale in a PFM header gives the byte order only.

    | kind | near_m, far_m | floats are | whole numbers are |
    |---|---|---|---|
    | None, "metres" | | z in metres; inf is infinity; NaN, 0, less: unknown | 16 bits: millimetres; 0: unknown |
    | "metres" | given | z, least (near_m) to greatest (far_m) | z, 0 (near_m) to full white (far_m) |
    | "inverse" | | 1/z in 1/m; 0 is infinity; NaN and less are unknown | refused |
    | "inverse" | given | refused: floats have a unit | 1/z, 0 (far_m) to full white (near_m) |
    | "disparity" | given | 1/z, least (far_m) to greatest (near_m); NaN and inf are unknown | the same |

    Raises FileError for a file that is missing, broken, of another kind or over 400 megapixels, or whose values need
    near_m and far_m; ValueRangeError for a pair that is not 0 < near_m < far_m, and when no value in the file is known.
    """
    path = Path(path)
    _require_range(kind, near_m, far_m)
    values = read_values(path)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if near_m is not None and far_m is not None:
            inverse = _spread(path, values, kind or "metres", near_m, far_m)
        else:
            inverse = _as_stored(path, values, kind or "metres")
    return Depth(inverse.astype(np.float32), f"file {path.name}")


def _require_range(kind: DepthKind | None, near_m: float | None, far_m: float | None) -> None:
    if near_m is None and far_m is None:
        return
    if near_m is None or far_m is None:
        missing, given = ("near_m", far_m) if near_m is None else ("far_m", near_m)
        raise ValueRangeError(missing, None, f"a distance in metres beside {given:g} m: give both or none")
    if not (math.isfinite(near_m) and 0 < near_m < far_m):
        raise ValueRangeError("near_m", near_m, f"more than 0 and less than far ({far_m:g} m)")
    if math.isinf(far_m) and kind in (None, "metres"):
        raise ValueRangeError("far_m", far_m, "a finite distance for kind metres; inverse and disparity reach infinity")


def _as_stored(path: Path, values: np.ndarray, kind: DepthKind) -> np.ndarray:
    """Inverse depth from values that have a unit of their own."""
    if kind == "disparity":
        raise FileError(path, "holds disparity, which has no scale; say what it spans: near and far in metres")
    if values.dtype.kind == "f":
        return np.where(values >= 0, values, np.nan) if kind == "inverse" else np.where(values > 0, 1 / values, np.nan)
    if kind == "inverse" or values.dtype == np.uint8:
        bits = 8 * values.dtype.itemsize
        raise FileError(path, f"holds {bits}-bit numbers without a unit; say what they span: near and far in metres")
    return np.where(values > 0, 1000 / values.astype(np.float64), np.nan)


def _spread(path: Path, values: np.ndarray, kind: DepthKind, near_m: float, far_m: float) -> np.ndarray:
    """Inverse depth from values that run linearly between two distances."""
    is_float = values.dtype.kind == "f"
    if kind == "inverse" and is_float:
        raise FileError(path, "holds floats, which kind inverse reads as 1/m; leave out near and far, or say disparity")
    if kind == "inverse" or (kind == "metres" and not is_float):
        share = values / np.float64(np.iinfo(values.dtype).max)
    else:
        known = values[np.isfinite(values)]
        if known.size == 0 or known.min() == known.max():
            raise FileError(path, "holds one value only; expected a map with relief")
        share = np.where(np.isfinite(values), (values - known.min()) / (np.float64(known.max()) - known.min()), np.nan)
    if kind == "metres":
        return 1 / (near_m + share * (far_m - near_m))
    return 1 / far_m + share * (1 / near_m - 1 / far_m)
