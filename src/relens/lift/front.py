"""Front: the colours of a near layer, free of what is behind, up to and past its silhouette."""

import numpy as np
from jaxtyping import Bool, Float32

# Colours nearby are a mean with this spread; where none is this near, the next wider one is asked.
_NEARBY_PX = (1.5, 4.0)
# Of a thing so thin that it shares all of its pixels, those unlike what is behind show it most purely: the mean
# leans on contrast with this power.
_PURITY = 8
_THIN_PX = 3


def front_colour(
    colour: Float32[np.ndarray, "h w 3"],
    rear: Float32[np.ndarray, "h w 3"],
    sure: Bool[np.ndarray, "h w"],
    mixed: Bool[np.ndarray, "h w"],
    near: Bool[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w 3"]:
    """The layer's own colour where pixels are mixed: the mean of its sure pixels nearby.

    Thin things have none: there it is the colour of those pixels around that differ most from what is behind.

    colour: the picture. rear: what is behind, alone. sure: pixels that are the layer's alone. mixed: pixels that it
    shares. near: those of them, and others, whose middle is the layer's. Elsewhere the colour is the picture's.
    """
    import cv2

    contrast = np.linalg.norm(colour - rear, axis=-1)
    thin = near & mixed & ~_dilated(sure, _THIN_PX)
    most = cv2.dilate(np.where(thin, contrast, 0), np.ones((2 * _THIN_PX + 1, 2 * _THIN_PX + 1), np.uint8))
    purity = np.divide(contrast, most, out=np.ones_like(contrast), where=most > 0) ** _PURITY
    weight = np.where(thin, purity, sure.astype(np.float32)).astype(np.float32)
    filled = colour.copy()
    left = mixed.copy()
    for spread_px in _NEARBY_PX:
        share = cv2.GaussianBlur(weight, (0, 0), spread_px, borderType=cv2.BORDER_CONSTANT)
        mean = cv2.GaussianBlur(colour * weight[..., None], (0, 0), spread_px, borderType=cv2.BORDER_CONSTANT)
        told = left & (share > 1e-3)
        filled[told] = mean[told] / share[told][:, None]
        left &= ~told
    return filled


def _dilated(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    import cv2

    size = 2 * radius_px + 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
