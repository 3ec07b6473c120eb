"""Light-field grid: the scene from the stations of a square grid, row by row."""

from dataclasses import dataclass

import numpy as np

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import place_aim_of, point_of
from relens.path.moves.amount import amount_m
from relens.path.moves.rig import Rig
from relens.path.shots import Shots, shots
from relens.ranges import number, positive, whole
from relens.render.aim import Aim
from relens.scene import Scene

# Of the way to the subject.
_BEST = 0.2


@dataclass(frozen=True)
class LightFieldGrid:
    """Parallel cameras on a square in the photo's plane, one frame each: from the top left, to the right, row by row.

    Attributes:
        fps: frames a second, to be kept: a frame is a station.
        count: stations on a side.
        span_mm: the square's side; None for four fifths of what is safe.
        focus: what is in focus: `subject`, or a pixel of the photo (`1200,800`).
    """

    fps: float = 24.0
    count: int = 5
    span_mm: float | None = None
    focus: str = "subject"

    def __post_init__(self) -> None:
        number("fps", self.fps, "0.01 to 1000 frames a second", 0.01, 1000)
        whole("count", self.count, "2 to 100 stations on a side", 2, 100)
        if self.span_mm is not None:
            positive("span_mm", self.span_mm, "a positive number of millimetres")
        place_aim_of("focus", self.focus)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """All stations. Raises ValueRangeError as `amount_m` and `point_of` do."""
        rig = Rig(point_of("focus", self.focus, scene))

        def look(span_m: float) -> Shots:
            return shots(self._path(2, span_m, rig.aim), scene, lens=lens)

        span_m = amount_m(self.span_mm, "span_mm", scene, look, _BEST * rig.length_m)
        return self._path(self.count, span_m, place_aim_of("focus", self.focus))

    def _path(self, count: int, span_m: float, focus: Aim) -> CameraPath:
        steps_m = (span_m * np.linspace(-0.5, 0.5, count)).tolist()
        stations = [(right_m, down_m, 0.0) for down_m in steps_m for right_m in steps_m]
        keyframes = [
            Keyframe(index / self.fps, eye_m, focus=focus, ease="hold") for index, eye_m in enumerate(stations)
        ]
        return CameraPath(tuple(keyframes), "linear", fps=self.fps)
