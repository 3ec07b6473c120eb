"""Box: what is fitted, and places in it."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

# The grids reach this share of the longest side beyond what is to be fitted, so that the surface can close.
_MARGIN = 0.03


@dataclass(frozen=True)
class Box:
    """A box in the world, and the unit of everything inside the fit: its longest side.

    Attributes:
        least_m: its least corner.
        side_m: its longest side.
        extent: its sides in units of the longest.
    """

    least_m: tuple[float, float, float]
    side_m: float
    extent: tuple[float, float, float]

    @staticmethod
    def around(box_m: np.ndarray) -> "Box":
        """What is to be fitted, (2, 3) least and greatest corner, and a margin."""
        margin = _MARGIN * float((box_m[1] - box_m[0]).max())
        least, sides = box_m[0] - margin, box_m[1] - box_m[0] + 2 * margin
        side = float(sides.max())
        x, y, z = (float(value) for value in sides / side)
        return Box((float(least[0]), float(least[1]), float(least[2])), side, (x, y, z))

    def places(self, points_m: Float[Tensor, "*n 3"]) -> Float[Tensor, "*n 3"]:
        """World points in the box's unit, from its least corner."""
        return (points_m - torch.tensor(self.least_m, device=points_m.device)) / self.side_m

    def points_m(self, places: Float[Tensor, "*n 3"]) -> Float[Tensor, "*n 3"]:
        """The inverse of `places`."""
        return places * self.side_m + torch.tensor(self.least_m, device=places.device)

    def crossed(
        self, origins: Float[Tensor, "n 3"], directions: Float[Tensor, "n 3"]
    ) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
        """Where rays, in the box's unit, enter and leave it; the same distance twice where they miss it."""
        extent = torch.tensor(self.extent, device=origins.device)
        slope = 1 / torch.where(directions.abs() < 1e-9, torch.full_like(directions, 1e-9), directions)
        low, high = -origins * slope, (extent - origins) * slope
        near = torch.minimum(low, high).amax(-1).clamp(min=0)
        far = torch.maximum(low, high).amin(-1)
        return near, torch.maximum(near, far)
