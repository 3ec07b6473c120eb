"""Focus track: what a path is focused on, in inverse depth from the camera of every moment."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.errors import ValueRangeError
from relens.path.look_at import towards
from relens.path.tracks import Track, Tracks, blended
from relens.render.aim import Aim


@dataclass(frozen=True)
class FocusTrack:
    """A path's focus.

    Attributes:
        tracks: the path's clock.
        track: the keyframes that say a focus.
        inverse_m: (m,) inverse depth of those that are distances; NaN for places.
        places: (m, 4) homogeneous places (`relens.render.aim.place_of`); NaN for distances.
    """

    tracks: Tracks
    track: Track
    inverse_m: Float64[np.ndarray, " m"]
    places: Float64[np.ndarray, "m 4"]

    @property
    def follows(self) -> bool:
        """Whether it is on a place anywhere, and so depends on where the camera is."""
        return bool(np.isnan(self.inverse_m).any())

    def at(
        self, time_s: Float64[np.ndarray, " n"], poses: Float64[np.ndarray, "n 4 4"] | None
    ) -> Float64[np.ndarray, " n"]:
        """Inverse depth of the plane of focus, 1/m, at the path's own times, from cameras of these poses.

        From one aim to the next it goes evenly in inverse depth, each aim measured from the camera of the moment, so
        that a pull between two places stays right while the camera moves. `poses` may be None where it follows none.

        Raises ValueRangeError, with the time, for a place that is behind the camera.
        """
        one, other, share = self.track.between(self.tracks.clock.running_at(time_s))
        first = self._inverse_m(one, time_s, poses, share != 1)
        last = self._inverse_m(other, time_s, poses, share != 0)
        return np.maximum(blended(first, last, share, "even"), 0.0)

    def _inverse_m(
        self, which: np.ndarray, time_s: np.ndarray, poses: np.ndarray | None, used: np.ndarray
    ) -> np.ndarray:
        inverse_m = self.inverse_m[which]
        if poses is None or not self.follows:
            return inverse_m
        follows = np.isnan(inverse_m)
        place = self.places[which[follows]]
        # Term by term, so that equal frames are equal to the last bit wherever in the array they stand.
        way, axis = towards(place, poses[follows, :3, 3]), poses[follows, :3, 2]
        ahead = way[:, 0] * axis[:, 0] + way[:, 1] * axis[:, 1] + way[:, 2] * axis[:, 2]
        behind = (ahead <= 0) & (place[:, 3] > 0)
        if (wrong := behind & used[follows]).any():
            at_s = time_s[follows][np.argmax(wrong)]
            raise ValueRangeError("focus", f"a place behind the camera at {at_s:g} s", "a place ahead of it")
        inverse_m[follows] = place[:, 3] / np.where(ahead > 0, ahead, np.inf)
        return inverse_m


def focus_track(tracks: Tracks, places: dict[Aim, Float64[np.ndarray, "4"]], default: Aim) -> FocusTrack:
    """The focus of a path; where no keyframe says one, `default`.

    places: where the aims of its keyframes, and the default, are.
    """
    keyframes = tracks.path.keyframes
    track = tracks.of(key.focus is not None for key in keyframes)
    aims = [default] if track is None else [keyframes[key].focus or default for key in track.keys]
    inverse_m = np.array([np.nan if aim.distance_m is None else 1 / aim.distance_m for aim in aims])
    at = np.array([places[aim] if aim.is_place else np.full(4, np.nan) for aim in aims])
    return FocusTrack(tracks, track or tracks.always(), inverse_m, at)
