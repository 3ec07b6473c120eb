"""check_poses: whether what the photos show agrees with where they are said to be taken from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.errors import RelensError
from relens.multiview.photos.load import LoadedPhoto
from relens.multiview.photos.matches import Tracks
from relens.multiview.photos.stand import no_parallax
from relens.multiview.photos.triangulate import Triangulated, triangulate

# Poses are wrong from this median error on: a part of the photo's longer side, at least so many pixels of `grey`.
_WRONG_SHARE, _WRONG_PX = 0.004, 1.5
# Fewer sightings say nothing of a photo, fewer in all nothing of the poses.
_LEAST_SIGHTINGS, _LEAST_IN_ALL = 24, 80
# Points seen from under this angle lie anywhere along their rays.
_LEAST_ANGLE_RAD = np.radians(1.5)
_STILL_RAD = np.radians(0.05)
_GOOD_PX = 2.0
_NAMED = 5


@dataclass(frozen=True)
class CheckedPoses:
    """What matches say of poses.

    Attributes:
        tracks: the matches.
        found: their points, without what contradicts the others.
        good: (n,) sightings of points that are seen from wide enough, near where the poses put them.
        reprojection_px: the median error over all sightings, in pixels of the full photos; None where too few matched.
        notes: a line each.
    """

    tracks: Tracks
    found: Triangulated
    good: np.ndarray
    reprojection_px: float | None
    notes: tuple[str, ...]

    @property
    def points(self) -> Float64[np.ndarray, "p 3"]:
        """The good points, in the cameras' world."""
        return self.found.points[np.unique(self.tracks.track[self.good])]


def check_poses(photos: Sequence[LoadedPhoto], tracks: Tracks, allow_wrong: bool) -> CheckedPoses:
    """Triangulate what the photos show in common, and see how far off the poses put it.

    A photo whose sightings contradict those of all others is taken out, the worst first, until the rest agrees.

    Raises RelensError, naming the median error, the worst photos and what to do, where the poses are wrong and that is
    not allowed; where all rays are parallel, since there is no depth without parallax.
    """
    cameras = [photo.matched_camera for photo in photos]
    shrink = np.array([photo.shrink for photo in photos])
    limit_px = np.array([max(_WRONG_PX, _WRONG_SHARE * max(photo.grey.shape)) for photo in photos])
    used = np.ones(len(tracks.photo), bool)
    found = triangulate(tracks, cameras, used)
    if len(tracks.photo) < _LEAST_IN_ALL:
        note = f"photos: only {tracks.count} points matched, too few to check the poses; smooth surfaces show none"
        return CheckedPoses(tracks, found, _good(tracks, found), None, (note,))
    if float(np.quantile(found.angle_rad, 0.95)) < _STILL_RAD:
        raise no_parallax()
    median_px = float(np.nanmedian(found.error_px * shrink[tracks.photo]))
    wrong: list[tuple[int, float]] = []
    while True:
        error_px = _by_photo(tracks, found.error_px, len(photos))
        worst = int(np.nanargmax(np.where(np.isnan(error_px), -1, error_px / limit_px)))
        if not error_px[worst] > limit_px[worst]:
            break
        wrong.append((worst, float(error_px[worst] * shrink[worst])))
        used &= tracks.photo != worst
        found = triangulate(tracks, cameras, used)
    notes = []
    if wrong:
        problem = _problem(photos, wrong, median_px)
        if not allow_wrong:
            raise RelensError(problem)
        notes.append(problem)
    lonely = np.bincount(tracks.photo, minlength=len(photos)) < _LEAST_SIGHTINGS
    if lonely.any():
        names = _names([photos[index].name for index in np.flatnonzero(lonely).tolist()])
        notes.append(f"photos: too few matches to check the poses of {names}")
    return CheckedPoses(tracks, found, _good(tracks, found), median_px, tuple(notes))


def _by_photo(tracks: Tracks, error_px: np.ndarray, count: int) -> Float64[np.ndarray, " m"]:
    """The median error of every photo's sightings; NaN where there are too few."""
    medians = np.full(count, np.nan)
    for photo in range(count):
        own = error_px[(tracks.photo == photo) & ~np.isnan(error_px)]
        if len(own) >= _LEAST_SIGHTINGS:
            medians[photo] = float(np.median(own))
    return medians


def _good(tracks: Tracks, found: Triangulated) -> np.ndarray:
    worst = np.zeros(tracks.count)
    used = ~np.isnan(found.error_px)
    np.maximum.at(worst, tracks.track[used], found.error_px[used])
    return used & np.isfinite(found.depth) & ((worst < _GOOD_PX) & (found.angle_rad > _LEAST_ANGLE_RAD))[tracks.track]


def _problem(photos: Sequence[LoadedPhoto], wrong: list[tuple[int, float]], median_px: float) -> str:
    names = _names([f"{photos[index].name} ({_said(error_px)})" for index, error_px in wrong])
    found = f"the poses contradict the photos: median reprojection error {_said(median_px)}, "
    if len(wrong) <= max(1, len(photos) // 5):
        return f"{found}worst in {names}; leave these out, run COLMAP anew, or allow wrong poses"
    return (
        f"{found}{len(wrong)} of {len(photos)} photos, worst in {names}; run COLMAP anew, check that the axes are the "
        "format's (transforms.json: OpenGL, camera to world; COLMAP: OpenCV, world to camera), or allow wrong poses"
    )


def _said(error_px: float) -> str:
    return f"{error_px:.1f} px" if np.isfinite(error_px) else "infinite, points behind the camera"


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
