"""Uncertainty: how sure the depth is, as a small plane of codes for an overlay."""

import numpy as np
from jaxtyping import Float32, UInt8

# Sigma of log-depth of the highest code; also what is not known.
MOST_SIGMA = 0.5


def uncertainty_codes(
    sigma: Float32[np.ndarray, "h w"], width_px: int, height_px: int
) -> UInt8[np.ndarray, "height width"]:
    """Standard deviations of log-depth as codes, 255 for 0.5 or more and for NaN, on a grid of another size.

    Those of what shows in one place are averaged, the unknown left out.
    """
    import cv2

    known = ~np.isnan(sigma)
    total, part = (
        np.asarray(cv2.resize(plane, (width_px, height_px), interpolation=cv2.INTER_AREA)).reshape(height_px, width_px)
        for plane in (np.nan_to_num(sigma), known.astype(np.float32))
    )
    mean = np.divide(total, part, out=np.full_like(total, MOST_SIGMA), where=part > 1e-3)
    return np.rint(np.minimum(mean / MOST_SIGMA, 1) * 255).astype(np.uint8)
