"""One shot of a trained nerfstudio model on the command line: every value is checked before the long work starts."""

import math
import time
from dataclasses import fields
from pathlib import Path

from relens.cli.outcome import Outcome
from relens.cli.output import require_picture_path
from relens.cli.shoot import Shoot
from relens.cli.shot_options import CameraOptions
from relens.cli.subject import check
from relens.errors import RelensError, ValueRangeError
from relens.explain.read_outs import read_outs
from relens.film import film_of_engine
from relens.film.format_of import format_of
from relens.film.numbered import is_numbered
from relens.film.video import VIDEO_SUFFIXES
from relens.multiview.nerfstudio.digest import digest_of
from relens.multiview.nerfstudio.follow import follow
from relens.multiview.nerfstudio.open_nerfstudio import open_nerfstudio
from relens.multiview.nerfstudio.shoot_path import path_shots
from relens.path.nerfstudio import nerfstudio_size_px, read_nerfstudio
from relens.progress import Progress
from relens.ranges import positive, whole
from relens.render.aim import parse_aim
from relens.render.shoot import shoot
from relens.render.write_picture import write_picture

_FILMS = (*VIDEO_SUFFIXES, ".gif", ".webp")
_SAMPLES = 64


def take(command: Shoot, progress: Progress) -> Outcome:
    """Photograph the model along its path and write a picture or a film.

    Raises RelensError for every value and file that does not fit; nothing is written then.
    """
    start_s = time.monotonic()
    config, path_file = _checked(command)
    aim = parse_aim(command.focus)
    lens = command.options.lens.focused(math.inf if aim.distance_m is None else aim.distance_m)
    is_film = command.output.suffix.lower() in _FILMS or is_numbered(command.output)
    if is_film:
        _refuse_for_films(command)
    else:
        require_picture_path(command.output, command.bit_depth, source=path_file)
    step_px = format_of(command.output, bit_depth=command.bit_depth).step_px if is_film else 1
    size_px = _size_px(path_file, command.options.camera.size, step_px)

    progress("load model", 0.0)
    engine = open_nerfstudio(config)
    beside = config.with_name("dataparser_transforms.json")
    path = read_nerfstudio(path_file, dataparser_transforms=beside if beside.is_file() else None)
    if aim.pixel is not None:
        # Any distance will do to find where the first camera stands.
        first = path_shots(engine, path, lens=command.options.lens.focused(1e3), size_px=size_px)[0]
        path = follow(path, engine, first.camera.middle, aim.pixel)
    frames = path_shots(engine, path, lens=lens, size_px=size_px)
    quality = command.options.quality
    if not is_film:
        picture = shoot(
            engine, frames[0].lens, camera=frames[0].camera.middle, samples=quality.samples, seed=quality.seed,
            noise=command.noise, time_budget_s=command.time_budget, progress=progress,
        )  # fmt: skip
        progress("write", 0.0)
        write_picture(picture, command.output, bit_depth=command.bit_depth, also=command.also)
        notes = (f"the first of the path's {len(frames)} frames; a name like film.mp4 or film/####.png takes all",)
        taken, seconds = int(picture.sample_count.max()), time.monotonic() - start_s
        summary = f"{command.output}: {read_outs(picture)}, {taken} samples, {seconds:.1f} s"
        return Outcome(summary, notes if len(frames) > 1 else ())
    made = film_of_engine(
        engine, digest_of(config), frames, command.output, fps=frames.fps, samples=quality.samples or _SAMPLES,
        seed=quality.seed, bit_depth=command.bit_depth, progress=progress,
    )  # fmt: skip
    width_px, height_px = made.size_px
    size = f"{width_px}x{height_px} at {frames.fps:g} fps"
    return Outcome(f"{command.output}: {made.frames} frames, {size}, {time.monotonic() - start_s:.1f} s")


def _checked(command: Shoot) -> tuple[Path, Path]:
    """The config and the path, when all else fits as well as can be told without the model."""
    config, path_file = command.trained.nerfstudio, command.trained.camera_path
    if config is None:
        raise RelensError("--camera-path is for a trained model: --nerfstudio CONFIG.yml; for scenes: relens path")
    if path_file is None:
        raise RelensError("--nerfstudio needs --camera-path: the camera_path.json that its viewer saves")
    if command.source is not None:
        raise ValueRangeError("source", command.source, "nothing beside --nerfstudio: one thing is photographed")
    options = command.options
    check(options)
    options.photo.refuse("none: a trained model has its own depth")
    for option in fields(CameraOptions):
        if option.name != "size" and getattr(options.camera, option.name) != option.default:
            raise ValueRangeError(option.name, getattr(options.camera, option.name), "none: the path says where from")
    if options.quality.engine != "auto":
        raise ValueRangeError("engine", options.quality.engine, "auto: a trained model is its own engine")
    if command.noise is not None:
        positive("noise", command.noise, "a positive standard error in linear light, e.g. 0.002")
    if command.time_budget is not None:
        positive("time_budget_s", command.time_budget, "a positive number of seconds")
    return config, path_file


def _refuse_for_films(command: Shoot) -> None:
    for name in ("noise", "time_budget"):
        if getattr(command, name) is not None:
            raise ValueRangeError(name, getattr(command, name), "none for films: all frames take the same samples")
    if command.also:
        raise ValueRangeError("also", " ".join(command.also), "none for films")


def _size_px(path_file: Path, width_px: int | None, step_px: int) -> tuple[int, int]:
    """The size that the path asks for, or one of its shape, in steps of the format."""
    asked_px = nerfstudio_size_px(path_file)
    scale = 1.0 if width_px is None else whole("size_px", width_px, "a width of at least 1 pixel", 1) / asked_px[0]
    width, height = (max(step_px, round(side * scale / step_px) * step_px) for side in asked_px)
    return width, height
