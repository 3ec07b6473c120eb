"""PosedPhoto: one of many photos, with its camera and what a depth back-end says of it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Camera
from relens.errors import ValueRangeError


@dataclass(frozen=True)
class Prior:
    """What one photo alone says of the surface in it: a hint, wrong at edges and on thin things.

    Convention: the photo's own pixel grid; depth along the photo's axis, normals in the world's frame.

    Attributes:
        inverse_depth: (h, w) 1/m, in the unit of the photos' cameras as well as it could be aligned; 0 is infinity, NaN
            is unknown.
        normal: (h, w, 3) unit vectors out of the surface, towards the camera; NaN where unknown.
        source: what made it, for people.
    """

    inverse_depth: Float32[np.ndarray, "h w"]
    normal: Float32[np.ndarray, "h w 3"]
    source: str


@dataclass(frozen=True)
class PosedPhoto:
    """A photo and where it was taken from.

    Attributes:
        name: of the photo, as its data set has it.
        camera: pinhole and pose, of the photo's size; the world is the reference photo's camera, in metres.
        linear: (h, w, 3) linear light.
        mask: (h, w) what belongs to the subject; None for everything.
        prior: None where the photo has none.

    Raises ValueRangeError for arrays of another size than the camera's.
    """

    name: str
    camera: Camera
    linear: Float32[np.ndarray, "h w 3"]
    mask: Bool[np.ndarray, "h w"] | None = None
    prior: Prior | None = None

    def __post_init__(self) -> None:
        k = self.camera.intrinsics
        size = k.height_px, k.width_px
        planes = {"linear": self.linear, "mask": self.mask}
        if self.prior is not None:
            planes |= {"prior depth": self.prior.inverse_depth, "prior normal": self.prior.normal}
        for name, plane in planes.items():
            if plane is not None and plane.shape[:2] != size:
                raise ValueRangeError(f"{name} of {self.name}", plane.shape, f"{size}, the camera's size")
