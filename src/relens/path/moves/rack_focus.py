"""Rack focus: the focus goes from one thing to another while the camera stands still."""

from dataclasses import dataclass

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import aim_of
from relens.ranges import number, positive
from relens.render.aim import Aim
from relens.render.focus import background_depth_m
from relens.scene import Scene


@dataclass(frozen=True)
class RackFocus:
    """The focus rests on one thing, goes to the other, slow at both ends, and rests there.

    Attributes:
        seconds: of the pull itself, without what it holds.
        focus_from, focus_to: `subject`, a pixel of the photo (`1200,800`), a distance (`1.2m`) or `inf`; None for the
            background.
        hold_s: how long it rests at each end.
    """

    seconds: float = 1.5
    focus_from: str | None = "subject"
    focus_to: str | None = None
    hold_s: float = 1.0

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        number("hold_s", self.hold_s, "0 to 3600 seconds", 0, 3600)
        for name in ("focus_from", "focus_to"):
            if (text := getattr(self, name)) is not None:
                aim_of(name, text)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The path, whatever the lens."""
        first, last = (
            Aim(distance_m=background_depth_m(scene)) if text is None else aim_of(name, text)
            for name, text in (("focus_from", self.focus_from), ("focus_to", self.focus_to))
        )
        start = Keyframe(0, focus=first, ease="in-out", hold_s=self.hold_s)
        return CameraPath((start, Keyframe(self.hold_s + self.seconds, focus=last, hold_s=self.hold_s)))
