"""Upsampling by a matte: the person and what is behind are brought up apart, so that no depth lies between them."""

import numpy as np
from jaxtyping import Float32

from relens.depth.fill import push_pull
from relens.depth.snap import snap_to_photo

# Where the ramp with its misplacement ends, in its widths from the silhouette.
_RAMP_WIDTHS = 1.3
# Further out phone depth still glows: nearer than the wall behind by up to 20 %. Such pixels only steer the fill.
_GLOW_PX = 16.0
_GLOW_WEIGHT = 0.002


def fit_sides(
    inverse: Float32[np.ndarray, "h w"],
    matte: Float32[np.ndarray, "_ _"],
    linear: Float32[np.ndarray, "hp wp 3"],
    edge_width_px: float,
) -> Float32[np.ndarray, "hp wp"] | None:
    """Inverse depth on the photo's grid, stepping exactly where the matte passes 0.5.

    The person stays whole; what is behind is snapped to the photo, where the map is fine enough to have edges there.

    inverse: 1/m, NaN unknown, no finer than the photo. matte: 0 to 1, any resolution. linear: the photo in linear
    light. edge_width_px: how soft the map is, in its own pixels, as `measure_edge_width_px` says.
    None when the matte leaves no sure pixel on either side: nobody, or nothing but a person.
    """
    import cv2

    rows, columns = inverse.shape
    low_matte = cv2.resize(matte, (columns, rows), interpolation=cv2.INTER_AREA)
    known = ~np.isnan(inverse)
    # A map coarser than the photo mixes neighbours, however sharp it is.
    ramp_px = _RAMP_WIDTHS * max(edge_width_px, 1)
    person = _trust(low_matte > 0.9, known, ramp_px, ramp_px)
    behind = _trust(low_matte < 0.1, known, ramp_px, _GLOW_PX)
    if not person.any() or not behind.any():
        return None
    near, far = (push_pull(inverse[..., None], weight)[..., 0] for weight in (person, behind))
    size = linear.shape[1::-1]
    high_matte = cv2.resize(matte, size, interpolation=cv2.INTER_LINEAR)
    # A nose before a cheek is relief, not an edge: a person stays whole.
    near = cv2.resize(near, size, interpolation=cv2.INTER_LINEAR)
    if 2 * columns < linear.shape[1]:
        # What a phone's coarse map has behind people is its noise more often than an edge.
        far = cv2.resize(far, size, interpolation=cv2.INTER_LINEAR)
    else:
        far = snap_to_photo(far, linear, edge_width_px)
    return np.where(high_matte >= 0.5, near, far)


def _trust(inside: np.ndarray, known: np.ndarray, ramp_px: float, glow_px: float) -> np.ndarray:
    """Weight of each pixel for its side: none on the ramp, little in the glow, 1 well inside."""
    import cv2

    distance_px = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    weight = np.where(distance_px > glow_px, 1.0, np.where(distance_px > ramp_px, _GLOW_WEIGHT, 0.0))
    return (weight * known).astype(np.float32)
