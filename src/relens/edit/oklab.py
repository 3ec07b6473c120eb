"""Oklab: light as a lightness and two opponent colours, in which equal steps look alike."""

import numpy as np
from jaxtyping import Float32

# B. Ottosson, "A perceptual color space for image processing" (2020): cones of linear sRGB, opponents of their roots.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_TO_CONES, _TO_OPPONENTS = _CONES.T.astype(np.float32), _OPPONENTS.T.astype(np.float32)
_FROM_CONES, _FROM_OPPONENTS = (np.linalg.inv(matrix).T.astype(np.float32) for matrix in (_CONES, _OPPONENTS))


def oklab_of(light: Float32[np.ndarray, "*n 3"]) -> Float32[np.ndarray, "*n 3"]:
    """Lightness L, green to red a, blue to yellow b of linear light; white is 1, 0, 0.

    Light k times as strong has all three times the cube root of k: shading moves a colour on a ray from black.
    """
    return np.cbrt(light @ _TO_CONES) @ _TO_OPPONENTS


def light_of(lab: Float32[np.ndarray, "*n 3"]) -> Float32[np.ndarray, "*n 3"]:
    """The linear light of Oklab's lightness and opponents; negative where no screen shows the colour."""
    roots = lab @ _FROM_OPPONENTS
    return (roots * roots * roots) @ _FROM_CONES
