"""shoot_path: every frame of a camera path, photographed in a trained nerfstudio model."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.errors import RelensError, ValueRangeError
from relens.lens import Lens
from relens.multiview.nerfstudio.engine import NerfstudioEngine
from relens.path.camera_path import CameraPath
from relens.path.shot import Shot
from relens.path.shots import Shots, shots
from relens.progress import Progress, silent
from relens.render.aim import Aim
from relens.render.engine import Engine, SampleBlock
from relens.render.picture import Picture
from relens.render.progressive import picture_of

_PHOTO_FOV_RAD, _SIZE_PX = 0.8, (960, 540)


def path_shots(
    engine: NerfstudioEngine,
    path: CameraPath,
    *,
    lens: Lens | None = None,
    fps: float | None = None,
    size_px: tuple[int, int] | None = None,
) -> Shots:
    """The frames of a path in the data set's world.

    Where no keyframe says a focus and the lens is focused at infinity, the focus is on what the first frame shows in
    the middle. Read camera_path.json with the dataparser_transforms.json beside the config, so that it lies there too.

    Args:
        engine: of the model.
        path: its keyframes say places by their coordinates, and focus by distances.
        lens: for a path that says none; 85 mm f/1.4 when left out too.
        fps: frames a second; the path's when left out.
        size_px: width and height; those of the first photo when left out.

    Raises ValueRangeError for a focus on the subject or a pixel, which only scenes of one photo have; else as
    `relens.path.shots.shots`.
    """
    if any(aim is not None and aim.is_place for key in path.keyframes for aim in (key.focus, key.look_at)):
        raise ValueRangeError("focus", "a place of the photo", "distances: many photos have no subject")
    view = _view(engine, size_px)
    base = path.lens or lens or Lens(85, 1.4)
    said = any(key.focus is not None for key in path.keyframes)
    if not said and math.isinf(base.focus_distance_m):
        # Any distance will do to find where the first camera stands.
        first = shots(_focused(path, 1e3), view, lens=base, fps=fps, size_px=size_px)[0]
        path = _focused(path, middle_m(engine, first.camera.middle))
    return shots(path, view, lens=base, fps=fps, size_px=size_px)


def shoot_path(
    engine: Engine,
    frames: Iterable[Shot],
    *,
    samples: int = 64,
    seed: int = 0,
    progress: Progress = silent,
) -> Iterator[Picture]:
    """A picture of every shot, one after another, exposed as the shot says; the same pattern of samples in all."""
    taken = list(frames)
    for number, shot in enumerate(taken):

        def part(stage: str, fraction: float, done: int = number) -> None:
            progress("render", (done + fraction) / len(taken))

        estimate = engine.render(shot.camera, shot.lens, SampleBlock(0, samples, seed), None, part)
        camera = shot.camera.middle
        picture = picture_of(estimate, engine.pinhole_depth_m(camera), camera, shot.lens)
        yield replace(picture, linear=picture.linear * np.float32(2.0**shot.exposure_ev))


def middle_m(engine: NerfstudioEngine, camera: Camera) -> float:
    """The distance along a camera's axis of what it sees in the middle; where that is empty, of the nearest it sees.

    Raises RelensError where it sees nothing.
    """
    depth_m = engine.pinhole_depth_m(camera)
    middle = float(depth_m[depth_m.shape[0] // 2, depth_m.shape[1] // 2])
    if math.isfinite(middle):
        return middle
    if not np.isfinite(depth_m).any():
        raise RelensError("focus: the model shows nothing to focus on here; give a distance")
    return float(np.nanmin(depth_m))


def _focused(path: CameraPath, distance_m: float) -> CameraPath:
    first = replace(path.keyframes[0], focus=Aim(distance_m=distance_m))
    return replace(path, keyframes=(first, *path.keyframes[1:]))


def _view(engine: NerfstudioEngine, size_px: tuple[int, int] | None) -> Intrinsics:
    """The first photo's field of view, its middle in the middle of the frame, as nerfstudio's paths have it."""
    if not engine.cameras:
        width_px, height_px = size_px or _SIZE_PX
        return Intrinsics.centred(height_px / 2 / math.tan(_PHOTO_FOV_RAD / 2), width_px, height_px)
    k = engine.cameras[0].intrinsics
    return replace(k, cx_px=k.width_px / 2, cy_px=k.height_px / 2)
