"""The lens distortion that Apple's phones note beside their depth maps."""

import base64
import binascii
import math

import numpy as np

from relens.errors import ValueRangeError
from relens.photo.lens_distortion import LensDistortion, scale_distortion
from relens.photo.phone_maps import reference_size
from relens.photo.window import same_aspect
from relens.photo.xmp import Xmp, xmp_number, xmp_numbers, xmp_text

_DEPTH_DATA = "{http://ns.apple.com/depthData/1.0/}"
_COEFFICIENTS = 8
_SAMPLES = 1024


def phone_distortion(width_px: int, height_px: int, packets: list[Xmp]) -> LensDistortion | None:
    """The distortion of a stored picture of this size; None where the phone notes none, or that there is none.

    Apple documents tables of 32-bit floats (AVCameraCalibrationData.h); its files hold eight coefficients c instead,
    which are undocumented. Read here as: bent = straight / (1 + 0.01 * sum of c[i] * mm ** (2 * i)), where mm is the
    straight radius on the sensor (pixels of the reference size times PixelSize). With this reading the two polynomials
    of a sample portrait undo each other to 0.02 px; with odd powers too, to 0.08 px; multiplied, to 3 px.
    Numbers that fold the picture over, or describe a frame of another aspect, are passed over.
    """
    for xmp in packets:
        reference = reference_size([xmp])
        x, y = (xmp_number(xmp, f"{_DEPTH_DATA}LensDistortionCenterOffset{axis}") for axis in ("X", "Y"))
        if reference is None or x is None or y is None or not math.isfinite(x + y):
            continue
        width, height = reference
        # From the centre to the farthest corner, as in AVCameraCalibrationData.h.
        radius = math.hypot(max(x, width - x), max(y, height - y))
        elongation = _elongation(xmp, radius)
        if elongation is None or not elongation.any() or not same_aspect(width_px, height_px, width, height):
            continue
        try:
            return scale_distortion(LensDistortion.from_table(x, y, radius, elongation), width_px / width)
        except ValueRangeError:
            continue
    return None


def _elongation(xmp: Xmp, radius_px: float) -> np.ndarray | None:
    """The relative elongation at radii evenly spaced from 0 to radius_px of the rectilinear reference frame."""
    table = _floats(xmp, f"{_DEPTH_DATA}LensDistortionLookupTable")
    if table is not None:
        return table
    coefficients = _floats(xmp, f"{_DEPTH_DATA}LensDistortionCoefficients")
    if coefficients is None:
        return None
    if coefficients.size > _COEFFICIENTS:
        return coefficients
    pixel_mm = xmp_number(xmp, f"{_DEPTH_DATA}PixelSize")
    if pixel_mm is None or not 0 < pixel_mm < math.inf:
        return None
    squared_mm = (np.linspace(0, radius_px, _SAMPLES) * pixel_mm) ** 2
    with np.errstate(all="ignore"):
        elongation = 1 / (1 + 0.01 * np.polynomial.polynomial.polyval(squared_mm, coefficients)) - 1
    return elongation if np.isfinite(elongation).all() else None


def _floats(xmp: Xmp, name: str) -> np.ndarray | None:
    """Finite numbers from a sequence of texts, or from 32-bit floats in base64."""
    numbers = np.array(xmp_numbers(xmp, name))
    text = xmp_text(xmp, name)
    if text is not None:
        try:
            numbers = np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float64)
        except (ValueError, binascii.Error):
            return None
    return numbers if numbers.size > 1 and np.isfinite(numbers).all() else None
