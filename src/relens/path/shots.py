"""Shots: a path taken apart into frames, all of them at once."""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from jaxtyping import Float64

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.framing import framed
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.path.camera_path import CameraPath
from relens.path.focus_pull import lagged
from relens.path.focus_track import FocusTrack, focus_track
from relens.path.keyframe import LENS_VALUES, LOG_LENS_VALUES
from relens.path.pose_track import PoseTrack, pose_track
from relens.path.shot import Shot
from relens.path.shutter import exposures_s
from relens.path.tracks import Tracks, tracks_of
from relens.path.view import vertical_fov_rad, view_of, with_fov, zoomed_fov_rad
from relens.ranges import number
from relens.render.aim import Aim, place_of
from relens.scene import Scene

_MOST_FRAMES = 10_000_000
_FOV_RAD = 1e-6, 3.1415
_APERTURE_VALUES = ("curvature", "squeeze", "profile", "cats_eye")
_IN_DEGREES = {"tilt_deg": "tilt_rad", "swing_deg": "swing_rad", "rotation_deg": "rotation_rad"}


@dataclass(frozen=True, eq=False)
class Shots(Sequence[Shot]):
    """The frames of a path; one is made when it is asked for, a slice is some of them.

    Convention: poses are camera-to-world, OpenCV axes, metres (docs/conventions.md). A frame's exposure lies around its
    time, half before and half after, as in Blender: what is sharp on average is where the path has it then. What
    does not change from one frame to the next is equal to the last bit.

    Attributes:
        times_s: (n,) middles of the exposures, from the start of the path: frame number / fps.
        camera_to_world: (n, 4, 4) poses at those times.
        vertical_fov_rad: (n,) 2 atan(height / (2 fy)); before a lens that breathes narrows it.
        focus_inverse_m: (n,) inverse depth of the plane of focus, 1/m.
        exposure_ev: (n,) stops brighter or darker.
        lens_values: (n,) each, by the names of LENS_VALUES; those that keyframes say.
        fps: frames a second.
        lens: what the values are laid over.
        intrinsics: the photo's, cropped and scaled to the size of the frames.
        opening, closing: poses (n, 4, 4) and vertical fields of view (n,) as the shutter opens and closes; None where
            it is open for a moment only.

    Raises ValueRangeError, with the time, for a lens, a field of view or an exposure outside its range, and a focus
    nearer than the focal length.
    """

    times_s: Float64[np.ndarray, " n"]
    camera_to_world: Float64[np.ndarray, "n 4 4"]
    vertical_fov_rad: Float64[np.ndarray, " n"]
    focus_inverse_m: Float64[np.ndarray, " n"]
    exposure_ev: Float64[np.ndarray, " n"]
    lens_values: Mapping[str, Float64[np.ndarray, " n"]]
    fps: float
    lens: Lens
    intrinsics: Intrinsics
    opening: tuple[Float64[np.ndarray, "n 4 4"], Float64[np.ndarray, " n"]] | None = None
    closing: tuple[Float64[np.ndarray, "n 4 4"], Float64[np.ndarray, " n"]] | None = None

    def __post_init__(self) -> None:
        # An ease may have gone beyond what keyframes may say.
        fovs_rad = [self.vertical_fov_rad, *(end[1] for end in (self.opening, self.closing) if end is not None)]
        for fov_rad in fovs_rad:
            self._require_within("vertical_fov_rad", fov_rad, *_FOV_RAD, "over 0 to 3.14 rad (180 degrees)")
        self._require_within("exposure_ev", self.exposure_ev, -20, 20, "-20 to 20 stops")
        # The frames that go furthest speak for all: the ranges of lenses have no holes.
        for index in self._extremes() if len(self) else ():
            try:
                self.lens_at(index)
            except ValueRangeError as error:
                name, _, rest = str(error).partition("=")
                value, _, expected = rest.partition(": expected ")
                raise ValueRangeError(name, f"{value} at {self.times_s[index]:g} s", expected) from error

    def _require_within(
        self, name: str, values: Float64[np.ndarray, " n"], low: float, high: float, expected: str
    ) -> None:
        if (wrong := ~((low <= values) & (values <= high))).any():
            first = np.argmax(wrong)
            raise ValueRangeError(name, f"{values[first]:g} at {self.times_s[first]:g} s", expected)

    def _extremes(self) -> list[int]:
        values, lens = self.lens_values, self.lens
        extremes = {int(np.argmax(self.focus_inverse_m * values.get("focal_length_mm", lens.focal_length_mm)))}
        for numbers in values.values():
            extremes |= {int(np.argmin(numbers)), int(np.argmax(numbers))}
        t_stops = values.get("t_stop", lens.t_stop)
        if t_stops is not None:
            f_numbers = values.get("f_number", np.full(len(self), lens.f_number))
            extremes.add(int(np.argmax(f_numbers / t_stops)))
        return sorted(extremes)

    @property
    def width_px(self) -> int:
        """Width of the frames."""
        return self.intrinsics.width_px

    @property
    def height_px(self) -> int:
        """Height of the frames."""
        return self.intrinsics.height_px

    def __len__(self) -> int:
        return len(self.times_s)

    @overload
    def __getitem__(self, index: int) -> Shot: ...

    @overload
    def __getitem__(self, index: slice) -> "Shots": ...

    def __getitem__(self, index: int | slice) -> "Shot | Shots":
        if isinstance(index, slice):
            return self._some(index)
        i = range(len(self))[operator.index(index)]
        lens = self.lens_at(i)
        camera = self._camera(self.camera_to_world[i], self.vertical_fov_rad[i], lens)
        if self.opening is not None and self.closing is not None:
            ends = [self._camera(poses[i], fovs_rad[i], lens) for poses, fovs_rad in (self.opening, self.closing)]
            if not _same(ends[0], ends[1]):
                camera = MovingCamera(*ends)
        return Shot(float(self.times_s[i]), camera, lens, float(self.exposure_ev[i]))

    def lens_at(self, index: int) -> Lens:
        """The lens of a frame, focused. Raises ValueRangeError for values that are no lens's."""
        values = {name: float(values[index]) for name, values in self.lens_values.items()}
        values = {_IN_DEGREES.get(name, name): _radians(name, value) for name, value in values.items()}
        of_aperture = {name: values.pop(name) for name in (*_APERTURE_VALUES, "rotation_rad") if name in values}
        inverse_m = float(self.focus_inverse_m[index])
        focus_m = 1 / inverse_m if inverse_m > 0 else math.inf
        aperture = replace(self.lens.aperture, **of_aperture) if of_aperture else self.lens.aperture
        return replace(self.lens, **values, focus_distance_m=focus_m, aperture=aperture)

    def _camera(self, pose: np.ndarray, fov_rad: float, lens: Lens) -> Camera:
        return framed(Camera(with_fov(self.intrinsics, float(fov_rad)), pose), lens)[0]

    def _some(self, which: slice) -> "Shots":
        arrays = ("times_s", "camera_to_world", "vertical_fov_rad", "focus_inverse_m", "exposure_ev")
        return replace(
            self,
            **{name: getattr(self, name)[which] for name in arrays},
            lens_values={name: values[which] for name, values in self.lens_values.items()},
            opening=None if self.opening is None else (self.opening[0][which], self.opening[1][which]),
            closing=None if self.closing is None else (self.closing[0][which], self.closing[1][which]),
        )


def shots(
    path: CameraPath,
    scene: Scene | Intrinsics,
    *,
    lens: Lens | None = None,
    fps: float | None = None,
    size_px: tuple[int, int] | None = None,
) -> Shots:
    """The frames of a path through a scene.

    Frames lie 1 / fps apart from the first keyframe on; a path that ends includes its end, a loop does not come back to
    its beginning. Where no keyframe says a value, it is the photo's or the lens's; where none says a focus, it is the
    lens's if that is a distance, and the subject if it is infinity.

    Args:
        path: keyframes, and what holds between them.
        scene: what the aims of the keyframes are places in, and whose photo is the default view; or that view alone,
            for what is no scene: then aims are distances.
        lens: for a path that says none; 85 mm f/1.4 when left out too.
        fps: frames a second; the path's when left out.
        size_px: width and height of the frames; the photo's when left out. Another shape is cut out of the middle of
            the photo, as large as it goes, so that nothing past its frame shows.

    Raises ValueRangeError, with the time, for a place behind the camera, one that cannot be looked at, a focus nearer
    than the focal length, and lens values outside their ranges.
    """
    fps = number("fps", path.fps if fps is None else fps, "0.01 to 1000 frames a second", 0.01, 1000)
    k = view_of(scene.camera.intrinsics if isinstance(scene, Scene) else scene, size_px)
    base = path.lens or lens or Lens(85, 1.4)
    tracks = tracks_of(path)
    since_s = np.arange(_count(path, fps)) / fps
    time_s = tracks.clock.time_s[0] + since_s
    running_s = tracks.clock.running_at(time_s)

    default = Aim() if math.isinf(base.focus_distance_m) else Aim(distance_m=base.focus_distance_m)
    places = _places(path, scene, default)
    poses, focus = pose_track(tracks, places), focus_track(tracks, places, default)
    camera_to_world = poses.at(time_s)
    exposure_ev = tracks.values([key.exposure_ev for key in path.keyframes], running_s)
    opening = closing = None
    if path.shutter_deg:
        opening, closing = (
            (poses.at(moment_s), _fovs_rad(tracks, tracks.clock.running_at(moment_s), k))
            for moment_s in exposures_s(path, tracks.clock, time_s, fps)
        )
    return Shots(
        times_s=since_s,
        camera_to_world=camera_to_world,
        vertical_fov_rad=_fovs_rad(tracks, running_s, k),
        focus_inverse_m=_focus(path, tracks, poses, focus, time_s, camera_to_world),
        exposure_ev=np.zeros(len(time_s)) if exposure_ev is None else exposure_ev,
        lens_values=_lens_values(tracks, running_s),
        fps=fps,
        lens=base,
        intrinsics=k,
        opening=opening,
        closing=closing,
    )


def _count(path: CameraPath, fps: float) -> int:
    frames = path.duration_s * fps
    if frames > _MOST_FRAMES:
        raise ValueRangeError("path", f"{path.duration_s:g} s at {fps:g} fps", f"at most {_MOST_FRAMES} frames")
    # Rounding must not cost the last frame.
    return max(1, round(frames)) if path.loop_s is not None else math.floor(frames + 1e-9) + 1


def _places(path: CameraPath, scene: Scene | Intrinsics, default: Aim) -> dict[Aim, Float64[np.ndarray, "4"]]:
    """Where the aims are, each found once."""
    aims = dict.fromkeys(aim for key in path.keyframes for aim in (key.focus, key.look_at) if aim is not None)
    if not any(key.focus for key in path.keyframes):
        aims[default] = None
    places = [aim for aim in aims if aim.is_place]
    if isinstance(scene, Scene):
        return {aim: place_of(aim, scene) for aim in places}
    if places:
        raise ValueRangeError("focus", places[0].pixel or "subject", "a distance: there is no photo to find that in")
    return {}


def _fovs_rad(tracks: Tracks, running_s: np.ndarray, intrinsics: Intrinsics) -> np.ndarray:
    own_rad = vertical_fov_rad(intrinsics)
    said = [
        key.vertical_fov_rad if key.zoom is None else zoomed_fov_rad(own_rad, key.zoom) for key in tracks.path.keyframes
    ]
    fovs_rad = tracks.values(said, running_s, "fov")
    return np.full(len(running_s), own_rad) if fovs_rad is None else fovs_rad


def _lens_values(tracks: Tracks, running_s: np.ndarray) -> dict[str, np.ndarray]:
    keyframes = tracks.path.keyframes
    said = {name for key in keyframes for name in key.lens}
    made = {}
    for name in (name for name in LENS_VALUES if name in said):
        scale = "log" if name in LOG_LENS_VALUES else "even"
        made[name] = tracks.values([key.lens.get(name) for key in keyframes], running_s, scale)
    return made


def _focus(
    path: CameraPath,
    tracks: Tracks,
    poses: PoseTrack,
    focus: FocusTrack,
    time_s: np.ndarray,
    camera_to_world: np.ndarray,
) -> np.ndarray:
    if not path.focus_lag_s:
        return focus.at(time_s, camera_to_world)
    clock = tracks.clock

    def target(moment_s: np.ndarray) -> np.ndarray:
        return focus.at(moment_s, poses.at(moment_s) if focus.follows else None)

    corners_s = np.concatenate([clock.time_s, clock.time_s + clock.hold_s])
    looping = path.loop_s is not None
    return lagged(target, time_s, path.focus_lag_s, clock.time_s[0], clock.end_s, corners_s, looping)


def _radians(name: str, value: float) -> float:
    return math.radians(value) if name in _IN_DEGREES else value


def _same(one: Camera, other: Camera) -> bool:
    return one.intrinsics == other.intrinsics and np.array_equal(one.camera_to_world, other.camera_to_world)
