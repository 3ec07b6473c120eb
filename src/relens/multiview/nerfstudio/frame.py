"""ModelFrame: where a nerfstudio model's world lies in the world of the photos' own cameras."""

import os
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from relens.path.nerfstudio import read_dataparser
from relens.path.rigid import rigid


def _identity() -> Float64[np.ndarray, "4 4"]:
    return np.eye(4)


@dataclass(frozen=True)
class ModelFrame:
    """What nerfstudio's dataparsers do to a data set's world: model = scale * (rotation @ point + translation).

    Attributes:
        to_model: (4, 4) the rigid transform, before the scale.
        scale: model units in one unit of the data set.
    """

    to_model: Float64[np.ndarray, "4 4"] = field(default_factory=_identity)
    scale: float = 1.0

    @staticmethod
    def read(file: str | os.PathLike[str]) -> "ModelFrame":
        """The frame in a dataparser_transforms.json, which ns-train writes beside its config. Raises FileError."""
        return ModelFrame(*read_dataparser(file))

    def point(self, point_m: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3"]:
        """A point of the data set in the model's world."""
        return self.scale * (self.to_model[:3, :3] @ point_m + self.to_model[:3, 3])

    def turned(self, vectors: Float64[np.ndarray, "3 3"]) -> Float64[np.ndarray, "3 3"]:
        """The columns of a matrix, directions of the data set's world, in the model's world; lengths stay."""
        return self.to_model[:3, :3] @ vectors

    def pose_in_dataset(self, camera_to_model: Float64[np.ndarray, "4 4"]) -> Float64[np.ndarray, "4 4"]:
        """A camera's pose in the data set's world, from its pose in the model's; the camera's axes stay."""
        pose = camera_to_model.copy()
        pose[:3, 3] /= self.scale
        return rigid("camera_to_world", np.linalg.inv(self.to_model) @ pose)
