"""Tracks: every value has its own, through the keyframes that say it; before the first and after the last it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int64

from relens.path.camera_path import CameraPath
from relens.path.clock import Clock, clock_of
from relens.path.ease import ease_controls, eased
from relens.path.time_warp import TimeWarp, time_warp

# What goes evenly while a value goes from one number to another.
Scale = Literal["even", "log", "fov"]


@dataclass(frozen=True)
class Track:
    """The keyframes that say one value.

    Attributes:
        keys: (m,) which of the path's keyframes, ascending; one or more.
        times_s: (m,) when, by the clock that holds stop; in a loop one more, the first again a round later.
        controls: (m or m - 1, 4) the ease from each to the next.
        rests: (m or m + 1,) whether it is at rest at each: the path is held, or goes on without it.
        pauses_s: running times at which the path is held while this value is on its way.
        pause_controls: the eases by which it then goes on.
    """

    keys: Int64[np.ndarray, " m"]
    times_s: Float64[np.ndarray, " t"]
    controls: Float64[np.ndarray, "g 4"]
    rests: Bool[np.ndarray, " t"]
    pauses_s: Float64[np.ndarray, " p"]
    pause_controls: Float64[np.ndarray, "p 4"]

    @property
    def closed(self) -> bool:
        """Whether it goes round."""
        return len(self.times_s) > len(self.keys)

    def wound(self, running_s: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """Running times, taken in a loop to the round that begins with the first keyframe of the track."""
        if not self.closed:
            return running_s
        first_s, last_s = self.times_s[0], self.times_s[-1]
        later_s = np.where(running_s < first_s, running_s + (last_s - first_s), running_s)
        return np.where(later_s >= last_s, later_s - (last_s - first_s), later_s)

    def between(
        self, running_s: Float64[np.ndarray, " n"]
    ) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"], Float64[np.ndarray, " n"]]:
        """From which keyframe of the track to which a moment is on its way, and the eased share of it."""
        if len(self.times_s) == 1:
            none = np.zeros(running_s.shape, np.int64)
            return none, none, np.zeros(running_s.shape)
        at_s = self.wound(running_s)
        index = np.clip(np.searchsorted(self.times_s, at_s, side="right") - 1, 0, len(self.times_s) - 2)
        one, other = self.times_s[index], self.times_s[index + 1]
        share = eased(self.controls[index], np.clip((at_s - one) / (other - one), 0, 1))
        return index, np.mod(index + 1, len(self.keys)), share

    def warp(self, knots: Float64[np.ndarray, " t"]) -> TimeWarp:
        """How far along a way it is at (wound) running times; at rest wherever the path is held."""
        warp = time_warp(self.times_s, knots, self.controls, self.rests, self.closed)
        if not self.pauses_s.size:
            return warp
        # What a held keyframe leaves out is held where it has come to.
        times_s = np.append(self.times_s, self.pauses_s)
        knots = np.append(knots, warp.at(self.pauses_s))
        rests = np.append(self.rests, np.ones(len(self.pauses_s), bool))
        # The last time has no ease of its own.
        controls = np.concatenate([self.controls, self.controls[:1], self.pause_controls])
        order = np.argsort(times_s, kind="stable")
        return time_warp(times_s[order], knots[order], controls[order[:-1]], rests[order], self.closed)


@dataclass(frozen=True)
class Tracks:
    """What all tracks of a path share: its clock and its eases."""

    path: CameraPath
    clock: Clock
    controls: Float64[np.ndarray, "k 4"]

    def of(self, said: Iterable[bool]) -> Track | None:
        """The track through the keyframes that say a value; None where none does."""
        keys = np.flatnonzero(np.fromiter(said, bool))
        if not keys.size:
            return None
        running_s, held = self.clock.running_s, self.clock.hold_s > 0
        period_s = self.clock.period_s
        times_s, rests, controls = running_s[keys], held[keys], self.controls[keys]
        pauses = np.setdiff1d(np.flatnonzero(held), keys)
        pauses_s = running_s[pauses]
        # Of one keyframe there is no way to be on.
        if period_s is None or len(keys) == 1:
            # What begins after the path does, or ends before it, does so from rest, and comes to rest.
            rests[0] |= keys[0] > 0
            rests[-1] |= keys[-1] < len(held) - 1
            on_way = (pauses_s > times_s[0]) & (pauses_s < times_s[-1])
            return Track(keys, times_s, controls[:-1], rests, pauses_s[on_way], self.controls[pauses[on_way]])
        pauses_s = np.where(pauses_s < times_s[0], pauses_s + period_s, pauses_s)
        times_s, rests = np.append(times_s, times_s[0] + period_s), np.append(rests, rests[0])
        return Track(keys, times_s, controls, rests, pauses_s, self.controls[pauses])

    def always(self) -> Track:
        """The track of a value that no keyframe says: it is what it is all along."""
        clock = self.clock
        none = np.zeros((0, 4))
        return Track(np.zeros(1, np.int64), clock.running_s[:1], none, np.zeros(1, bool), np.zeros(0), none)

    def values(
        self, said: list[float | None], running_s: Float64[np.ndarray, " n"], scale: Scale = "even"
    ) -> Float64[np.ndarray, " n"] | None:
        """A number at running times, from what keyframes say of it; None where none says anything."""
        track = self.of(value is not None for value in said)
        if track is None:
            return None
        numbers = np.array([said[key] for key in track.keys], np.float64)
        one, other, share = track.between(running_s)
        return blended(numbers[one], numbers[other], share, scale)


def tracks_of(path: CameraPath) -> Tracks:
    """The clock and the eases of a path."""
    return Tracks(path, clock_of(path), ease_controls([key.ease for key in path.keyframes]))


def blended(
    one: Float64[np.ndarray, " n"], other: Float64[np.ndarray, " n"], share: Float64[np.ndarray, " n"], scale: Scale
) -> Float64[np.ndarray, " n"]:
    """From one number to the other by a share; at 0 and 1, and between equals, to the last bit.

    | scale | what goes evenly | for |
    |---|---|---|
    | even | the number | angles, stops of exposure, inverse depths |
    | log | its logarithm | focal lengths, f-numbers and T-stops: the same share of a stop in the same time |
    | fov | log tan(fov / 2), which is that of the focal length | fields of view: a zoom by equal factors |
    """
    if scale == "fov":
        first, last = np.tan(one / 2), np.tan(other / 2)
        middle = 2 * np.arctan(first * (last / first) ** share)
    elif scale == "log":
        middle = one * (other / one) ** share
    else:
        middle = one + share * (other - one)
    return np.where((share == 0) | (one == other), one, np.where(share == 1, other, middle))
