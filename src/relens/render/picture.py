"""Picture: what a lens makes of a scene."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.lens import Lens


@dataclass(frozen=True)
class Picture:
    """A rendered photograph.

    Attributes:
        linear: (h, w, 3) linear light, premultiplied by alpha (alpha is 1 wherever the scene is closed).
        alpha: (h, w) coverage.
        depth_m: (h, w) z-depth in `camera` of what its pinhole sees first; inf at infinity, NaN where there is nothing.
        coc_px: (h, w) diameter of the circle of confusion there, pixels; NaN where there is nothing.
        camera, lens: what photographed it.
    """

    linear: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    depth_m: Float32[np.ndarray, "h w"]
    coc_px: Float32[np.ndarray, "h w"]
    camera: Camera
    lens: Lens
