"""Depth of single photos: from the data set's files or from a back-end, each as its source has it."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.camera import Intrinsics
from relens.depth import Depth, DepthRequest, find_depth, read_depth
from relens.depth.backend import Backend
from relens.depth.choose import backend, choose_backend
from relens.errors import FileError, MissingPackageError, RelensError
from relens.multiview.photos.dataset import ListedPhoto
from relens.multiview.photos.load import LoadedPhoto, straight_photo
from relens.multiview.photos.straighten import Straightener
from relens.photo import Photo
from relens.photo.window import same_aspect
from relens.progress import Progress, silent

# Neighbouring samples that differ by more, in parts of inverse depth, are on two surfaces: nothing is interpolated.
_STEP = 0.05


@dataclass(frozen=True)
class RawDepth:
    """What a source says of one photo's depth, before it is aligned.

    Attributes:
        inverse_depth: (h, w) on the reduced photo's grid; NaN unknown, 0 infinity.
        source: for people.
        metric: whether its unit is the metre.
    """

    inverse_depth: Float32[np.ndarray, "h w"]
    source: str
    metric: bool


def depth_files(photos: Sequence[LoadedPhoto]) -> list[RawDepth | None]:
    """The depth files that the data set names, as metres; None for photos without.

    Raises FileError for a file that cannot be read or is of another aspect than its photo.
    """
    found: list[RawDepth | None] = []
    for photo in photos:
        file = photo.listed.depth_file
        if file is None:
            found.append(None)
            continue
        depth = read_depth(file)
        k = photo.listed.posed.camera.intrinsics
        height, width = depth.inverse_depth.shape
        if not same_aspect(width, height, k.width_px, k.height_px):
            raise FileError(
                file, f"the depth is {width}x{height}; expected its photo's aspect, {k.width_px}x{k.height_px}"
            )
        inverse = depth.inverse_depth
        if photo.listed.posed.distortion:
            inverse = Straightener(photo.listed).nearest(inverse)
        found.append(RawDepth(on_grid(inverse, photo.camera.intrinsics), depth.source, True))
    return found


def estimated_depths(
    photos: Sequence[LoadedPhoto], request: DepthRequest, progress: Progress = silent
) -> tuple[list[RawDepth | None], tuple[str, ...]]:
    """What a back-end says of every photo, and notes; None for photos that it fails on.

    Raises MissingPackageError where the back-end lacks one; RelensError, the first, where it fails on all photos.
    """
    found: list[RawDepth | None] = []
    notes: list[str] = []
    failures: list[RelensError] = []
    chosen: Backend | None = None
    for index, photo in enumerate(photos):

        def own(stage: str, fraction: float, index: int = index) -> None:
            progress("depth of the photos", (index + fraction) / len(photos))

        own("", 0.0)
        try:
            straight, _ = straight_photo(photo.listed)
            chosen = _chosen(straight, request) if chosen is None else chosen
            depth = _depth(straight, chosen, request, own)
        except MissingPackageError:
            raise
        except RelensError as error:
            failures.append(error)
            notes.append(f"no depth of {photo.name}: {error}")
            found.append(None)
            continue
        notes.extend(depth.notes)
        metric = not depth.source.startswith("portrait")
        found.append(RawDepth(on_grid(depth.inverse_depth, photo.camera.intrinsics), depth.source, metric))
    if len(failures) == len(photos):
        raise failures[0]
    return found, tuple(dict.fromkeys(notes))


def _chosen(photo: Photo, request: DepthRequest) -> Backend:
    """One back-end for all photos, so that a network is loaded once."""
    if request.source == "auto":
        return choose_backend(photo, request.weights, request.background_m, request.precision)[0]
    return backend(str(request.source), request.weights, request.background_m, request.precision)


def _depth(photo: Photo, chosen: Backend, request: DepthRequest, progress: Progress) -> Depth:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if request.metric_scale != "own":
            return find_depth(photo, request, progress)
        return find_depth(photo, DepthRequest(chosen.estimate(photo, progress)))


def depth_notes(listed: Sequence[ListedPhoto], found: Sequence[RawDepth | None]) -> tuple[str, ...]:
    """Which photos have no prior, in a line."""
    without = [photo.name for photo, raw in zip(listed, found, strict=True) if raw is None]
    if not without or len(without) == len(listed):
        return ()
    return (f"priors: {len(without)} of {len(listed)} photos have none, {without[0]} first",)


def on_grid(inverse: Float32[np.ndarray, "_ _"], k: Intrinsics) -> Float32[np.ndarray, "h w"]:
    """A map at any resolution on a photo's grid: interpolated on surfaces, the nearest sample at steps between them."""
    height, width = inverse.shape
    rows = (np.arange(k.height_px) + 0.5) * height / k.height_px - 0.5
    columns = (np.arange(k.width_px) + 0.5) * width / k.width_px - 0.5
    nearest = inverse[np.ix_(_index(np.round(rows), height), _index(np.round(columns), width))]
    top, left = np.floor(rows), np.floor(columns)
    share = (rows - top)[:, None], (columns - left)[None]
    corners = [
        inverse[np.ix_(_index(top + down, height), _index(left + right, width))] for down in (0, 1) for right in (0, 1)
    ]
    upper = corners[0] * (1 - share[1]) + corners[1] * share[1]
    lower = corners[2] * (1 - share[1]) + corners[3] * share[1]
    smooth = upper * (1 - share[0]) + lower * share[0]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    # NaN compares as false: beside what is unknown, the nearest sample counts.
    return np.where(high - low <= _STEP * low, smooth, nearest).astype(np.float32)


def _index(positions: np.ndarray, size: int) -> np.ndarray:
    return np.clip(positions, 0, size - 1).astype(int)
