"""One report of the command line: every value is checked before the long work starts."""

import math
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from relens.cli.explain import Explain
from relens.cli.lift_photo import lift_photo
from relens.cli.outcome import Outcome
from relens.cli.output import require_file_path
from relens.cli.shot_options import CameraOptions, ShotOptions
from relens.cli.subject import check
from relens.depth import find_depth
from relens.errors import FileError, ValueRangeError
from relens.explain.report.optics import STOPS
from relens.explain.report.taken import Taken
from relens.explain.report.write import write_report
from relens.photo import Photo
from relens.photo.highlights import clipped_pixels, recover_highlights
from relens.progress import Progress
from relens.render.aim import Aim, focus_distance_m, parse_aim
from relens.scene_folder import load_scene

_SAMPLES = 64


def explain(command: Explain, progress: Progress) -> tuple[Outcome, dict[str, Any]]:
    """Write the page that the command asks for; a line that sums it up, and all its numbers.

    Raises RelensError for every value, file and folder that does not fit; nothing is written then.
    """
    began_s = time.monotonic()
    focus = parse_aim(command.focus)
    lens = command.lens.focused(math.inf if focus.distance_m is None else focus.distance_m)
    check(ShotOptions(command.lens, CameraOptions(), command.quality, command.photo))
    _require_page_path(command.output, command.source)
    taken = _scene(command, lens) if command.source.is_dir() else _photo(command, lens, focus, progress)
    taken = replace(
        taken,
        lens=replace(lens, focus_distance_m=focus_distance_m(focus, taken.scene, taken.scene.camera)),
        command=shlex.join(["relens", *_words(command)]),
        seed=command.quality.seed,
        samples=command.quality.samples or _SAMPLES,
        engine=command.quality.engine,
    )
    report = write_report(taken, command.output, progress, began_s=began_s)
    numbers, lens = report.numbers, taken.lens
    summary = (
        f"{command.output}: {lens.focal_length_mm:g} mm f/{lens.f_number:g}, focus "
        f"{lens.focus_distance_m:.3g} m, background blurred over {numbers['optics']['coc_px']:.0f} px, "
        f"{report.size_bytes / 1e6:.1f} MB, {time.monotonic() - began_s:.1f} s"
    )
    return Outcome(summary, taken.notes), numbers


def _photo(command: Explain, lens, focus: Aim, progress: Progress) -> Taken:
    options = command.photo
    progress("read photo", 0.0)
    # As `PhotoOptions.read` does, with a look at what is clipped before it is raised.
    raw = super(type(options), options).read(command.source)
    clipped = float(clipped_pixels(raw.linear).mean())
    photo = recover_highlights(raw, options.stops())
    k = photo.intrinsics
    if focus.pixel and not (0 <= focus.pixel[0] < k.width_px and 0 <= focus.pixel[1] < k.height_px):
        pixel = f"{focus.pixel[0]:g},{focus.pixel[1]:g}"
        raise ValueRangeError("focus", pixel, f"a pixel inside the {k.width_px}x{k.height_px} photo")
    read_s = time.monotonic()
    depth = find_depth(photo, options.request(uncertainty=True), progress)
    depth_s = time.monotonic()
    # The widest pupil of the slider looks farthest behind things.
    widest_m = lens.focal_length_mm * 1e-3 / min(*STOPS, lens.f_number)
    scene, notes = lift_photo(photo, depth, options, widest_m / 2, progress)
    seconds = (("depth", depth_s - read_s), ("lift", time.monotonic() - depth_s))
    painter = "patches" if options.inpainter is None else "LaMa"
    matte = options.matte if isinstance(options.matte, str) else "given"
    if matte == "auto":
        matte = "phone" if "portrait" in photo.mattes else "none"
    return Taken(photo, scene, lens, clipped, depth, matte, painter, notes, seconds=seconds)


def _scene(command: Explain, lens) -> Taken:
    command.photo.refuse("none: a scene folder has its own; lift the photo again")
    scene = load_scene(command.source)
    k, border = scene.camera.intrinsics, scene.border_px
    page = scene.canonical["photo"][border : border + k.height_px, border : border + k.width_px, :3]
    photo = Photo(np.ascontiguousarray(page), k, file=scene.source)
    clipped = float(clipped_pixels(photo.linear).mean())
    with_matte = any(layer.name.startswith("subject") for layer in scene.layers)
    note = "from a scene folder: what lies wider behind things than it was lifted for is not there"
    return Taken(photo, scene, lens, clipped, None, "the scene" if with_matte else "none", notes=(note,))


def _require_page_path(path: Path, source: Path) -> None:
    """Make a file beside `path` and remove it. Raises FileError where that cannot be done or `path` is the photo."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise FileError(path, "expected a name that ends in .html")
    require_file_path(path, source, "page")


def _words(command: Explain) -> list[str]:
    """The words after `relens` that repeat the run; folders are left out, since a page gets passed on."""
    words = sys.argv[1:] if len(sys.argv) > 1 and sys.argv[1] == "explain" else None
    if words is None:
        words = ["explain", str(command.source), "-o", str(command.output)]
    return [Path(word).name if "/" in word and not word.startswith("-") else word for word in words]
