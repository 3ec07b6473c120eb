"""The depth of a photo from whatever the user names: a back-end, a file, an array, or a Depth."""

import warnings
from dataclasses import replace

import numpy as np

from relens.depth.backend import Backend
from relens.depth.choose import BACKENDS, backend, choose_backend
from relens.depth.depth import Depth
from relens.depth.files import read_depth
from relens.depth.focal import choose_focal
from relens.depth.request import DepthInput, DepthRequest
from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.photo import Photo
from relens.photo.window import same_aspect
from relens.progress import Progress, silent

_ASPECT_TOLERANCE = 0.01
_MOST_UNKNOWN = 0.5


def find_depth(photo: Photo, depth: DepthInput | DepthRequest = "auto", progress: Progress = silent) -> Depth:
    """The photo's depth in 1/m, at the source's own resolution and not yet filled.

    depth: what `DepthRequest.source` takes, or a whole request. progress: told how far the work is; may raise to stop.
    Raises RelensError when there is no depth to be had, and what to do; FileError for a file that cannot be read;
    ValueRangeError for depth of another aspect than the photo's, without relief, or more than half unknown.
    """
    request = depth if isinstance(depth, DepthRequest) else DepthRequest(depth)
    found = _found(photo, request, progress)
    _require_fit(found, photo)
    _require_content(found)
    if found is not request.source:
        focal = choose_focal(photo)[1] if found.intrinsics is None else ()
        # Each line once: back-ends may have said some of it already.
        found = replace(found, notes=tuple(dict.fromkeys((*found.notes, *focal, *photo.notes))))
    if request.metric_scale == "iris":
        return _by_iris(found, photo)
    if request.metric_scale == "phone":
        return _by_phone(found, photo)
    return found


def _found(photo: Photo, request: DepthRequest, progress: Progress) -> Depth:
    source = request.source
    if isinstance(source, str) and source == "auto":
        chosen, why = choose_backend(photo, request.weights, request.background_m, request.precision)
        note = f"depth from {chosen.name}: {why}"
        if chosen.name != "phone":
            # A library's caller sees no notes unless they ask; what was chosen in their place they must hear of.
            warnings.warn(note, RuntimeWarning, stacklevel=3)
        try:
            found = _estimated(chosen, photo, request.uncertainty, progress)
        except MissingPackageError:
            raise
        except RelensError as error:
            raise RelensError(f"{error}; {chosen.name} was asked because {why}") from error
        return replace(found, notes=(note, *found.notes))
    if isinstance(source, str) and source in BACKENDS:
        return _estimated(
            backend(source, request.weights, request.background_m, request.precision),
            photo,
            request.uncertainty,
            progress,
        )
    if isinstance(source, Backend):
        return _estimated(source, photo, request.uncertainty, progress)
    if isinstance(source, Depth):
        return source
    if request.file is not None:
        return read_depth(request.file, kind=request.kind, near_m=request.near_m, far_m=request.far_m)
    if hasattr(source, "__array__"):
        return _depth_from_array(np.asarray(source))
    expected = f'"auto", {", ".join(BACKENDS)}, a file, an (h, w) array of metres, a Depth, or a Backend'
    raise ValueRangeError("depth", type(source).__name__, expected)


def _estimated(chosen: Backend, photo: Photo, uncertainty: bool, progress: Progress) -> Depth:
    """The back-end's depth; where an uncertainty is wanted and it has none of its own, with the spread of several."""
    if not (uncertainty and chosen.repeatable):
        return chosen.estimate(photo, progress)
    from relens.depth.ensemble import with_uncertainty

    return with_uncertainty(chosen.estimate, photo, progress)


def _by_iris(found: Depth, photo: Photo) -> Depth:
    from relens.depth.metric_scale import check_scale, corrected

    check = check_scale(found, photo)
    if check is None:
        raise RelensError("metric_scale=iris: no face with a measurable eye in the photo; use the source's own scale")
    return corrected(found, check)


def _by_phone(found: Depth, photo: Photo) -> Depth:
    from relens.depth.fuse import fuse

    return fuse(backend("phone").estimate(photo), found, photo)


def _depth_from_array(metres: np.ndarray) -> Depth:
    if metres.ndim != 2 or metres.size == 0:
        raise ValueRangeError("depth", f"array of shape {metres.shape}", "an (h, w) array of metres")
    if metres.dtype.kind not in "fiu":
        raise ValueRangeError("depth", f"array of {metres.dtype}", "numbers: an (h, w) array of metres")
    with np.errstate(over="ignore"):
        return Depth.from_metres(metres.astype(np.float32), "array")


def _require_fit(depth: Depth, photo: Photo) -> None:
    height, width = depth.inverse_depth.shape
    if same_aspect(width, height, photo.width_px, photo.height_px):
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
    if depth.inverse_depth.size > 1 and nearest - farthest <= 1e-6 * nearest:
        metres = f"{1 / nearest:g} m" if nearest > 0 else "infinity"
        raise ValueRangeError("depth", f"{depth.source} that is {metres} everywhere", "some relief to focus through")
