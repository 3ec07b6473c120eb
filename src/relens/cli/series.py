"""Series of pictures on the command line: into a new folder that appears whole or not at all."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from relens.atomic import atomic_folder
from relens.cli.light_field import LightField
from relens.cli.outcome import Outcome
from relens.cli.shot_options import ShotOptions
from relens.cli.stack import Stack
from relens.cli.subject import Subject, check, focused, open_subject
from relens.cli.sweep import Sweep
from relens.errors import FileError, ValueRangeError
from relens.explain.read_outs import metres
from relens.lens import Lens
from relens.progress import Progress
from relens.ranges import number, whole
from relens.render.aim import Aim, parse_aim
from relens.render.choose import open_engine
from relens.render.picture import Picture
from relens.render.stacks import aperture_sweep, focal_stack, light_field, stack_distances
from relens.render.write_picture import write_picture

_FORMATS = ("png", "jpg", "tif", "webp", "exr")


class Frame(NamedTuple):
    """One picture of a series: its name without the suffix, and what sets it apart, for series.json."""

    name: str
    about: dict[str, float | int]


# The frames of a series and their pictures, in step.
Series = tuple[list[Frame], Iterator[Picture]]


def run_series(make: Callable, command: Stack | Sweep | LightField, quiet: bool) -> None:
    """Photograph a series and write it; print what came out. Raises RelensError; nothing is written then."""
    from relens.cli.progress_bar import progress_bar

    if command.format not in _FORMATS:
        raise ValueRangeError("format", command.format, f"one of {', '.join(_FORMATS)}")
    if command.output.exists():
        raise FileError(command.output, "is there already; choose a new folder")
    check(command.options)
    with progress_bar(quiet) as progress:
        (frames, pictures), notes = make(command, progress)
        with atomic_folder(command.output) as folder:
            for frame, picture in zip(frames, pictures, strict=True):
                write_picture(picture, Path(folder) / f"{frame.name}.{command.format}")
            listing = [{"file": f"{frame.name}.{command.format}", **frame.about} for frame in frames]
            (Path(folder) / "series.json").write_text(json.dumps({"pictures": listing}, indent=1) + "\n", "utf-8")
    if not quiet:
        Outcome(f"{command.output}: {len(frames)} pictures, {frames[0].name} to {frames[-1].name}", notes).show()


def focal_stack_of(command: Stack, progress: Progress) -> tuple[Series, tuple[str, ...]]:
    """The stack between two distances; its slices touch where no count is given."""
    options = command.options
    near_m, far_m = (_distance(text) for text in (command.focus_from, command.focus_to))
    if command.count is not None:
        whole("count", command.count, "1 to 1000 pictures", 1, 1000)
    lens, subject = _opened(command.source, options, Aim(), progress)
    engine = open_engine(subject.thing, options.quality.engine)
    seen_m = engine.pinhole_depth_m(subject.camera)
    near_m = float(np.fmin.reduce(seen_m, None)) if near_m is None else near_m
    far_m = float(np.fmax.reduce(seen_m, None)) if far_m is None else far_m
    number("to", far_m, f"at least the start of the stack, {metres(near_m)}", near_m)
    k = subject.camera.intrinsics
    if command.count is None:
        distances_m = stack_distances(lens, k.fx_px, k.diagonal_px, near_m, far_m)
    else:
        inverse = np.linspace(1 / near_m, 1 / far_m, command.count) if command.count > 1 else [1 / near_m]
        distances_m = [1 / float(each) if each > 0 else math.inf for each in inverse]
    pictures = focal_stack(engine, lens, distances_m, **_common(options, subject, progress))
    frames = [Frame(f"focus-{index:03d}", {"focus_m": each}) for index, each in enumerate(distances_m)]
    return (frames, pictures), subject.notes


def aperture_sweep_of(command: Sweep, progress: Progress) -> tuple[Series, tuple[str, ...]]:
    """A picture for each f-number."""
    focus = parse_aim(command.focus)
    for f_number in command.f_numbers:
        number("f_number", f_number, "0.5 to 128", 0.5, 128)
    if not command.f_numbers or len(set(command.f_numbers)) < len(command.f_numbers):
        raise ValueRangeError("f_numbers", list(command.f_numbers), "at least one, each once")
    lens, subject = _opened(command.source, command.options, focus, progress, min(command.f_numbers))
    engine = open_engine(subject.thing, command.options.quality.engine)
    pictures = aperture_sweep(
        engine, focused(subject, focus, lens), command.f_numbers, **_common(command.options, subject, progress)
    )
    return ([Frame(f"f{each:g}", {"f_number": each}) for each in command.f_numbers], pictures), subject.notes


def light_field_of(command: LightField, progress: Progress) -> tuple[Series, tuple[str, ...]]:
    """A picture for each place of the grid."""
    focus = parse_aim(command.focus)
    number("baseline_m", command.baseline, "metres between neighbours, 0 to 1", 0, 1)
    whole("grid", command.grid, "1 to 31 views to a side", 1, 31)
    # Lifted as far as the grid's corner looks behind things.
    reach_m = command.baseline * (command.grid - 1) / 2 * math.sqrt(2)
    widest = Lens(50, max(0.5, min(128.0, 0.05 / max(2 * reach_m, 1e-6))))
    subject = open_subject(command.source, command.options, focus, widest, progress)
    engine = open_engine(subject.thing, command.options.quality.engine)
    focus_m = focused(subject, focus, widest).focus_distance_m
    pictures = light_field(
        engine, command.grid, command.baseline, focus_distance_m=focus_m, camera=subject.camera, progress=progress
    )
    places = [(row, column) for row in range(command.grid) for column in range(command.grid)]
    frames = [Frame(f"view-{row:02d}-{column:02d}", {"row": row, "column": column}) for row, column in places]
    return (frames, pictures), subject.notes


def _opened(
    source: Path, options: ShotOptions, focus: Aim, progress: Progress, f_number: float | None = None
) -> tuple[Lens, Subject]:
    """The lens of the options, and the subject lifted as far as it reaches, or as it does at `f_number`."""
    from dataclasses import replace

    lens = options.lens.focused(math.inf if focus.distance_m is None else focus.distance_m)
    widest = lens if f_number is None else replace(lens, f_number=f_number, t_stop=None)
    return lens, open_subject(source, options, focus, widest, progress)


def _common(options: ShotOptions, subject: Subject, progress: Progress) -> dict:
    return {
        "camera": subject.camera,
        "framing": options.camera.framing,
        "samples": options.quality.samples,
        "seed": options.quality.seed,
        "progress": progress,
    }


def _distance(text: str | None) -> float | None:
    if text is None:
        return None
    focus = parse_aim(text)
    if focus.distance_m is None:
        raise ValueRangeError("focus", repr(text), "a distance (1.2m, 120cm, 850mm) or inf")
    return focus.distance_m
