"""SafeVolume: how far the page's camera may go around the subject before the scene shows holes."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from relens.lens import Lens
from relens.path.moves.rig import Rig
from relens.path.safe import safe_amount
from relens.path.shot import Shot
from relens.path.witness import witness_of
from relens.scene import Scene
from relens.viewer.subject_point import subject_point_m

# Safe through this, a page's usual fastest lens, is safe through every smaller pupil.
_LENS = Lens(85, 1.4)
# Of the way to the subject: farther round or closer no portrait is looked at, and farther back it is a stamp.
_MOST_ASIDE, _MOST_FORWARD, _MOST_BACK = 0.5, 0.5, 1.0
_MOST_M = 10.0


@dataclass(frozen=True)
class SafeVolume:
    """How far the eye may go from the photo's place, metres, 0 or more; all of it, without a margin.

    Convention: along the axes of the photo's camera, while the camera turns so that the subject keeps its place in the
    picture (`relens.path.moves.rig`); forward and back along the arm to the subject.
    """

    left_m: float
    right_m: float
    up_m: float
    down_m: float
    forward_m: float
    back_m: float

    def record(self) -> dict[str, float]:
        """As JSON has it."""
        return asdict(self)


def safe_volume(scene: Scene, lens: Lens) -> SafeVolume:
    """Look in six directions (`relens.path.safe`), through the lens's pupil or that of an 85 mm f/1.4, if it is larger.

    Half of the way to the subject is the most to every side and forward, all of it back, and 10 m everywhere.
    """
    wide = lens if lens.pupil_diameter_m > _LENS.pupil_diameter_m else _LENS
    rig, witness = Rig(np.array(subject_point_m(scene))), witness_of(scene)

    def shot(right_m: float, down_m: float, closer_m: float) -> Shot:
        eye_m, rotation = rig.pose(right_m, down_m, closer_m)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation, eye_m
        # Turning about the subject, the camera keeps its distance along the axis.
        distance_m = rig.point_m[2] * (1 - closer_m / rig.length_m)
        focus_m = max(distance_m, 2e-3 * wide.focal_length_mm)
        return Shot(0.0, replace(scene.camera, camera_to_world=pose), replace(wide, focus_distance_m=focus_m))

    def farthest_m(right: int, down: int, closer: int, most: float) -> float:
        """Of the eye, as the arm swings: a little less than the arc."""
        most_m = min(most * rig.length_m, _MOST_M)
        safe_m = safe_amount(scene, lambda m: [shot(right * m, down * m, closer * m)], most_m, witness)
        return safe_m if closer else rig.length_m * float(np.sin(safe_m / rig.length_m))

    return SafeVolume(
        left_m=farthest_m(-1, 0, 0, _MOST_ASIDE),
        right_m=farthest_m(1, 0, 0, _MOST_ASIDE),
        up_m=farthest_m(0, -1, 0, _MOST_ASIDE),
        down_m=farthest_m(0, 1, 0, _MOST_ASIDE),
        forward_m=farthest_m(0, 0, 1, _MOST_FORWARD),
        back_m=farthest_m(0, 0, -1, _MOST_BACK),
    )
