"""Splats: a cloud of 3D Gaussians with colour, what splat trainers and image-to-splat networks make."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.errors import ValueRangeError

# Coefficients a channel for degrees 0 to 3.
SH_COUNTS = (1, 4, 9, 16)


@dataclass(frozen=True)
class Splats:
    """3D Gaussians with opacity and view-dependent colour (Kerbl et al., "3D Gaussian Splatting", 2023, section 4).

    Convention: the file's own world frame, whose unit is taken as a metre; `camera` says where it was seen from. What
    a ray in direction (x, y, z) sees of a splat is 0.5 + the sum of its coefficients times the real spherical
    harmonics, no less than 0.

    Attributes:
        means_m: (n, 3) centres.
        scales_m: (n, 3) standard deviations along the splat's own axes, 0 or more.
        rotations: (n, 4) unit quaternions w x y z, the splat's own axes to the world.
        opacity: (n,) 0 to 1, at the centre.
        sh: (n, k, 3) spherical-harmonics coefficients, k = 1, 4, 9 or 16 for degrees 0 to 3.
        camera: the camera the file says it was made for, OpenCV axes; None where it does not.
        colour_space: what the harmonics give and what is blended: "srgb" encoded values (as splats are trained on
            photos) or "linear" light.
        notes: what the user should know about how it was read, a line each.

    Raises ValueRangeError without splats, for arrays that do not fit each other, numbers that are not finite, and
    scales, rotations or opacities out of range.
    """

    means_m: Float32[np.ndarray, "n 3"]
    scales_m: Float32[np.ndarray, "n 3"]
    rotations: Float32[np.ndarray, "n 4"]
    opacity: Float32[np.ndarray, " n"]
    sh: Float32[np.ndarray, "n k 3"]
    camera: Camera | None = None
    colour_space: Literal["srgb", "linear"] = "srgb"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(self.notes))
        count = len(self.means_m)
        if count == 0:
            raise ValueRangeError("splats", 0, "at least one")
        shapes = {"means_m": (count, 3), "scales_m": (count, 3), "rotations": (count, 4), "opacity": (count,)}
        for name, expected in shapes.items():
            if getattr(self, name).shape != expected:
                raise ValueRangeError(name, getattr(self, name).shape, f"{expected}, one for each splat")
        if self.sh.ndim != 3 or len(self.sh) != count or self.sh.shape[1] not in SH_COUNTS or self.sh.shape[2] != 3:
            raise ValueRangeError("sh", self.sh.shape, f"({count}, 1, 4, 9 or 16, 3)")
        for name in (*shapes, "sh"):
            # A sum carries NaN and infinity along, and costs no temporary the size of the array.
            if not np.isfinite(getattr(self, name).sum(dtype=np.float64)):
                raise ValueRangeError(name, "NaN or infinite", "finite numbers only")
        if self.scales_m.min() < 0:
            raise ValueRangeError("scales_m", self.scales_m.min(), "0 or more")
        if self.opacity.min() < 0 or self.opacity.max() > 1:
            raise ValueRangeError("opacity", f"{self.opacity.min():g} to {self.opacity.max():g}", "0 to 1")
        length = np.linalg.norm(self.rotations, axis=1)
        if np.abs(length - 1).max() > 1e-3:
            raise ValueRangeError("rotations", f"length {length.min():g} to {length.max():g}", "unit quaternions")
        if self.colour_space not in ("srgb", "linear"):
            raise ValueRangeError("colour_space", self.colour_space, "srgb or linear")

    def __len__(self) -> int:
        """How many splats there are."""
        return len(self.means_m)
