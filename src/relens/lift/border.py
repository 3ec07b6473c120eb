"""The overscan border: what a wide lens or a moved camera sees past the photo's frame."""

import numpy as np

from relens.lift.peel import Sheet
from relens.scene import Layer


def widened(sheet: Sheet, name: str, border_px: int) -> Layer:
    """The sheet as a layer, continued past the frame as its mirror image: colour, alpha and relief together.

    A mirror keeps flat fields flat, textures alive and surfaces connected.
    """
    import cv2

    def mirrored(image: np.ndarray) -> np.ndarray:
        return cv2.copyMakeBorder(image, *(4 * [border_px]), cv2.BORDER_REFLECT)

    rgba = np.concatenate([sheet.colour * sheet.alpha[..., None], sheet.alpha[..., None]], axis=-1)
    return Layer(name, mirrored(rgba), mirrored(sheet.inverse_depth))
