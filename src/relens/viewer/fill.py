"""Fill: what is not known, smoothly from what is known around it, so that it neither shows nor costs bytes.

Source: Gortler et al., The Lumigraph, SIGGRAPH 1996, the push-pull algorithm, with each texel known or not.
"""

import numpy as np
from jaxtyping import Bool, Float32


def filled(
    values: Float32[np.ndarray, "h w c"], known: Bool[np.ndarray, "h w"], nothing: float = 0.0
) -> Float32[np.ndarray, "h w c"]:
    """The values where they are known, and smooth ones between; `nothing` everywhere where none is known.

    values: finite.
    """
    if known.all():
        return values
    if not known.any():
        return np.full_like(values, nothing)
    return _filled(values * known[..., None], known.astype(np.float32))


def _filled(total: np.ndarray, known: np.ndarray) -> np.ndarray:
    """total: values times how much is known, 0 or 1."""
    import cv2

    height, width = known.shape
    half = (width + 1) // 2, (height + 1) // 2
    part = _resized(known, half, cv2.INTER_AREA)
    mean = _resized(total, half, cv2.INTER_AREA)
    some = part > 0
    np.divide(mean, part[..., None], out=mean, where=some[..., None])
    coarse = mean if some.all() else _filled(mean, some.astype(np.float32))
    fine = _resized(coarse, (width, height), cv2.INTER_LINEAR)
    # In place: what is known weighs 1, the rest is 0 in the total.
    fine *= (1 - known)[..., None]
    fine += total
    return fine


def _resized(image: np.ndarray, size: tuple[int, int], way: int) -> np.ndarray:
    import cv2

    # OpenCV drops a last axis of length 1.
    return np.asarray(cv2.resize(image, size, interpolation=way)).reshape(*size[::-1], *image.shape[2:])
