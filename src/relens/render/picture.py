"""Picture: what a lens makes of a scene."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32, Int32

from relens.camera import Camera
from relens.lens import Lens, sharp_limit_px


@dataclass(frozen=True)
class Picture:
    """A rendered photograph, and what is known about each of its pixels.

    Attributes:
        linear: (h, w, 3) linear light, premultiplied by alpha (alpha is 1 wherever the scene is closed).
        alpha: (h, w) coverage.
        depth_m: (h, w) z-depth in `camera` of what its pinhole sees first; inf at infinity, NaN where there is nothing.
        sample_count: (h, w) lens samples that each pixel got.
        standard_error: (h, w) of the linear luminance, from comparing parts of the samples; inf where it is not known.
        camera, lens: what photographed it: the camera after framing, the lens with its focus measured from there.
    """

    linear: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    depth_m: Float32[np.ndarray, "h w"]
    sample_count: Int32[np.ndarray, "h w"]
    standard_error: Float32[np.ndarray, "h w"]
    camera: Camera
    lens: Lens

    @cached_property
    def coc_px(self) -> Float32[np.ndarray, "h w"]:
        """Diameter of the circle of confusion of `depth_m`, pixels; NaN where there is nothing."""
        k = self.camera.intrinsics
        x = (np.arange(k.width_px, dtype=np.float32) + np.float32(0.5 - k.cx_px)) / np.float32(k.fx_px)
        y = (np.arange(k.height_px, dtype=np.float32)[:, None] + np.float32(0.5 - k.cy_px)) / np.float32(k.fy_px)
        gx, gy = self.lens.focus_gradient_per_m
        with np.errstate(divide="ignore"):
            from_focus = 1 / self.depth_m - np.float32(self.lens.focus_inverse_m)
        if gx or gy:
            from_focus -= np.float32(gx) * x + np.float32(gy) * y
        return np.abs(from_focus, out=from_focus) * np.float32(k.fx_px * self.lens.pupil_diameter_m)

    @cached_property
    def focus_mask(self) -> Bool[np.ndarray, "h w"]:
        """What looks sharp: a circle of confusion of at most 1/1500 of the picture's diagonal."""
        return self.coc_px <= sharp_limit_px(self.camera.intrinsics.diagonal_px)
