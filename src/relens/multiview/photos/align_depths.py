"""align_depths: photos' own depths brought into the unit of their cameras, by points that the photos share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from relens.depth.align import Alignment, align
from relens.errors import RelensError
from relens.multiview.photos.check_poses import CheckedPoses
from relens.multiview.photos.depths import RawDepth
from relens.multiview.photos.load import LoadedPhoto

# So many points a photo for a scale and a shift of its own; fewer are too easily all on one surface.
_OWN_LINE = 24
# A shift has to explain so much better than a scale alone, or it is taken from noise.
_BETTER = 0.85
# How far a photo's scale may be from that of all photos.
_MOST_APART = 4.0
# A data set whose unit is so near the prior's metre is in metres: a network's metre is no better than that.
_SAME_UNIT = 0.15


@dataclass(frozen=True)
class Sightings:
    """Where one photo sees triangulated points.

    Attributes:
        said: (n,) inverse depth by the photo's own source.
        triangulated: (n,) inverse depth by the cameras, in the data set's unit.
    """

    said: Float64[np.ndarray, " n"]
    triangulated: Float64[np.ndarray, " n"]


def sightings_of(
    photos: Sequence[LoadedPhoto], raw: Sequence[RawDepth | None], checked: CheckedPoses
) -> list[Sightings]:
    """The good points where photos with a depth see them, one entry a photo."""
    tracks = checked.tracks
    found = []
    for index, (photo, depth) in enumerate(zip(photos, raw, strict=True)):
        own = checked.good & (tracks.photo == index)
        if depth is None or not own.any():
            found.append(Sightings(np.empty(0), np.empty(0)))
            continue
        height, width = depth.inverse_depth.shape
        scale = np.array([width / photo.grey.shape[1], height / photo.grey.shape[0]])
        column, row = np.floor(tracks.pixel[own] * scale).astype(int).T
        said = depth.inverse_depth[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)].astype(np.float64)
        known = said > 0
        found.append(Sightings(said[known], 1 / checked.found.depth[own][known]))
    return found


def metres_per_unit(raw: Sequence[RawDepth | None], sightings: Sequence[Sightings]) -> tuple[float, str]:
    """How many metres the data set's unit has, and where that is from.

    The median ratio of metric depths to triangulated ones. A ratio within 15 % of 1 is 1.
    """
    ratios = [
        seen.triangulated / seen.said for depth, seen in zip(raw, sightings, strict=True) if depth and depth.metric
    ]
    all_ratios = np.concatenate(ratios) if ratios else np.empty(0)
    if all_ratios.size < _OWN_LINE:
        return 1.0, "unit: the data set's unit is taken for a metre; no metric depth says how long it is"
    unit = float(np.median(all_ratios))
    if abs(unit - 1) <= _SAME_UNIT:
        return 1.0, "unit: the data set's unit is a metre, as depth says"
    return unit, f"unit: the data set's unit is {unit:.4g} m by the photos' depth"


def align_depths(
    raw: Sequence[RawDepth | None], sightings: Sequence[Sightings], metres_per_unit: float
) -> tuple[list[RawDepth | None], tuple[str, ...]]:
    """The depths in the cameras' unit, 1/m: each photo by its own scale and shift, or by the scale of all.

    Robust least squares in inverse depth (`relens.depth.align`). The same for all where a photo sees few points; as
    they are where even together they do.
    """
    said = np.concatenate([seen.said for seen in sightings]) if sightings else np.empty(0)
    onto = np.concatenate([seen.triangulated for seen in sightings]) if sightings else np.empty(0)
    if not any(raw):
        return list(raw), ()
    common = _fitted(said, onto / metres_per_unit, shift=False)
    if common is None:
        return list(raw), ("priors: too few matches to align them; they are taken as they are",)
    aligned: list[RawDepth | None] = []
    few = 0
    for depth, seen in zip(raw, sightings, strict=True):
        if depth is None:
            aligned.append(None)
            continue
        own = _own(seen.said, seen.triangulated / metres_per_unit, common)
        few += own is common
        aligned.append(replace(depth, inverse_depth=(own or common).applied(depth.inverse_depth)))
    notes = (f"priors: {few} photos have few matches; the scale of all photos is taken",) if few else ()
    return aligned, notes


def _own(said: np.ndarray, onto: np.ndarray, common: Alignment) -> Alignment:
    """The photo's own line; only its scale where a shift explains no more; that of all where it is far off."""
    if said.size < _OWN_LINE:
        return common
    scaled = _fitted(said, onto, shift=False)
    line = _fitted(said, onto, shift=True)
    if scaled is None or not 1 / _MOST_APART < scaled.scale / common.scale < _MOST_APART:
        return common
    if line is None or line.residual > _BETTER * scaled.residual:
        return scaled
    return line if 1 / _MOST_APART < line.scale / common.scale < _MOST_APART else scaled


def _fitted(said: np.ndarray, onto: np.ndarray, shift: bool) -> Alignment | None:
    try:
        return align(said[None].astype(np.float32), onto[None].astype(np.float32), shift=shift)
    except RelensError:
        return None
