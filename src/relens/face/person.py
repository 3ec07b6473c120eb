"""Which pixels are people: a mask from the selfie network, brought to the photo's edges."""

import numpy as np
from jaxtyping import Float32

from relens.face.networks import run
from relens.photo import Photo, srgb_encode

_INPUT_PX = 256
# The guided filter's window, in cells of the network's mask, and the contrast under which colours count as one.
_WINDOW_CELLS = 3
_CONTRAST = 0.02


def person_mask(photo: Photo, longest_px: int = 1024) -> Float32[np.ndarray, "h w"]:
    """Coverage of all people together, 0 to 1, in the photo's aspect and at most `longest_px` long.

    The network sees the whole photo squashed to its square and answers with 256 by 256 cells; a guided filter lets the
    mask follow the photo's edges (He et al., "Guided Image Filtering", TPAMI 2013, with grey as the guide).
    """
    import cv2

    scale = min(1.0, longest_px / max(photo.width_px, photo.height_px))
    size = (max(1, round(photo.width_px * scale)), max(1, round(photo.height_px * scale)))
    small = cv2.resize(photo.linear, size, interpolation=cv2.INTER_AREA) if scale < 1 else photo.linear
    encoded = srgb_encode(np.clip(small, 0, 1)).astype(np.float32)
    coarse = run("selfie_segmentation", cv2.resize(encoded, (_INPUT_PX, _INPUT_PX), interpolation=cv2.INTER_AREA))[0]
    mask = cv2.resize(coarse[..., 0], size, interpolation=cv2.INTER_LINEAR)
    window = 2 * round(_WINDOW_CELLS * max(size) / _INPUT_PX / 2) + 1
    return _guided(mask, encoded.mean(axis=2), window)


def _guided(mask: np.ndarray, guide: np.ndarray, window_px: int) -> np.ndarray:
    import cv2

    def mean(plane: np.ndarray) -> np.ndarray:
        return cv2.blur(plane, (window_px, window_px), borderType=cv2.BORDER_REFLECT)

    mean_guide, mean_mask = mean(guide), mean(mask)
    slope = (mean(guide * mask) - mean_guide * mean_mask) / (mean(guide * guide) - mean_guide**2 + _CONTRAST**2)
    offset = mean_mask - slope * mean_guide
    return np.clip(mean(slope) * guide + mean(offset), 0, 1).astype(np.float32)
