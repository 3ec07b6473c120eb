"""Rig: a camera on an arm around a point, which stays where it is in the picture."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.render.aim import Aim
from relens.rotation import exp_so3


@dataclass(frozen=True)
class Rig:
    """An arm from a point to the photo's camera. However it swings, the point keeps its pixel.

    So the photo's composition stays, and less is seen past its frame than by a camera that looks straight at the point.

    Attributes:
        point_m: (3,) what the arm is fixed to.
    """

    point_m: Float64[np.ndarray, "3"]

    @property
    def length_m(self) -> float:
        """From the point to the photo's camera."""
        return float(np.linalg.norm(self.point_m))

    @property
    def aim(self) -> Aim:
        """The point, as keyframes say it."""
        x, y, z = self.point_m.tolist()
        return Aim(point_m=(x, y, z))

    def pose(
        self, right_m: float, down_m: float, closer_m: float = 0.0
    ) -> tuple[tuple[float, float, float], Float64[np.ndarray, "3 3"]]:
        """Eye and rotation of the camera.

        Args:
            right_m: along the arc around the point, as the photo's camera would start to go.
            down_m: the same, downwards.
            closer_m: towards the point, along the arm.
        """
        rotation = exp_so3(np.array([down_m, -right_m, 0.0]) / self.length_m)
        x, y, z = (self.point_m - (1 - closer_m / self.length_m) * rotation @ self.point_m).tolist()
        return (x, y, z), rotation
