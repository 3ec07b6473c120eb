"""Straightener: takes a known lens distortion out of a photo and what lies on its grid."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.errors import FileError
from relens.multiview.photos.dataset import ListedPhoto


class Straightener:
    """Resamples rasters of a bent photo to what its pinhole would have taken, in the same frame.

    Source: OpenCV's model of radial and tangential distortion, which is COLMAP's and nerfstudio's, too.

    Raises FileError for a distortion that is not of this model.
    """

    def __init__(self, listed: ListedPhoto) -> None:
        if listed.posed.distortion is None:
            raise FileError(listed.file, f"{listed.posed.note}: OpenCV has no model for it; undistort the photos first")
        k = listed.posed.camera.intrinsics
        # OpenCV's pixel centres are whole numbers.
        pinhole = np.array([[k.fx_px, 0, k.cx_px - 0.5], [0, k.fy_px, k.cy_px - 0.5], [0, 0, 1]])
        bent = np.zeros(8 if len(listed.posed.distortion) > 5 else 5)
        bent[: len(listed.posed.distortion)] = listed.posed.distortion
        size = k.width_px, k.height_px
        import cv2

        self._columns, self._rows = cv2.initUndistortRectifyMap(pinhole, bent, None, pinhole, size, cv2.CV_32FC1)

    def linear(self, raster: Float32[np.ndarray, "h w *c"]) -> Float32[np.ndarray, "h w *c"]:
        """Interpolated between four pixels; the border repeats."""
        import cv2

        return cv2.remap(raster, self._columns, self._rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def nearest(self, plane: Float32[np.ndarray, "_ _"]) -> Float32[np.ndarray, "h w"]:
        """The nearest sample of a map at any resolution; NaN outside."""
        height, width = plane.shape
        rows = (self._rows + 0.5) * height / self._rows.shape[0] - 0.5
        columns = (self._columns + 0.5) * width / self._columns.shape[1] - 0.5
        import cv2

        return cv2.remap(
            plane, columns, rows, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=(np.nan,) * 4
        )

    def unseen(self) -> Bool[np.ndarray, "h w"]:
        """Where the photo shows nothing of what the pinhole sees."""
        height, width = self._rows.shape
        beside = (self._columns < -0.5) | (self._columns > width - 0.5)
        return beside | (self._rows < -0.5) | (self._rows > height - 0.5)
