"""Small scenes of flat layers, and lenses that blur them by a wanted number of pixels."""

import numpy as np
from numpy.typing import ArrayLike

from relens import Camera, Intrinsics, Layer, Lens, Scene
from relens.aperture import Aperture

FX_PX, WIDTH_PX, HEIGHT_PX, BORDER_PX = 200.0, 96, 64, 32


def layer(name: str, colour: ArrayLike, inverse_depth: float, alpha: ArrayLike = 1.0) -> Layer:
    """A flat layer: one colour or an (h, w, 3) texture, 1/m, one alpha or an (h, w) map."""
    size = HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX
    alpha = np.broadcast_to(np.asarray(alpha, np.float32), size)
    rgba = np.dstack([np.broadcast_to(np.asarray(colour, np.float32), (*size, 3)) * alpha[..., None], alpha])
    return Layer(name, rgba.astype(np.float32), np.full(size, inverse_depth, np.float32))


def scene(*layers: Layer) -> Scene:
    """The scene of these layers, front to back."""
    return Scene(Camera(Intrinsics.centred(FX_PX, WIDTH_PX, HEIGHT_PX)), layers, BORDER_PX)


def columns() -> np.ndarray:
    """Column of every texel of a layer, in the photo's pixels."""
    size = HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX
    return np.broadcast_to(np.arange(size[1]) + 0.5 - BORDER_PX, size)


def texture(seed: int) -> np.ndarray:
    """Random colours from 0 to 1 with detail of some pixels."""
    import cv2

    size = HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX
    noise = cv2.GaussianBlur(np.random.default_rng(seed).random((*size, 3)), (0, 0), 1.2)
    return ((noise - noise.min()) / np.ptp(noise)).astype(np.float32)


def lens_for(blur_px: float, inverse_depth: float, focus_inverse_m: float, aperture: Aperture | None = None) -> Lens:
    """The lens whose circle of confusion is so wide at an inverse depth: D = c / (fx |1/z - 1/F|)."""
    pupil_m = blur_px / (FX_PX * abs(inverse_depth - focus_inverse_m))
    return Lens(300, 0.3 / pupil_m, 1 / focus_inverse_m, aperture or Aperture())
