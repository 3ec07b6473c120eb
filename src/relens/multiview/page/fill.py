"""Filling a page where nothing is known, smoothly from what is around."""

import numpy as np
from jaxtyping import Bool, Float32


def filled(colour: Float32[np.ndarray, "h w c"], known: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w c"]:
    """Colours with what is not known filled in by push and pull: from the finest halving of the page that has some.

    Known texels keep their bits. Without any, all is 0. Source: Gortler et al., The Lumigraph, 1996, section 4.3.
    """
    import cv2

    if known.all():
        return colour
    if not known.any():
        return np.zeros_like(colour)
    weight = known.astype(np.float32)
    levels = [(colour * weight[..., None], weight)]
    while min(levels[-1][1].shape) > 1:
        values, weight = levels[-1]
        size = (max(1, (weight.shape[1] + 1) // 2), max(1, (weight.shape[0] + 1) // 2))
        values, weight = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (values, weight))
        levels.append((values.reshape(*weight.shape, -1), weight))
    values, weight = levels.pop()
    below = values / np.maximum(weight, 1e-6)[..., None]
    while levels:
        values, weight = levels.pop()
        coarse = cv2.resize(below, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR)
        coarse = coarse.reshape(*weight.shape, -1)
        share = np.minimum(weight, 1)[..., None]
        mean = values / np.maximum(weight, 1e-6)[..., None]
        below = share * mean + (1 - share) * coarse
    return np.where(known[..., None], colour, below).astype(np.float32)
