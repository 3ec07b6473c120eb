"""Focus sweep: the plane of focus goes once through the whole scene, from near to far."""

from dataclasses import dataclass

import numpy as np

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import aim_of
from relens.ranges import number, positive
from relens.render.aim import Aim
from relens.render.focus import visible_inverse_depth
from relens.scene import Scene

# A few odd texels do not say how deep a scene is; the plane of focus starts before, and ends behind, nearly all of it.
_NEAR_PERCENT, _FAR_PERCENT = 99.5, 0.5
# No lens is focused nearer than its focal length, and no photographer's nearer than this many of it.
_NEAREST_FOCAL_LENGTHS = 1.5


@dataclass(frozen=True)
class FocusSweep:
    """The focus goes evenly in inverse depth, so that blur grows and shrinks at one pace; the camera stands still.

    Attributes:
        seconds: of the sweep itself, without what it holds.
        focus_from, focus_to: a distance (`25cm`), `inf`, `subject` or a pixel of the photo; None for the nearest and
            the farthest that the photo shows.
        hold_s: how long it rests at each end.
    """

    seconds: float = 4.0
    focus_from: str | None = None
    focus_to: str | None = None
    hold_s: float = 0.5

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        number("hold_s", self.hold_s, "0 to 3600 seconds", 0, 3600)
        for name in ("focus_from", "focus_to"):
            if (text := getattr(self, name)) is not None:
                aim_of(name, text)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The path. It starts no nearer than the lens can be focused."""
        inverse_m = visible_inverse_depth(scene)
        nearest_m = 1e-3 * lens.focal_length_mm * _NEAREST_FOCAL_LENGTHS
        first, last = (
            Aim(distance_m=max(nearest_m, _metres(float(np.nanpercentile(inverse_m, percent)))))
            if text is None
            else aim_of(name, text)
            for name, text, percent in (
                ("focus_from", self.focus_from, _NEAR_PERCENT),
                ("focus_to", self.focus_to, _FAR_PERCENT),
            )
        )
        start = Keyframe(0, focus=first, hold_s=self.hold_s)
        return CameraPath((start, Keyframe(self.hold_s + self.seconds, focus=last, hold_s=self.hold_s)))


def _metres(inverse_m: float) -> float:
    return 1 / inverse_m if inverse_m > 0 else float("inf")
