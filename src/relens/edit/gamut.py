"""Gamut: colours that sRGB's primaries cannot mix are brought to the nearest that they can."""

import numpy as np
from jaxtyping import Float32

# Of linear sRGB (Rec. 709).
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def in_gamut(light: Float32[np.ndarray, "*n 3"]) -> Float32[np.ndarray, "*n 3"]:
    """Linear light without a negative channel; what has none keeps its bits.

    Each other colour goes straight towards the grey of its luminance until its least channel is 0, so that luminance
    and dominant wavelength stay. Without luminance it is black.
    """
    if light.min(initial=0) >= 0:
        return light
    outside = (light < 0).any(axis=-1)
    colour = light[outside]
    grey = np.maximum(colour @ LUMINANCE, 0)[:, None]
    least = colour.min(axis=-1, keepdims=True)
    inside = light.copy()
    # The least channel is below 0 and grey is not, so there is something to divide by.
    inside[outside] = np.where(grey > 0, np.maximum(grey + (colour - grey) * (grey / (grey - least)), 0), 0)
    return inside
