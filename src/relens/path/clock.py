"""Clock: the time that a path's values run by. It stands still while a keyframe is held, and a loop winds it back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.path.camera_path import CameraPath
from relens.path.ease import ease_controls, is_hold

# A frame this near a keyframe's time is meant to be at it.
_SAME_TIME_S = 1e-9
# Ahead of a jump, by as little as can be told from it.
JUST_BEFORE_S = 4e-9


@dataclass(frozen=True)
class Clock:
    """When each keyframe begins and how long it is held.

    Attributes:
        time_s: (k,) when keyframes begin, by the path's own time.
        hold_s: (k,) how long they are held.
        running_s: (k,) when they begin on the clock that stands still meanwhile.
        loop_s: from the last back to the first; None for a path that ends.
    """

    time_s: Float64[np.ndarray, " k"]
    hold_s: Float64[np.ndarray, " k"]
    running_s: Float64[np.ndarray, " k"]
    loop_s: float | None

    @property
    def period_s(self) -> float | None:
        """Running time of one round of a loop; None for a path that ends."""
        return None if self.loop_s is None else float(self.running_s[-1] - self.running_s[0]) + self.loop_s

    @property
    def end_s(self) -> float:
        """The path's own time at the end of the last hold, or of the way back."""
        return float(self.time_s[-1] + self.hold_s[-1]) + (self.loop_s or 0.0)

    def running_at(self, time_s: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """Running time at the path's own times; before the beginning and after the end it stands, or goes round."""
        first_s = self.time_s[0]
        if self.loop_s is not None:
            time_s = first_s + np.mod(time_s - first_s, self.end_s - first_s)
        near = np.clip(np.searchsorted(self.time_s, time_s - _SAME_TIME_S), 0, len(self.time_s) - 1)
        time_s = np.where(np.abs(self.time_s[near] - time_s) <= _SAME_TIME_S, self.time_s[near], time_s)
        if not self.hold_s.any():
            return time_s if self.loop_s is not None else np.clip(time_s, first_s, self.time_s[-1])
        moments = np.stack([self.time_s, self.time_s + self.hold_s], axis=1).ravel()
        running = np.repeat(self.running_s, 2)
        if self.loop_s is not None:
            moments, running = np.append(moments, self.end_s), np.append(running, running[-1] + self.loop_s)
        return np.interp(time_s, moments, running)


def clock_of(path: CameraPath) -> Clock:
    """The clock of a path."""
    time_s = np.array([key.time_s for key in path.keyframes], np.float64)
    hold_s = np.array([key.hold_s for key in path.keyframes], np.float64)
    held_s = np.concatenate([[0.0], np.cumsum(hold_s)[:-1]])
    return Clock(time_s, hold_s, time_s - held_s, path.loop_s)


def cuts_s(path: CameraPath, clock: Clock) -> Float64[np.ndarray, " c"]:
    """The path's own times at which a value jumps: where a keyframe follows one whose ease is hold."""
    ends_s = np.append(clock.time_s[1:], clock.end_s)
    return ends_s[is_hold(ease_controls([key.ease for key in path.keyframes]))]
