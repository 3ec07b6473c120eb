"""One shot of the command line: every value is checked before the long work starts."""

import math
import time
from dataclasses import fields, replace

from relens.aperture import Aperture
from relens.camera import Camera
from relens.cli.depth_options import DepthOptions
from relens.cli.focus import focus_distance_m, parse_focus
from relens.cli.lens_preset import LensPreset, read_preset
from relens.cli.outcome import Outcome
from relens.cli.output import require_picture_path
from relens.cli.shoot import Shoot
from relens.depth import DepthRequest, find_depth
from relens.errors import ValueRangeError
from relens.explain.read_outs import read_outs
from relens.lens import Lens
from relens.lift import lift
from relens.progress import Progress
from relens.ranges import finite, whole
from relens.render.picture import Picture
from relens.render.shoot import MAX_SAMPLES, shoot
from relens.render.write_picture import write_picture
from relens.scene import Scene
from relens.scene_folder import load_scene

# The share of a picture that may be transparent without a word.
_VISIBLY_EMPTY = 0.0005


def take(command: Shoot, progress: Progress) -> Outcome:
    """Take the picture that the command asks for, write it, and return the lens read-outs.

    Raises RelensError for every value, file and folder that does not fit; nothing is written then.
    """
    start_s = time.monotonic()
    focus = parse_focus(command.focus)
    lens = _lens(command, math.inf if focus.distance_m is None else focus.distance_m)
    eye_m = tuple(finite("eye_m", step_m, "three finite distances in metres") for step_m in command.eye)
    whole("samples", command.samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
    whole("seed", command.seed, "a whole number, 0 or more", 0)
    if command.size is not None:
        whole("size_px", command.size, "a width of at least 1 pixel", 1)
    request = command.depth_from.request()
    require_picture_path(command.output, command.bit_depth, source=command.source)

    scene, notes = _scene(command, math.hypot(*eye_m) + lens.pupil_diameter_m / 2, request, progress)
    camera = _resized(scene.camera, command.size).moved(*eye_m)
    lens = replace(lens, focus_distance_m=focus_distance_m(focus, scene, camera))
    picture = shoot(
        scene,
        lens,
        camera=camera,
        samples=command.samples,
        seed=command.seed,
        engine=command.device,
        progress=progress,
    )
    progress("write", 0.0)
    write_picture(picture, command.output, bit_depth=command.bit_depth)
    seconds = time.monotonic() - start_s
    summary = f"{command.output}: {read_outs(picture)}, {command.samples} samples, {seconds:.1f} s{_empty(picture)}"
    return Outcome(summary, notes)


def _empty(picture: Picture) -> str:
    """What of the picture lies outside the scene, where that can be seen."""
    empty = 1 - float(picture.alpha.mean())
    return f", {empty:.1%} empty: beyond the reach the scene was lifted with" if empty > _VISIBLY_EMPTY else ""


def _lens(command: Shoot, focus_distance_m: float) -> Lens:
    """The preset with the flags laid over it."""
    preset = LensPreset() if command.lens is None else read_preset(command.lens)
    flags = {
        "focal_length_mm": command.focal_length_mm,
        "f_number": command.f_number,
        "blades": command.blades,
        "rotation_deg": command.blade_rotation_deg,
        "curvature": command.blade_curvature,
        "squeeze": command.squeeze,
    }
    chosen = replace(preset, **{name: value for name, value in flags.items() if value is not None})
    rotation_rad = math.radians(finite("rotation_deg", chosen.rotation_deg, "a finite angle in degrees"))
    aperture = Aperture(chosen.blades, rotation_rad, chosen.curvature, chosen.squeeze)
    return Lens(chosen.focal_length_mm, chosen.f_number, focus_distance_m, aperture)


def _scene(command: Shoot, reach_m: float, request: DepthRequest, progress: Progress) -> tuple[Scene, tuple[str, ...]]:
    """The scene folder as it is, or the photo lifted as far as this shot reaches; with what to know about its depth."""
    if command.source.is_dir():
        for option in fields(DepthOptions):
            value = getattr(command.depth_from, option.name)
            if value != option.default:
                raise ValueRangeError(option.name, value, "none: a scene folder has its own; lift the photo again")
        progress("load scene", 0.0)
        return load_scene(command.source), ()
    progress("read photo", 0.0)
    photo = command.depth_from.read(command.source)
    depth = find_depth(photo, request, progress)
    return lift(photo, depth=depth, reach_m=reach_m, progress=progress), depth.notes


def _resized(camera: Camera, width_px: int | None) -> Camera:
    if width_px is None:
        return camera
    k = camera.intrinsics
    whole("size_px", width_px, f"a width of 1 to {k.width_px} pixels, the photo's", 1, k.width_px)
    return replace(camera, intrinsics=k.resized(width_px, max(1, round(k.height_px * width_px / k.width_px))))
