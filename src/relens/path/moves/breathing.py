"""Breathing: a portrait that lives: a small loop closer and to the side, the focus on the face."""

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

_KEYFRAMES = 24
_SHOTS = 6
# Of the way to the subject.
_BEST = 0.04


@dataclass(frozen=True)
class Breathing:
    """The camera sways from side to side and comes closer and goes back; the subject keeps its place and the focus.

    Attributes:
        seconds: of one breath; the path is a loop from the photo's own view.
        sway_mm: how far to each side; None for four fifths of what is safe.
        push: how much closer it comes, as a part of that.
        stops: how far the lens is stopped down where it is closest, so that a face stays sharp from nose to ears.
        about: what it is focused on: `subject`, or a pixel of the photo (`1200,800`), such as an eye.
    """

    seconds: float = 5.0
    sway_mm: float | None = None
    push: float = 1.5
    stops: float = 0.5
    about: str = "subject"

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        if self.sway_mm is not None:
            positive("sway_mm", self.sway_mm, "a positive number of millimetres")
        number("push", self.push, "0 to 10", 0, 10)
        number("stops", self.stops, "-4 to 4", -4, 4)
        place_aim_of("about", self.about)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The loop. Raises ValueRangeError as `amount_m` and `point_of` do."""
        rig = Rig(point_of("about", self.about, scene))

        def look(sway_m: float) -> Shots:
            return shots(self._path(rig, sway_m, lens, rig.aim), scene, lens=lens, fps=_SHOTS / self.seconds)

        sway_m = amount_m(self.sway_mm, "sway_mm", scene, look, _BEST * rig.length_m)
        return self._path(rig, sway_m, lens, place_aim_of("about", self.about))

    def _path(self, rig: Rig, sway_m: float, lens: Lens, focus: Aim) -> CameraPath:
        keyframes = []
        for index in range(_KEYFRAMES):
            turn = 2 * np.pi * index / _KEYFRAMES
            close = float(0.5 - 0.5 * np.cos(turn))
            eye_m, rotation = rig.pose(sway_m * np.sin(turn), 0.0, self.push * sway_m * close)
            f_number = lens.f_number * 2 ** (0.5 * self.stops * close)
            keyframes.append(
                Keyframe(self.seconds * index / _KEYFRAMES, eye_m, rotation, focus=focus, lens={"f_number": f_number})
            )
        return CameraPath(tuple(keyframes), "kochanek-bartels", loop_s=self.seconds / _KEYFRAMES)
