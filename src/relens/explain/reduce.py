"""Making pictures smaller the way distance does: by averaging light."""

import numpy as np
from jaxtyping import Float32


def reduced(linear: Float32[np.ndarray, "h w 3"], width_px: int) -> Float32[np.ndarray, "_ _ 3"]:
    """The picture at another width and the same aspect: each pixel the mean of the linear light on its area.

    A picture that is narrower than `width_px` is enlarged bilinearly.
    """
    import cv2

    height, width = linear.shape[:2]
    if width == width_px:
        return linear
    size = (width_px, max(1, round(height * width_px / width)))
    # Area averaging has no meaning when pixels grow.
    method = cv2.INTER_AREA if width_px < width else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(linear), size, interpolation=method), np.float32)
