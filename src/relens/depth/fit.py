"""Depth at the photo's resolution: complete, and without flying pixels at silhouettes."""

import numpy as np
from jaxtyping import Float32

from relens.depth.depth import Depth
from relens.depth.fill import push_pull
from relens.depth.sides import fit_sides
from relens.depth.snap import snap_to_photo
from relens.photo import Photo


def fit_depth(
    depth: Depth, photo: Photo, matte: Float32[np.ndarray, "_ _"] | None = None
) -> Float32[np.ndarray, "h w"]:
    """Inverse depth (1/m) on the photo's pixel grid, with every pixel known.

    Depth of the photo's own size is kept as it is, holes filled smoothly. Finer depth is sampled, never averaged.
    Coarser depth is brought up edge-aware: either side of the person's matte on its own, where there is one, else with
    every edge snapped to the photo's.

    depth: of the photo's aspect, as `find_depth` makes sure. matte: the person's alpha, 0 to 1, at any resolution.
    """
    inverse = depth.inverse_depth
    size = (photo.height_px, photo.width_px)
    if inverse.shape[0] >= size[0] and inverse.shape[1] >= size[1]:
        return filled(_sampled(inverse, size))
    if matte is not None:
        fitted = fit_sides(inverse, matte, size)
        if fitted is not None:
            return fitted
    return snap_to_photo(filled(inverse), photo.linear)


def filled(inverse: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """The map with NaN filled smoothly from around; the map itself where it has none."""
    known = ~np.isnan(inverse)
    if known.all():
        return inverse
    return push_pull(inverse[..., None], known.astype(np.float32))[..., 0]


def _sampled(inverse: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The nearest sample to every pixel centre."""
    if inverse.shape == size:
        return inverse
    pairs = zip(size, inverse.shape, strict=True)
    rows, columns = (((np.arange(wanted) + 0.5) * have / wanted).astype(int) for wanted, have in pairs)
    return np.ascontiguousarray(inverse[np.ix_(rows, columns)])
