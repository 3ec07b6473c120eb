"""LensDistortion: how the lens bent the picture, and the way to a rectilinear one and back."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float64

from relens.errors import ValueRangeError
from relens.photo.orientation import orient_box
from relens.photo.window import Window

# Samples along the radius. Between them the radii are straight lines: under 0.001 px off on a phone's distortion.
_SAMPLES = 1024


@dataclass(frozen=True)
class LensDistortion:
    """Radially symmetric distortion of a photo.

    Convention: pixels of the photo, centres at +0.5, as in Intrinsics. The rectilinear picture has the same frame and
    the same centre. A point at radius straight_px[i] of it lies at radius bent_px[i] in the photo; in between, radii
    are interpolated linearly; beyond the last one their ratio stays.

    Attributes:
        centre_x_px, centre_y_px: what the radii are measured from.
        straight_px, bent_px: radii, both strictly increasing from 0.

    Raises ValueRangeError for radii that are not, since the two pictures then do not map onto each other.
    """

    centre_x_px: float
    centre_y_px: float
    straight_px: Float64[np.ndarray, " n"]
    bent_px: Float64[np.ndarray, " n"]

    def __post_init__(self) -> None:
        for name in ("straight_px", "bent_px"):
            radii = getattr(self, name)
            if radii.size < 2 or radii[0] != 0 or not np.isfinite(radii).all() or (np.diff(radii) <= 0).any():
                raise ValueRangeError(name, f"{radii.size} radii", "at least two, from 0, strictly increasing")

    @staticmethod
    def from_table(
        centre_x_px: float, centre_y_px: float, radius_px: float, elongation: Float[np.ndarray, " n"]
    ) -> "LensDistortion":
        """From the relative elongation of radii, evenly spaced from 0 to radius_px in the rectilinear picture.

        bent = straight * (1 + elongation), the elongation interpolated linearly. Source: Apple,
        AVCameraCalibrationData.h, lensDistortionLookupTable. Raises ValueRangeError where it folds the picture over.
        """
        straight = np.linspace(0, radius_px, _SAMPLES)
        table = np.interp(straight, np.linspace(0, radius_px, len(elongation)), elongation)
        return LensDistortion(centre_x_px, centre_y_px, straight, straight * (1 + table))

    def distort(self, points_px: Float[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n 2"]:
        """Points (column, row) of the rectilinear picture to where the photo shows them."""
        return self._moved(points_px, self.straight_px, self.bent_px)

    def straighten(self, points_px: Float[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n 2"]:
        """Points (column, row) of the photo to where a rectilinear picture shows them; the inverse of `distort`."""
        return self._moved(points_px, self.bent_px, self.straight_px)

    def largest_px(self, width_px: int, height_px: int) -> float:
        """How far the farthest moved corner of the photo is from its rectilinear place."""
        corners = np.array([[x, y] for x in (0.0, width_px) for y in (0.0, height_px)])
        return float(np.hypot(*(self.straighten(corners) - corners).T).max())

    def _moved(self, points_px: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        centre = np.array([self.centre_x_px, self.centre_y_px])
        offset = np.asarray(points_px, np.float64) - centre
        radius = np.hypot(offset[..., 0], offset[..., 1])
        ratio = np.full_like(radius, target[1] / source[1])
        np.divide(np.interp(radius, source, target), radius, out=ratio, where=radius > 0)
        ratio[radius > source[-1]] = target[-1] / source[-1]
        return centre + offset * ratio[..., None]


def scale_distortion(known: LensDistortion, scale: float) -> LensDistortion:
    """The distortion of the same picture at another size."""
    return LensDistortion(
        known.centre_x_px * scale, known.centre_y_px * scale, known.straight_px * scale, known.bent_px * scale
    )


def cut_distortion(known: LensDistortion, window: Window, frame_px: tuple[int, int]) -> LensDistortion:
    """The distortion of a part of the frame (width, height) that it describes, at the same pixel pitch."""
    left, top = window.left * frame_px[0], window.top * frame_px[1]
    return replace(known, centre_x_px=known.centre_x_px - left, centre_y_px=known.centre_y_px - top)


def orient_distortion(stored: LensDistortion, code: int, width_px: int, height_px: int) -> LensDistortion:
    """The distortion of the upright picture, from that of the stored one, which has this size."""
    x, y, _, _ = orient_box(stored.centre_x_px / width_px, stored.centre_y_px / height_px, 0.0, 0.0, code)
    width, height = (height_px, width_px) if code >= 5 else (width_px, height_px)
    return replace(stored, centre_x_px=x * width, centre_y_px=y * height)
