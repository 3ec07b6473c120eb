"""What an aperture lets through at a point: slow and obvious, by the definitions in its docstring."""

import numpy as np

from relens.aperture import Aperture
from relens.aperture_image import ApertureImage


def image_at(image: ApertureImage, points: np.ndarray) -> np.ndarray:
    """Transmission (n, 3) of the pixel that a pupil point falls into; 0 outside."""
    height, width = image.transmission.shape[:2]
    column, row = np.floor(points * max(height, width) / 2 + [width / 2, height / 2]).astype(int).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    values = image.transmission[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    return values * inside[:, None] * np.ones(3)


def transmission(aperture: Aperture, points: np.ndarray) -> np.ndarray:
    """Red, green and blue (n, 3) through pupil points, in proportion."""
    x, y = points[:, 0] * aperture.squeeze, points[:, 1]
    relative = np.hypot(x, y) / aperture.outline_radius(np.arctan2(y, x))
    passed = np.where(relative <= 1, 1 + aperture.profile * (2 * relative**2 - 1), 0.0)[:, None] * np.ones(3)
    if aperture.image is None:
        return passed
    back = np.exp(-1j * aperture.rotation_rad) * (x + 1j * y)
    return passed * image_at(aperture.image, np.stack([back.real, back.imag], axis=1))
