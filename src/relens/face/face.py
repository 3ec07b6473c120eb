"""Face: what is measured of a face in a photo."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

# Points of the mesh, by the names of anatomy; left and right are the picture's.
LEFT_TEMPLE, RIGHT_TEMPLE = 234, 454
LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS = (33, 133), (362, 263)
FOREHEAD, SELLION, NOSE_TIP, CHIN = 10, 168, 4, 152
MOUTH_CORNERS, LIPS = (61, 291), (13, 14)
JAW = (172, 397)


@dataclass(frozen=True)
class Eye:
    """One eye.

    Attributes:
        centre_px: (column, row) of the iris.
        iris_px: lengths of the iris' two diameters, along and across the eye.
        angle_rad: clockwise turn of the first against the picture's rows.
        spread: one standard deviation of the logarithm of the diameters, as several looks at the eye scatter.
        openness: height of the opening over its width; under 0.2 the eye is closed or nearly so.
    """

    centre_px: Float64[np.ndarray, "2"]
    iris_px: Float64[np.ndarray, "2"]
    angle_rad: float
    spread: float
    openness: float


@dataclass(frozen=True)
class Face:
    """A face.

    Attributes:
        mesh_px: (468, 3) points on its surface: column, row, and depth relative to the others in the same pixels, less
            is nearer (weak perspective).
        score: how surely the mesh lies on a face, and as the detector saw it, 0 to 1.
        eyes: the picture's left one, then its right one.
    """

    mesh_px: Float32[np.ndarray, "468 3"]
    score: float
    eyes: tuple[Eye, Eye]

    @property
    def centre_px(self) -> Float32[np.ndarray, "2"]:
        """Middle of the mesh."""
        return (self.mesh_px[:, :2].min(axis=0) + self.mesh_px[:, :2].max(axis=0)) / 2

    @property
    def width_px(self) -> float:
        """From temple to temple, in space: a turned head is as wide as one seen from the front."""
        return float(np.linalg.norm(self.mesh_px[LEFT_TEMPLE] - self.mesh_px[RIGHT_TEMPLE]))

    @property
    def yaw_rad(self) -> float:
        """How far the head is turned away from the camera, to either side; 0 is from the front."""
        across = self.mesh_px[RIGHT_TEMPLE] - self.mesh_px[LEFT_TEMPLE]
        return float(np.arctan2(across[2], np.hypot(across[0], across[1])))

    @property
    def pitch_rad(self) -> float:
        """How far the head is tilted, chin forward (thrown back) being positive; 0 is from the front."""
        down = self.mesh_px[CHIN] - self.mesh_px[FOREHEAD]
        return float(np.arctan2(-down[2], np.hypot(down[0], down[1])))

    @property
    def roll_rad(self) -> float:
        """Clockwise turn of the head in the picture."""
        across = self.mesh_px[RIGHT_EYE_CORNERS[1]] - self.mesh_px[LEFT_EYE_CORNERS[0]]
        return float(np.arctan2(across[1], across[0]))
