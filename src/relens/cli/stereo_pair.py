"""One stereo pair of the command line: every value is checked before the long work starts."""

import math
import time
from dataclasses import replace

import numpy as np

from relens.cli.outcome import Outcome
from relens.cli.output import require_file_path, require_picture_path
from relens.cli.stereo import Stereo
from relens.cli.subject import Subject, check, focused, open_subject
from relens.errors import FileError, RelensError, ValueRangeError
from relens.explain.read_outs import metres, read_outs
from relens.export.hevc_still import video_library
from relens.export.spatial_heic import write_spatial
from relens.export.stereo import anaglyph, disparity_px, eyes, side_by_side
from relens.framing import framed
from relens.lens import Lens
from relens.path.safe import EMPTY_SHARE, empty_share
from relens.path.shot import Shot
from relens.path.witness import witness_of
from relens.photo import write_image
from relens.progress import Progress
from relens.ranges import positive
from relens.render.aim import Aim, parse_aim
from relens.render.choose import open_engine
from relens.render.picture import Picture
from relens.render.shoot import shoot
from relens.scene import Scene

_PAIRS = {"side-by-side": side_by_side, "anaglyph": anaglyph}
# Disparity from the nearest to the farthest thing, over the width, that most people look at without effort: Bercovitz,
# Image-side perspective and stereoscopy, SPIE 3295, 1998.
_COMFORTABLE = 1 / 30


def take_pair(command: Stereo, progress: Progress) -> Outcome:
    """Photograph both eyes, write the pair that the command asks for, and return the lens read-outs.

    Raises RelensError for every value, file and folder that does not fit; nothing is written then.
    """
    start_s = time.monotonic()
    options, kind = command.options, _kind(command)
    baseline_m = positive("baseline_m", command.baseline, "a positive number of metres between the eyes")
    focus = parse_aim(command.focus)
    convergence = None if command.convergence is None else _convergence(command.convergence)
    lens = options.lens.focused(math.inf if focus.distance_m is None else focus.distance_m)
    check(options)
    if kind == "spatial":
        _require_spatial_path(command)
    else:
        require_picture_path(command.output, source=command.source)

    subject = _between_the_eyes(command, focus, lens, progress)
    camera, lens = framed(subject.camera, focused(subject, focus, lens), options.camera.framing)
    # The framing is done, with what the lens breathes; the eyes share it.
    lens = replace(lens, breathing=False)
    convergence_m = lens.focus_distance_m
    if convergence is not None:
        convergence_m = focused(replace(subject, camera=camera), convergence, Lens(1, 128)).focus_distance_m
    # A headset converges by itself: see write_spatial.
    cameras = eyes(camera, baseline_m, math.inf if kind == "spatial" else convergence_m)
    engine = open_engine(subject.thing, options.quality.engine)
    pair: list[Picture] = []
    for eye in cameras:

        def half(stage: str, fraction: float, done: int = len(pair)) -> None:
            progress(stage, (done + fraction) / 2)

        quality = options.quality
        picture = shoot(engine, lens, camera=eye, samples=quality.samples, seed=quality.seed, progress=half)
        pair.append(picture)
    left, right = pair
    progress("write", 0.0)
    if kind == "spatial":
        write_spatial(left, right, command.output, convergence_m=convergence_m)
    else:
        write_image(command.output, _PAIRS[kind](left.linear, right.linear))
    notes = (*subject.notes, *_lacking(command, subject, left, right), *_strain(left, baseline_m))
    summary = (
        f"{command.output}: {kind}, eyes {1e3 * baseline_m:g} mm apart, converging at {metres(convergence_m)}, "
        f"{read_outs(left)}, {time.monotonic() - start_s:.1f} s"
    )
    return Outcome(summary, notes)


def _kind(command: Stereo) -> str:
    is_heic = command.output.suffix.lower() == ".heic"
    kind = command.kind or ("spatial" if is_heic else "side-by-side")
    if is_heic != (kind == "spatial"):
        expected = ".heic" if kind == "spatial" else "a picture such as .png: .heic is for --kind spatial"
        raise FileError(command.output, f"is no name for --kind {kind}; expected {expected}")
    return kind


def _convergence(text: str) -> Aim:
    try:
        return parse_aim(text)
    except ValueRangeError as error:
        raise RelensError(str(error).replace("focus=", "convergence_m=", 1)) from error


def _require_spatial_path(command: Stereo) -> None:
    video_library()
    require_file_path(command.output, command.source, "pair")


def _between_the_eyes(command: Stereo, focus: Aim, lens: Lens, progress: Progress) -> Subject:
    """The subject and the camera in the middle of the eyes; a photo is lifted as far as the farther eye reaches."""
    options, half_m = command.options, command.baseline / 2
    x_m, y_m, z_m = options.camera.eye
    to_eye_m = math.copysign(half_m, x_m)
    at_eye = replace(options, camera=replace(options.camera, eye=(x_m + to_eye_m, y_m, z_m)))
    subject = open_subject(command.source, at_eye, focus, lens, progress)
    return replace(subject, camera=subject.camera.moved(x_m=-to_eye_m))


def _lacking(command: Stereo, subject: Subject, left: Picture, right: Picture) -> list[str]:
    """How much of an eye's picture the scene has nothing for; a model has everything."""
    if not isinstance(subject.thing, Scene):
        return []
    witness = witness_of(subject.thing)
    share = max(empty_share(witness, Shot(0.0, picture.camera, picture.lens)) for picture in (left, right))
    if share <= EMPTY_SHARE:
        return []
    lift = ", or lift the photo again with a larger --reach-m" if command.source.is_dir() else ""
    return [f"{share:.1%} of an eye's picture lies beyond the scene and is made up; take a smaller --baseline{lift}"]


def _strain(picture: Picture, baseline_m: float) -> list[str]:
    """A word where the eyes would have to work: the disparity between what is near and what is far, over the width."""
    depth_m = picture.depth_m[~np.isnan(picture.depth_m)]
    if not depth_m.size:
        return []
    near_m, far_m = np.quantile(depth_m, [0.01, 0.99], method="nearest")
    k = picture.camera.intrinsics
    share = disparity_px(k.fx_px, baseline_m, float(near_m), float(far_m)) / k.width_px
    if share <= _COMFORTABLE:
        return []
    better_m = math.floor(1e4 * baseline_m * _COMFORTABLE / share) / 1e4
    return [
        f"near and far are {share:.0%} of the width apart, and over 3% is hard on the eyes; "
        f"--baseline {better_m:g} stays under that"
    ]
