"""Upsampling by a matte: the person and what is behind are brought up apart, so that no depth lies between them."""

import numpy as np
from jaxtyping import Float32

from relens.depth.fill import push_pull

# Phone depth ramps over about four of its pixels at a silhouette, centred within one of the true edge.
_RAMP_PX = 3.0
# Further out it still glows: nearer than the wall behind by up to 20 %. Such pixels only steer the fill.
_GLOW_PX = 16.0
_GLOW_WEIGHT = 0.002


def fit_sides(
    inverse: Float32[np.ndarray, "h w"], matte: Float32[np.ndarray, "_ _"], size: tuple[int, int]
) -> Float32[np.ndarray, "hp wp"] | None:
    """Inverse depth at `size` (height, width), stepping exactly where the matte passes 0.5.

    inverse: 1/m, NaN unknown. matte: 0 to 1, any resolution.
    None when the matte leaves no sure pixel on either side: nobody, or nothing but a person.
    """
    import cv2

    rows, columns = inverse.shape
    low_matte = cv2.resize(matte, (columns, rows), interpolation=cv2.INTER_AREA)
    known = ~np.isnan(inverse)
    person = _trust(low_matte > 0.9, known, glow_px=_RAMP_PX)
    behind = _trust(low_matte < 0.1, known, glow_px=_GLOW_PX)
    if not person.any() or not behind.any():
        return None
    sides = []
    for weight in (person, behind):
        whole = push_pull(inverse[..., None], weight)[..., 0]
        sides.append(cv2.resize(whole, size[::-1], interpolation=cv2.INTER_LINEAR))
    high_matte = cv2.resize(matte, size[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(high_matte >= 0.5, *sides)


def _trust(inside: np.ndarray, known: np.ndarray, glow_px: float) -> np.ndarray:
    """Weight of each pixel for its side: none on the ramp, little in the glow, 1 well inside."""
    import cv2

    distance_px = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    weight = np.where(distance_px > glow_px, 1.0, np.where(distance_px > _RAMP_PX, _GLOW_WEIGHT, 0.0))
    return (weight * known).astype(np.float32)
