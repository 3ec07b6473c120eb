"""Stereo pair: what the left and the right eye see, as two frames."""

from dataclasses import dataclass

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import place_aim_of
from relens.path.moves.amount import amount_m
from relens.path.shots import Shots, shots
from relens.ranges import number, positive
from relens.render.aim import Aim, place_of
from relens.scene import Scene

# Between most people's eyes: Dodgson, Variation and extrema of human interpupillary distance, 2004.
_EYES_M = 0.063
# Of the way to the subject: what stereographers call the rule of thirty.
_BEST = 1 / 30


@dataclass(frozen=True)
class StereoPair:
    """Two parallel cameras, one frame each, the left eye first; play them at the path's own frame rate.

    Keyframes cannot shift a picture on its sensor, so infinity has no disparity and the rest stands before the screen.
    `relens stereo` shears the views, which puts the subject into the screen.

    Attributes:
        fps: frames a second; a pair lasts two frames.
        baseline_mm: between the eyes; None for the least of people's own 63 mm, a thirtieth of the way to the subject,
            and four fifths of what is safe.
        focus: what is in focus: `subject`, or a pixel of the photo (`1200,800`).
    """

    fps: float = 24.0
    baseline_mm: float | None = None
    focus: str = "subject"

    def __post_init__(self) -> None:
        number("fps", self.fps, "0.01 to 1000 frames a second", 0.01, 1000)
        if self.baseline_mm is not None:
            positive("baseline_mm", self.baseline_mm, "a positive number of millimetres")
        place_aim_of("focus", self.focus)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The two frames. Raises ValueRangeError as `amount_m` does."""
        aim = place_aim_of("focus", self.focus)
        x, y, _, inverse_m = place_of(aim, scene).tolist()
        found = Aim(point_m=(x / inverse_m, y / inverse_m, 1 / inverse_m)) if inverse_m else aim

        def look(baseline_m: float) -> Shots:
            return shots(self._path(baseline_m, found), scene, lens=lens)

        best_m = min(_EYES_M, _BEST / inverse_m) if inverse_m else _EYES_M
        return self._path(amount_m(self.baseline_mm, "baseline_mm", scene, look, best_m), aim)

    def _path(self, baseline_m: float, focus: Aim) -> CameraPath:
        left = Keyframe(0, (-baseline_m / 2, 0, 0), focus=focus, ease="hold")
        return CameraPath((left, Keyframe(1 / self.fps, (baseline_m / 2, 0, 0), focus=focus)), fps=self.fps)
