"""Scores of refocused pictures against the truth: PSNR of the whole, PSNR of the edge band, SSIM.

All on sRGB-encoded values clipped to 0 to 1.
"""

import numpy as np
from scipy.ndimage import distance_transform_edt, maximum_filter, minimum_filter
from skimage.metrics import structural_similarity

from relens.photo import srgb_encode

# A step of depth counts where it moves a point by more than this across the pupil's radius.
_STEP_PX = 2.0
_BAND_PX = 3, 40
_SHARE_OF_PIXELS = 90


def edge_band(depth_m: np.ndarray, fx_px: float, lens: dict) -> np.ndarray:
    """Pixels (h, w) that blur reaches from a depth discontinuity.

    `lens` is one of camera.json's. The reach is the blur radius that 90 % of the pixels stay under, 3 to 40 px.
    """
    inverse = 1 / depth_m
    px_m = fx_px * lens["aperture_radius_m"]
    steps = (maximum_filter(inverse, 3) - minimum_filter(inverse, 3)) * px_m > _STEP_PX
    blur_px = px_m * np.abs(inverse - 1 / lens["focus_distance_m"])
    reach_px = int(np.clip(np.percentile(blur_px, _SHARE_OF_PIXELS), *_BAND_PX))
    if not steps.any():
        return np.zeros(steps.shape, bool)
    return np.asarray(distance_transform_edt(~steps)) <= reach_px


def score(predicted: np.ndarray, truth: np.ndarray, band: np.ndarray) -> tuple[float, float, float]:
    """PSNR of the whole picture and of the band (dB), and SSIM, of two pictures (h, w, 3) in linear light."""
    shown, wanted = (srgb_encode(np.clip(linear, 0, 1)).astype(np.float64) for linear in (predicted, truth))
    square = (shown - wanted) ** 2
    ssim = np.asarray(structural_similarity(shown, wanted, channel_axis=2, data_range=1.0))
    return _psnr_db(square), _psnr_db(square[band]), float(ssim)


def _psnr_db(square: np.ndarray) -> float:
    return -10 * float(np.log10(max(float(square.mean()), 1e-12)))
