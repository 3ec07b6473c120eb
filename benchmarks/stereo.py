"""The Middlebury motorcycle: a real photograph with measured depth, and a real estimator with real errors.

The estimator is OpenCV's semi-global matching on the stereo pair. It behaves as a network does: it sees a fixed input
size, answers anew about every view of the photo, and errs where it sees no texture.
"""

import cv2
import numpy as np
import skimage.data

from relens.camera import Intrinsics
from relens.depth import Depth
from relens.photo import Photo, srgb_decode, srgb_encode
from relens.progress import Progress, silent

# Calibration of the pair at its shipped size (Scharstein et al., "High-resolution stereo datasets with
# subpixel-accurate ground truth", 2014).
_FX_PX, BASELINE_M, DOFFS_PX = 994.978, 0.193001, 31.086
_INPUT_PX = (741, 500)
_DISPARITIES = 64


def motorcycle() -> tuple[Photo, np.ndarray]:
    """The left photo, with the right one and the way across it as mattes, and its true inverse depth (1/m, or NaN)."""
    left, right, disparity_px = skimage.data.stereo_motorcycle()
    height, width = disparity_px.shape
    linear = srgb_decode(left.astype(np.float32) / 255).astype(np.float32)
    way = np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))
    extra = {"right": cv2.cvtColor(right, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, "way": way}
    known = np.isfinite(disparity_px) & (disparity_px > 0)
    inverse = _inverse_depth(np.where(known, disparity_px, np.nan))
    photo = Photo(linear, Intrinsics.centred(_FX_PX, width, height), mattes=extra)
    return photo, inverse


def estimate(photo: Photo, progress: Progress = silent) -> Depth:
    """Inverse depth by matching a view of the motorcycle against the right photo that it carries.

    Unknown (NaN) where the match is not unique.
    """
    progress("stereo", 0.0)
    left = cv2.cvtColor(srgb_encode(photo.linear).astype(np.float32), cv2.COLOR_RGB2GRAY)
    seen = [cv2.resize(view, _INPUT_PX, interpolation=cv2.INTER_AREA) for view in (left, photo.mattes["right"])]
    views = [np.clip(255 * view, 0, 255).astype(np.uint8) for view in seen]
    # In the middle, where no margin has been reflected, the way tells whether the photo is mirrored.
    middle = photo.mattes["way"][0, photo.width_px // 2 - 9 : photo.width_px // 2 + 9]
    is_mirrored = middle[0] > middle[-1]
    matcher = cv2.StereoSGBM.create(
        minDisparity=-_DISPARITIES if is_mirrored else 0,
        numDisparities=_DISPARITIES,
        blockSize=3,
        P1=8 * 9,
        P2=32 * 9,
        disp12MaxDiff=1,
        uniquenessRatio=5,
        speckleWindowSize=100,
        speckleRange=2,
        mode=cv2.STEREO_SGBM_MODE_HH,
    )
    disparity_px = matcher.compute(*views).astype(np.float32) / 16
    matched = disparity_px > (-_DISPARITIES if is_mirrored else 0)
    photo_disparity_px = np.abs(disparity_px) * photo.width_px / _INPUT_PX[0]
    progress("stereo", 1.0)
    return Depth(_inverse_depth(np.where(matched, photo_disparity_px, np.nan)), "semi-global matching")


def _inverse_depth(disparity_px: np.ndarray) -> np.ndarray:
    return ((disparity_px + DOFFS_PX) / (_FX_PX * BASELINE_M)).astype(np.float32)
