"""TorchFrame: a ModelFrame for batches of rays."""

import torch
from jaxtyping import Float
from torch import Tensor

from relens.multiview.nerfstudio.frame import ModelFrame


class TorchFrame:
    """Points and directions between the photo set's world (metres) and the model's, on any device."""

    def __init__(self, frame: ModelFrame) -> None:
        self.scale = frame.scale
        self._rotation = torch.from_numpy(frame.to_model[:3, :3]).float()
        self._shift = torch.from_numpy(frame.to_model[:3, 3]).float()

    def to_model(self, points_m: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
        """World points in the model's world."""
        return self.scale * (points_m @ self._rotation.T.to(points_m) + self._shift.to(points_m))

    def to_world(self, points: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
        """The inverse of `to_model`, in metres."""
        return (points / self.scale - self._shift.to(points)) @ self._rotation.to(points)

    def turned_to_model(self, directions: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
        """World directions in the model's world."""
        return directions @ self._rotation.T.to(directions)

    def turned_to_world(self, directions: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
        """The inverse of `turned_to_model`."""
        return directions @ self._rotation.to(directions)
