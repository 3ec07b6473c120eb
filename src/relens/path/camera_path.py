"""CameraPath: keyframes, and how the camera travels between them."""

from dataclasses import dataclass
from typing import Literal

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.keyframe import Keyframe
from relens.ranges import number, positive

Spline = Literal["centripetal", "kochanek-bartels", "linear"]
_SPLINES = ("centripetal", "kochanek-bartels", "linear")


@dataclass(frozen=True)
class CameraPath:
    """A camera move: keyframes in the order of time, and what holds for the whole of it.

    Attributes:
        keyframes: one or more; each starts after the one before it has been held.
        spline: the way of the eye, and of the turn, between keyframes (`relens.path.course`).
        loop_s: seconds from the last keyframe back to the first, so that the film can run in circles; None for none.
        lens: the lens where keyframes do not say otherwise; None for the caller's.
        focus_lag_s: how far the focus lags behind a place that it follows (`relens.path.focus_pull`).
        shutter_deg: how long each frame is exposed: 360 is the whole time to the next, 0 a moment.
        fps: frames a second, unless the caller says otherwise.

    Raises ValueRangeError for times that go backwards, a path of no length, and numbers out of range.
    """

    keyframes: tuple[Keyframe, ...]
    spline: Spline = "centripetal"
    loop_s: float | None = None
    lens: Lens | None = None
    focus_lag_s: float = 0.0
    shutter_deg: float = 0.0
    fps: float = 24.0

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "keyframes", tuple(self.keyframes))
        if not self.keyframes:
            raise ValueRangeError("keyframes", 0, "at least one keyframe")
        if self.spline not in _SPLINES:
            raise ValueRangeError("spline", repr(self.spline), f"one of {', '.join(_SPLINES)}")
        for index, (one, other) in enumerate(zip(self.keyframes, self.keyframes[1:], strict=False)):
            leaves_s = one.time_s + one.hold_s
            if other.time_s <= leaves_s:
                name = f"keyframes[{index + 1}].time_s"
                raise ValueRangeError(name, f"{other.time_s:g}", f"a time after the last keyframe's, {leaves_s:g} s")
        if self.loop_s is not None:
            set_(self, "loop_s", positive("loop_s", self.loop_s, "a positive number of seconds"))
        set_(self, "focus_lag_s", number("focus_lag_s", self.focus_lag_s, "0 to 60 seconds", 0, 60))
        set_(self, "shutter_deg", number("shutter_deg", self.shutter_deg, "0 to 360 degrees", 0, 360))
        set_(self, "fps", number("fps", self.fps, "0.01 to 1000 frames a second", 0.01, 1000))
        if self.duration_s <= 0:
            raise ValueRangeError("keyframes", f"{len(self.keyframes)} at one time", "a path that lasts; hold_s holds")

    @property
    def duration_s(self) -> float:
        """From the first keyframe to the end of the last, its hold and the way back of a loop included."""
        first, last = self.keyframes[0], self.keyframes[-1]
        return last.time_s + last.hold_s + (self.loop_s or 0.0) - first.time_s
