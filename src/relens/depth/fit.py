"""Depth at the photo's resolution: complete, and without flying pixels at silhouettes."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.depth.depth import Depth
from relens.depth.edge_width import measure_edge_width_px
from relens.depth.fill import membrane
from relens.depth.sides import fit_sides
from relens.depth.snap import snap_to_photo
from relens.photo import Photo

# Silhouettes up to this wide, in the photo's pixels, are steps: from one pixel to the next measures below 1.
_SHARP_PX = 1.25
# A hole filled smoothly is as wide as a ramp of this share of it; wider holes than the most hold no one edge.
_HOLE_SHARE = 0.6
_MOST_HOLE_PX = 24.0
# Where log-depth is less sure than all around, within this reach, by more than this, no edge has its place.
_UNSURE, _UNSURE_REACH_PX = 0.05, 12


def fit_depth(
    depth: Depth, photo: Photo, matte: Float32[np.ndarray, "_ _"] | None = None
) -> Float32[np.ndarray, "h w"]:
    """Inverse depth (1/m) on the photo's pixel grid, with every pixel known.

    A map as fine as the photo, with steps at silhouettes, is kept as it is; a finer one is sampled, never averaged.
    Soft and coarse ones are brought up edge-aware: every edge is snapped to the photo's, and where there is a person's
    matte, either side of it on its own. How soft a map is, it says itself (`edge_width_px`) or is measured. Holes are
    filled smoothly from around; where that leaves a ramp between two sides, the photo's colours say where one ends.
    Pixels less sure than what is around them, as at a silhouette that a network puts now here, now there, are holes,
    too; a side that is unsure as a whole is kept.

    depth: of the photo's aspect, as `find_depth` makes sure. matte: the person's alpha, 0 to 1, at any resolution.
    """
    inverse = _sure(depth)
    size = (photo.height_px, photo.width_px)
    width_px = depth.edge_width_px if depth.edge_width_px is not None else measure_edge_width_px(inverse)
    sharp = False
    if inverse.shape[0] >= size[0] and inverse.shape[1] >= size[1]:
        width_px *= size[1] / inverse.shape[1]
        sharp = width_px <= _SHARP_PX
        inverse = _sampled(inverse, size) if sharp else _averaged(inverse, size)
    if matte is not None and not sharp:
        fitted = fit_sides(inverse, matte, photo.linear, width_px)
        if fitted is not None:
            return fitted
    known = ~np.isnan(inverse)
    filled = inverse if known.all() else membrane(inverse, known)
    fitted = filled if sharp else snap_to_photo(filled, photo.linear, width_px)
    if known.all():
        return fitted
    ramp_px = width_px + _HOLE_SHARE * _hole_width_px(known)
    return np.where(_sampled(known, size), fitted, snap_to_photo(filled, photo.linear, ramp_px))


def _sure(depth: Depth) -> Float32[np.ndarray, "h w"]:
    """The map, NaN where its uncertainty is a ridge: what an opening takes away stands out from its surroundings."""
    import cv2

    if depth.uncertainty is None:
        return depth.inverse_depth
    known = ~np.isnan(depth.inverse_depth)
    level = np.where(known & ~np.isnan(depth.uncertainty), depth.uncertainty, np.inf).astype(np.float32)
    size = 2 * min(_UNSURE_REACH_PX, (min(level.shape) - 1) // 4) + 1
    around = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REPLICATE)
    unsure = np.isfinite(level) & (level > around + _UNSURE)
    return np.where(unsure, np.float32(np.nan), depth.inverse_depth)


def _hole_width_px(known: Bool[np.ndarray, "h w"]) -> float:
    """How wide holes are across, nearly the widest; at most what can be snapped over."""
    import cv2

    depth_px = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5)
    return min(2 * float(np.quantile(depth_px[~known], 0.9)), _MOST_HOLE_PX)


def _sampled(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The nearest sample to every pixel centre."""
    if plane.shape == size:
        return plane
    pairs = zip(size, plane.shape, strict=True)
    rows, columns = (((np.arange(wanted) + 0.5) * have / wanted).astype(int) for wanted, have in pairs)
    return np.ascontiguousarray(plane[np.ix_(rows, columns)])


def _averaged(inverse: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Means over every pixel; unknown where any of it is. Only for maps softer than a pixel."""
    import cv2

    if inverse.shape == size:
        return inverse
    return cv2.resize(inverse, size[::-1], interpolation=cv2.INTER_AREA)
