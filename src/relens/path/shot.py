"""Shot: one frame of a path, all numbers: camera, lens and exposure."""

from dataclasses import dataclass

from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import MovingCamera


@dataclass(frozen=True)
class Shot:
    """What photographs one frame.

    Attributes:
        time_s: of the middle of its exposure, from the start of the path.
        camera: pose, field of view and size; a moving one where the shutter is open while it moves.
        lens: with its focus measured from there.
        exposure_ev: stops brighter or darker than the scene.
    """

    time_s: float
    camera: Camera | MovingCamera
    lens: Lens
    exposure_ev: float = 0.0
