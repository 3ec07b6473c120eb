"""Push-in: straight towards the subject."""

from dataclasses import dataclass

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import place_aim_of, point_of
from relens.path.moves.amount import amount_m
from relens.path.moves.rig import Rig
from relens.path.shots import Shots, shots
from relens.ranges import number, positive
from relens.render.aim import Aim
from relens.scene import Scene

# Of the way to the subject.
_BEST = 0.25


@dataclass(frozen=True)
class PushIn:
    """The camera goes straight towards the subject, which stays where it is in the picture, and in focus.

    Attributes:
        seconds: from the photo's place to the end.
        travel_mm: how far; None for four fifths of what is safe.
        about: what it goes towards: `subject`, or a pixel of the photo (`1200,800`).
        hold_s: how long it stays at the end.
    """

    seconds: float = 4.0
    travel_mm: float | None = None
    about: str = "subject"
    hold_s: float = 0.5

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        number("hold_s", self.hold_s, "0 to 3600 seconds", 0, 3600)
        if self.travel_mm is not None:
            positive("travel_mm", self.travel_mm, "a positive number of millimetres")
        place_aim_of("about", self.about)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The path. Raises ValueRangeError for a travel past the subject, and as `amount_m` and `point_of` do."""
        rig = Rig(point_of("about", self.about, scene))
        if self.travel_mm is not None and 1e-3 * self.travel_mm >= rig.length_m:
            raise ValueRangeError("travel_mm", self.travel_mm, f"less than the {1e3 * rig.length_m:.0f} mm to it")

        def look(travel_m: float) -> Shots:
            return shots(self._path(rig, travel_m, rig.aim), scene, lens=lens, fps=1 / self.seconds)[1:2]

        travel_m = amount_m(self.travel_mm, "travel_mm", scene, look, _BEST * rig.length_m)
        return self._path(rig, travel_m, place_aim_of("about", self.about))

    def _path(self, rig: Rig, travel_m: float, focus: Aim) -> CameraPath:
        near_m, _ = rig.pose(0, 0, travel_m)
        start = Keyframe(0, (0, 0, 0), focus=focus, ease="in-out")
        return CameraPath((start, Keyframe(self.seconds, near_m, focus=focus, hold_s=self.hold_s)))
