"""View: what one pinhole picture of a model shows, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera


@dataclass(frozen=True)
class View:
    """A model seen from a camera, or what is left of it beyond a depth.

    Attributes:
        colour: (h, w, 3) linear light, premultiplied.
        alpha: (h, w) coverage.
        inverse_depth: (h, w) 1/m of z in the camera, where half of a ray is stopped: always some surface's own, never
            a mean of two. NaN where less than half is.
    """

    colour: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"]

    @property
    def straight(self) -> Float32[np.ndarray, "h w 3"]:
        """The colour without alpha; 0 where there is nothing."""
        return self.colour / np.where(self.alpha > 0, self.alpha, np.float32(1))[..., None]


# Looks at a model from a camera; with a map of inverse depths (h, w), only at what is farther than that: inf is all of
# it, and 0 leaves a pixel out.
Look = Callable[[Camera, Float32[np.ndarray, "h w"] | None], View]
