"""Pose track: where the camera of a path stands and how it is turned, at any time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from relens.errors import ValueRangeError
from relens.path.course import Course, course_of
from relens.path.keyframe import Keyframe
from relens.path.look_at import is_plumb, level_rotations, towards
from relens.path.rotation_spline import turn_lengths_rad, turned_along
from relens.path.spline import EyeSpline, eye_spline
from relens.path.time_warp import TimeWarp
from relens.path.tracks import Track, Tracks
from relens.render.aim import Aim
from relens.rotation import exp_so3, log_so3

# What looks at something turns as the eye moves, so that its angle to the next is never quite known.
_LEAST_TURN_RAD = np.radians(1.0)
_ROUNDED = 1e-12


@dataclass(frozen=True)
class Orientations:
    """What keyframes say of how the camera is turned.

    Attributes:
        looks: (m,) whether it looks at a place.
        places: (m, 4) homogeneous (`relens.render.aim.place_of`); 0 where it looks at none.
        rotations: (m, 3, 3) from camera axes to world axes; the identity where it looks at a place.
    """

    looks: Bool[np.ndarray, " m"]
    places: Float64[np.ndarray, "m 4"]
    rotations: Float64[np.ndarray, "m 3 3"]

    def of(self, which: Int64[np.ndarray, " n"], eye_m: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3 3"]:
        """Those of given keyframes, seen from given places; NaN for what is straight above or below."""
        turned, looks = self.rotations[which], self.looks[which]
        if looks.any():
            direction = towards(self.places[which[looks]], eye_m[looks])
            direction[is_plumb(direction)] = np.nan
            turned[looks] = level_rotations(direction)
        return turned


@dataclass(frozen=True)
class PoseTrack:
    """A path's poses.

    Attributes:
        tracks: its clock.
        eye, eye_track, eye_warp: the way of the eye, the keyframes that say it, and how far along it is when.
        turns, turn_track, turn_warp, course: the same for how it is turned.
    """

    tracks: Tracks
    eye: EyeSpline
    eye_track: Track
    eye_warp: TimeWarp
    turns: Orientations
    turn_track: Track
    turn_warp: TimeWarp
    course: Course

    def at(self, time_s: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, "n 4 4"]:
        """Camera-to-world poses at the path's own times.

        Raises ValueRangeError, with the time, where what it looks at is straight above or below.
        """
        running_s = self.tracks.clock.running_at(time_s)
        poses = np.zeros((len(time_s), 4, 4))
        poses[:, 3, 3] = 1
        poses[:, :3, 3] = eye_m = self.eye.at(self.eye_warp.at(self.eye_track.wound(running_s)))
        knot = self.turn_warp.at(self.turn_track.wound(running_s))
        poses[:, :3, :3] = turned_along(self.course, knot, lambda which: self.turns.of(which, eye_m))
        if (lost := np.isnan(poses[:, 0, 0])).any():
            found = f"straight above or below the camera at {time_s[np.argmax(lost)]:g} s"
            raise ValueRangeError("look_at", found, "a place that a level camera can look at")
        return poses


def pose_track(tracks: Tracks, places: dict[Aim, Float64[np.ndarray, "4"]]) -> PoseTrack:
    """The poses of a path; where no keyframe says them, the photo's own.

    places: where the aims of its keyframes are (`relens.render.aim.place_of`).
    """
    path, keyframes = tracks.path, tracks.path.keyframes
    eye_track = tracks.of(key.eye_m is not None for key in keyframes) or tracks.always()
    points_m = np.array([keyframes[key].eye_m or (0.0, 0.0, 0.0) for key in eye_track.keys], np.float64)
    eye = eye_spline(points_m, path.spline, eye_track.closed, _shape(keyframes, eye_track))
    eye_warp = eye_track.warp(eye.knots)

    said = [key.rotation is not None or key.look_at is not None for key in keyframes]
    turn_track = tracks.of(said) or tracks.always()
    turns = _orientations([keyframes[key] for key in turn_track.keys], places)
    then_m = eye.at(eye_warp.at(eye_track.wound(tracks.clock.running_s[turn_track.keys])))
    seen = turns.of(np.arange(len(turn_track.keys)), then_m)
    course, knots = course_of(
        _turn_lengths_rad(turns, seen, turn_track.closed), path.spline, turn_track.closed, _shape(keyframes, turn_track)
    )
    return PoseTrack(tracks, eye, eye_track, eye_warp, turns, turn_track, turn_track.warp(knots), course)


def _shape(keyframes: Sequence[Keyframe], track: Track) -> Float64[np.ndarray, "m 3"]:
    return np.array([(key.tension, key.continuity, key.bias) for key in (keyframes[k] for k in track.keys)])


def _orientations(keyframes: Sequence[Keyframe], places: dict[Aim, np.ndarray]) -> Orientations:
    looks = np.array([key.look_at is not None for key in keyframes])
    at = np.array([np.zeros(4) if key.look_at is None else places[key.look_at] for key in keyframes])
    rotations = np.array([np.eye(3) if key.rotation is None else key.rotation for key in keyframes])
    # Numbers from a file are rounded; the nearest rotation is meant.
    rough = np.abs(rotations @ np.swapaxes(rotations, 1, 2) - np.eye(3)).max(axis=(1, 2)) > _ROUNDED
    rotations[rough] = exp_so3(log_so3(rotations[rough]))
    return Orientations(looks, at, rotations)


def _turn_lengths_rad(turns: Orientations, seen: np.ndarray, closed: bool) -> np.ndarray:
    """Angles from each orientation to the next at their times; 0 for the same place to look at, from wherever."""
    angles = turn_lengths_rad(np.nan_to_num(seen), closed)
    next_ = np.arange(1, len(seen) + 1) % len(seen) if closed else np.arange(1, len(seen))
    one = np.arange(len(next_))
    either, both = turns.looks[one] | turns.looks[next_], turns.looks[one] & turns.looks[next_]
    same = both & (turns.places[one] == turns.places[next_]).all(axis=1)
    return np.where(same, 0.0, np.where(either, np.maximum(angles, _LEAST_TURN_RAD), angles))
