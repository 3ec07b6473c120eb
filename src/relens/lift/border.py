"""The overscan border: what a wide lens or a moved camera sees past the photo's frame."""

import math

import numpy as np
from jaxtyping import Float32

from relens.lift.peel import Sheet
from relens.scene import Layer

# Memory grows with the border; past this share of the picture's longer side, edges are held instead.
_WIDEST_SHARE = 1 / 8
_SPARE_PX = 2


def border_width_px(inverse_depth: Float32[np.ndarray, "h w"], parallax_px: float) -> int:
    """The scene's whole parallax under the widest view: the largest blur radius and camera move it is for."""
    parallax = parallax_px * float(inverse_depth.max() - inverse_depth.min())
    return min(math.ceil(parallax) + _SPARE_PX, math.ceil(max(inverse_depth.shape) * _WIDEST_SHARE))


def widened(sheet: Sheet, name: str, border_px: int) -> Layer:
    """The sheet as a layer, continued past the frame as its mirror image: colour, alpha and relief together.

    A mirror keeps flat fields flat, textures alive and surfaces connected.
    """
    import cv2

    def mirrored(image: np.ndarray) -> np.ndarray:
        return cv2.copyMakeBorder(image, border_px, border_px, border_px, border_px, cv2.BORDER_REFLECT)

    rgba = np.concatenate([sheet.colour * sheet.alpha[..., None], sheet.alpha[..., None]], axis=-1)
    return Layer(name, mirrored(rgba), mirrored(sheet.inverse_depth))
