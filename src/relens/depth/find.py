"""The depth of a photo from whatever the user names: inside the file, a file, an array, or a Depth."""

import os

import numpy as np

from relens.depth.depth import Depth
from relens.depth.files import read_depth
from relens.depth.phone import phone_depth
from relens.errors import ValueRangeError
from relens.photo import Photo

DepthInput = str | os.PathLike[str] | Depth | np.ndarray

_ASPECT_TOLERANCE = 0.01
_MOST_UNKNOWN = 0.5


def find_depth(photo: Photo, depth: DepthInput = "auto") -> Depth:
    """The photo's depth in 1/m, at the source's own resolution and not yet filled.

    depth: "auto" takes the metric depth inside the photo; another string or path names a depth file; an (h, w) array
        holds metres (inf is infinity; NaN, zero and negative are unknown); a Depth is checked and returned.
    Raises RelensError when the photo holds no metric depth; FileError for a file that cannot be read; ValueRangeError
    for depth of another aspect than the photo's, without relief, or more than half unknown.
    """
    if isinstance(depth, Depth):
        found = depth
    elif isinstance(depth, str) and depth == "auto":
        found = phone_depth(photo)
    elif isinstance(depth, str | os.PathLike):
        found = read_depth(depth)
    elif hasattr(depth, "__array__"):
        found = _depth_from_array(np.asarray(depth))
    else:
        raise ValueRangeError("depth", type(depth).__name__, '"auto", a file, an (h, w) array of metres, or a Depth')
    _require_fit(found, photo)
    _require_content(found)
    return found


def _depth_from_array(metres: np.ndarray) -> Depth:
    if metres.ndim != 2 or metres.size == 0:
        raise ValueRangeError("depth", f"array of shape {metres.shape}", "an (h, w) array of metres")
    if metres.dtype.kind not in "fiu":
        raise ValueRangeError("depth", f"array of {metres.dtype}", "numbers: an (h, w) array of metres")
    with np.errstate(over="ignore"):
        return Depth.from_metres(metres.astype(np.float32), "array")


def _require_fit(depth: Depth, photo: Photo) -> None:
    height, width = depth.inverse_depth.shape
    expected_height = width * photo.height_px / photo.width_px
    # Small maps may miss the aspect by the rounding of their height.
    if abs(height - expected_height) <= max(_ASPECT_TOLERANCE * expected_height, 0.5):
        return
    turned = abs(width / height - photo.height_px / photo.width_px) <= _ASPECT_TOLERANCE
    expected = f"the aspect of the photo ({photo.width_px}x{photo.height_px}), at any resolution"
    hint = "; turn it by 90 degrees" if turned else ""
    raise ValueRangeError("depth", f"{depth.source} of {width}x{height} pixels", expected + hint)


def _require_content(depth: Depth) -> None:
    unknown = float(np.isnan(depth.inverse_depth).mean())
    if unknown > _MOST_UNKNOWN:
        value = f"{depth.source} with {unknown:.0%} of its pixels unknown (NaN, zero or negative)"
        raise ValueRangeError("depth", value, f"at most {_MOST_UNKNOWN:.0%} unknown")
    nearest, farthest = np.nanmax(depth.inverse_depth), np.nanmin(depth.inverse_depth)
    if nearest - farthest <= 1e-6 * nearest:
        metres = f"{1 / nearest:g} m" if nearest > 0 else "infinity"
        raise ValueRangeError("depth", f"{depth.source} that is {metres} everywhere", "some relief to focus through")
