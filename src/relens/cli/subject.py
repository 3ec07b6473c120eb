"""What is photographed: a photo lifted for the shot, a scene folder, or a 3D model."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.capture import is_model
from relens.cli.lift_photo import lift_photo
from relens.cli.shot_options import ShotOptions
from relens.depth import Depth, find_depth
from relens.errors import ValueRangeError
from relens.framing import zoom_of
from relens.lens import Lens
from relens.mesh import Mesh
from relens.multiview.fit_folder import is_fit
from relens.progress import Progress
from relens.ranges import finite, whole
from relens.render.aim import Aim, focus_distance_m
from relens.render.progressive import MAX_SAMPLES
from relens.scene import Scene
from relens.scene_folder import load_scene

_MODEL_WIDTH_PX = 1200
MOST_REACH_M = 10.0  # lift's


@dataclass(frozen=True)
class Subject:
    """What is photographed, from where, and what to know about its depth."""

    thing: Scene | Mesh
    camera: Camera
    notes: tuple[str, ...] = ()


def check(options: ShotOptions) -> None:
    """Every number of the options, before the long work. Raises ValueRangeError."""
    for step_m in options.camera.eye:
        finite("eye_m", step_m, "three finite distances in metres")
    if options.quality.samples is not None:
        whole("samples", options.quality.samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
    whole("seed", options.quality.seed, "a whole number, 0 or more", 0)
    if options.camera.size is not None:
        whole("size_px", options.camera.size, "a width of at least 1 pixel", 1)
    options.photo.check()


def open_subject(source: Path, options: ShotOptions, focus: Aim, lens: Lens, progress: Progress) -> Subject:
    """The subject and the camera of the options; a photo is lifted as far as the lens reaches from there.

    Raises RelensError for a source that cannot be read, and for options that do not go with it.
    """
    eye_m = options.camera.eye
    if is_model(source):
        return _model(source, options, lens, progress)
    if is_fit(source):
        return _fit(source, options, progress)
    if source.is_dir():
        options.photo.refuse("none: a scene folder has its own; lift the photo again")
        progress("load scene", 0.0)
        return scene_subject(load_scene(source), options)
    progress("read photo", 0.0)
    photo = options.photo.read(source)
    k = photo.intrinsics
    if focus.pixel and not (0 <= focus.pixel[0] < k.width_px and 0 <= focus.pixel[1] < k.height_px):
        pixel = f"{focus.pixel[0]:g},{focus.pixel[1]:g}"
        raise ValueRangeError("focus", pixel, f"a pixel inside the {k.width_px}x{k.height_px} photo")
    depth = find_depth(photo, options.photo.request(), progress)
    reach_m = math.hypot(*eye_m) + lens.pupil_diameter_m / 2
    if options.camera.framing == "subject":
        reach_m += dolly_reach_m(depth, photo.intrinsics, focus, lens)
    scene, notes = lift_photo(photo, depth, options.photo, min(reach_m, MOST_REACH_M), progress)
    return replace(scene_subject(scene, options), notes=notes)


def scene_subject(scene: Scene, options: ShotOptions) -> Subject:
    """A scene and the camera of the options. Raises ValueRangeError for a size that its photo does not have."""
    return Subject(scene, _resized(scene.camera, options.camera.size).moved(*options.camera.eye))


def focused(subject: Subject, focus: Aim, lens: Lens) -> Lens:
    """The lens focused on what the user asked for, from the subject's camera. Raises as `focus_distance_m`."""
    if isinstance(subject.thing, Mesh):
        if focus.distance_m is not None:
            return replace(lens, focus_distance_m=focus.distance_m)
        from relens.render.mesh import focus_on_m

        return replace(lens, focus_distance_m=focus_on_m(subject.thing, subject.camera, focus.pixel))
    return replace(lens, focus_distance_m=focus_distance_m(focus, subject.thing, subject.camera))


def _model(source: Path, options: ShotOptions, lens: Lens, progress: Progress) -> Subject:
    """A mesh is photographed itself; splats become the scene that they show."""
    from relens.capture import capture, is_splats
    from relens.mesh_file import read_mesh
    from relens.render.viewpoint import viewpoint

    options.photo.refuse("none: a model has its own depth")
    progress("read model", 0.0)
    eye_m, width_px = options.camera.eye, options.camera.size
    if is_splats(source):
        reach_m = min(math.hypot(*eye_m) + lens.pupil_diameter_m / 2, MOST_REACH_M)
        scene, notes = capture(source, width_px=width_px, reach_m=reach_m, progress=progress)
        return Subject(scene, scene.camera.moved(*eye_m), notes)
    mesh = read_mesh(source)
    return Subject(mesh, viewpoint(mesh, width_px or _MODEL_WIDTH_PX).moved(*eye_m))


def _fit(source: Path, options: ShotOptions, progress: Progress) -> Subject:
    """Fitted photos are photographed as what they are, a mesh with its page, from the reference photo's place."""
    from relens.multiview.fit_folder import load_fit

    options.photo.refuse("none: a fit has its own depth")
    progress("load fit", 0.0)
    fitted = load_fit(source)
    width_px = options.camera.size
    camera = fitted.camera if width_px is None else fitted.camera.resized(width_px)
    return Subject(fitted.mesh, camera.moved(*options.camera.eye), fitted.notes)


def dolly_reach_m(depth: Depth, photo: Intrinsics, focus: Aim, lens: Lens) -> float:
    """How far to the side the dolly of framing "subject" looks behind things: its way times the corner's slope."""
    k = depth.intrinsics or photo
    subject_m = focus.distance_m
    if subject_m is None or math.isinf(subject_m):
        known = depth.inverse_depth[np.nan_to_num(depth.inverse_depth) > 0]
        # The subject of a portrait is in the nearer half of what is seen.
        subject_m = 1 / float(np.median(known)) if known.size else 0.0
    away_m = subject_m * abs(zoom_of(k, lens) - 1)
    return away_m * k.diagonal_px / (2 * k.fx_px)


def _resized(camera: Camera, width_px: int | None) -> Camera:
    if width_px is None:
        return camera
    k = camera.intrinsics
    whole("size_px", width_px, f"a width of 1 to {k.width_px} pixels, the photo's", 1, k.width_px)
    return camera.resized(width_px)
