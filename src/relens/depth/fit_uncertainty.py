"""Uncertainty at the photo's resolution."""

import numpy as np
from jaxtyping import Float32

from relens.depth.fill import membrane
from relens.photo import Photo


def fit_uncertainty(uncertainty: Float32[np.ndarray, "h w"], photo: Photo) -> Float32[np.ndarray, "hp wp"]:
    """Standard deviations of log-depth on the photo's grid; NaN where the source knew nothing.

    uncertainty: at any resolution, NaN unknown. Brought up smoothly; it has no edges worth keeping.
    """
    import cv2

    size = (photo.width_px, photo.height_px)
    known = ~np.isnan(uncertainty)
    filled = uncertainty if known.all() or not known.any() else membrane(uncertainty, known)
    fitted = cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR)
    inside = cv2.resize(known.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    return np.where(inside, fitted, np.float32(np.nan))
