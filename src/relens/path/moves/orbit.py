"""Orbit: around the subject on an ellipse, and round again."""

from dataclasses import dataclass

import numpy as np

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

# Between them the spline is within a thousandth of the ellipse.
_KEYFRAMES = 20
_SHOTS = 8
# Of the way to the subject: 17 degrees to each side.
_BEST = 0.3


@dataclass(frozen=True)
class Orbit:
    """The camera goes around the subject on an ellipse; the subject stays where it is in the picture, and in focus.

    Attributes:
        seconds: of one round; the path is a loop.
        across_mm: how far to each side, along the arc; None for four fifths of what is safe.
        rise: how far up and down, as a part of that; 0 for a swing from side to side, 1 for a circle.
        about: what it goes around: `subject`, or a pixel of the photo (`1200,800`).
    """

    seconds: float = 6.0
    across_mm: float | None = None
    rise: float = 0.3
    about: str = "subject"

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        if self.across_mm is not None:
            positive("across_mm", self.across_mm, "a positive number of millimetres")
        number("rise", self.rise, "0 to 4", 0, 4)
        place_aim_of("about", self.about)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The loop, from the right of the photo's place on. Raises ValueRangeError as `amount_m` and `point_of` do."""
        rig = Rig(point_of("about", self.about, scene))

        def look(across_m: float) -> Shots:
            return shots(self._path(rig, across_m, rig.aim), scene, lens=lens, fps=_SHOTS / self.seconds)

        across_m = amount_m(self.across_mm, "across_mm", scene, look, _BEST * rig.length_m)
        return self._path(rig, across_m, place_aim_of("about", self.about))

    def _path(self, rig: Rig, across_m: float, focus: Aim) -> CameraPath:
        keyframes = []
        for index in range(_KEYFRAMES):
            turn = 2 * np.pi * index / _KEYFRAMES
            # Half a round from the bottom, since a camera that comes from above looks better at a face.
            eye_m, rotation = rig.pose(across_m * np.sin(turn), -self.rise * across_m * np.cos(turn))
            keyframes.append(Keyframe(self.seconds * index / _KEYFRAMES, eye_m, rotation, focus=focus))
        return CameraPath(tuple(keyframes), "kochanek-bartels", loop_s=self.seconds / _KEYFRAMES)
