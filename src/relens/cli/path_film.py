"""One film of the command line: every value is checked before the long work starts."""

import math
import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from relens.capture import is_model
from relens.cli.lens_options import LensOptions
from relens.cli.lift_photo import lift_photo
from relens.cli.outcome import Outcome
from relens.cli.path import PathFilm
from relens.cli.progress_bar import progress_bar
from relens.depth import find_depth
from relens.errors import FileError, RelensError, ValueRangeError
from relens.film.film import film, path_of_move, shots_of
from relens.film.filming import kept_beside
from relens.film.format_of import Format, format_of, require_folder
from relens.film.frame import Recipe
from relens.film.frame_source import FrameSource, render_here
from relens.film.stereo_pair import StereoPair
from relens.film.video import VIDEO_SUFFIXES
from relens.lens import Lens
from relens.path.blender import write_blender
from relens.path.camera_path import CameraPath
from relens.path.moves.move import Move
from relens.path.nerfstudio import write_nerfstudio
from relens.path.path_file import read_path
from relens.path.safe import warnings_of
from relens.path.shots import Shots
from relens.path.write_path import write_path
from relens.progress import Progress
from relens.render.aim import Aim, focus_distance_m, parse_aim
from relens.scene import Scene
from relens.scene_folder import load_scene

_SAMPLES = 64
_MOST_PX = 65536
_PREVIEW_WIDTH_PX, _PREVIEW_SAMPLES = 640, 16
# What players play and people look at; a photo is larger. Numbered pictures and path files have the photo's size.
_LONG_SIDE_PX = dict.fromkeys(VIDEO_SUFFIXES, 1920) | {".gif": 640, ".webp": 640}
_PATH_SUFFIXES = (".yaml", ".yml", ".json", ".py")
# As `relens lift` reaches.
_REACH_M = 0.07
_EYES_M, _EYES_OF_CONVERGENCE = 0.063, 1 / 30
_SIZE = re.compile(r"(\d+)(?:\s*x\s*(\d+))?", re.ASCII)


def make(command: PathFilm) -> None:
    """Make what the command asks for. Raises RelensError for all that does not fit; nothing is written then."""
    start_s = time.monotonic()
    lens, path = _checked(command)
    with progress_bar(command.quiet) as progress:
        scene, notes = _scene(command, progress)
        made = path if isinstance(path, CameraPath) else path_of_move(path, scene, lens, command.fps)
        made = _with_options(made, command)
        step_px = 1 if _is_path(command.output) else _format(command).step_px
        size_px = _size_px(command, scene, step_px)
        path_shots = shots_of(scene, made, lens=lens, fps=command.fps, size_px=size_px, step_px=step_px)
        stereo = _stereo(command, scene)
        if command.focus is not None and made.keyframes[0].focus != parse_aim(command.focus):
            notes += ("the path says what is in focus; --focus changes nothing",)
        if made.lens is not None and lens != LensOptions().focused(math.inf):
            notes += ("the path has a lens of its own; the flags for the lens change nothing",)
        if not _is_path(command.output):
            progress("look for holes", 0.0)
            notes += warnings_of(path_shots, scene)
    if not command.quiet:
        for note in notes:
            # Before the work, which may be stopped for it.
            print(f"relens: note: {note}", file=sys.stderr)
    if _is_path(command.output):
        summary = _write_path(made, path_shots, command.output)
    else:
        summary = _film(command, scene, path_shots, stereo)
    if not command.quiet:
        Outcome(f"{summary}, {time.monotonic() - start_s:.1f} s").show()


def _checked(command: PathFilm) -> tuple[Lens, CameraPath | Move]:
    """The lens of the flags and the path, when all else fits as well as can be told without the scene."""
    for what, file in (("photo", command.source), ("path", Path(command.path))):
        if file.exists() and command.output.exists() and file.samefile(command.output):
            raise FileError(command.output, f"is the {what} itself; choose another name")
    if is_model(command.source):
        model = f"relens lift {command.source} -o scene.relens"
        raise FileError(command.source, f"is a model; make it a scene first: {model}")
    lens = command.lens.focused(math.inf)
    quality = command.quality_of_frames
    Recipe(_SAMPLES if quality.samples is None else quality.samples, quality.seed)
    _written_size_px(command.size)
    _convergence(command)
    if command.focus is not None:
        parse_aim(command.focus)
    if _is_path(command.output):
        require_folder(command.output)
    else:
        _format(command)
    if command.source.is_dir():
        command.photo.refuse("none: a scene folder has its own; lift the photo again")
    else:
        command.photo.check()
    path = read_path(command.path)
    return lens, _with_options(path, command) if isinstance(path, CameraPath) else path


def _scene(command: PathFilm, progress: Progress) -> tuple[Scene, tuple[str, ...]]:
    if command.source.is_dir():
        progress("load scene", 0.0)
        return load_scene(command.source), ()
    progress("read photo", 0.0)
    photo = command.photo.read(command.source)
    depth = find_depth(photo, command.photo.request(), progress)
    scene, notes = lift_photo(photo, depth, command.photo, _REACH_M, progress)
    advice = f"relens lift {command.source} -o scene.relens --reach-m M"
    return scene, (*notes, f"the photo is lifted for moves of up to {_REACH_M} m; for others: {advice}")


def _with_options(path: CameraPath, command: PathFilm) -> CameraPath:
    if command.focus is not None and not any(key.focus for key in path.keyframes):
        focused = replace(path.keyframes[0], focus=parse_aim(command.focus))
        path = replace(path, keyframes=(focused, *path.keyframes[1:]))
    said = {"shutter_deg": command.shutter_deg, "focus_lag_s": command.focus_lag, "fps": command.fps}
    return replace(path, **{name: value for name, value in said.items() if value is not None})


def _is_path(output: Path) -> bool:
    return output.suffix.lower() in _PATH_SUFFIXES


def _format(command: PathFilm) -> Format:
    return format_of(
        command.output,
        codec=command.codec,
        bit_depth=command.bit_depth,
        quality=command.quality,
        keeps_frames=command.frames is not None,
    )


def _written_size_px(text: str | None) -> tuple[int, int | None] | None:
    """Width and, where it is said, height."""
    if text is None:
        return None
    found = _SIZE.fullmatch(text.strip().lower())
    sides = [] if found is None else [int(side) for side in found.groups() if side is not None]
    if not sides or not all(1 <= side <= _MOST_PX for side in sides):
        raise ValueRangeError("size_px", repr(text), f"WIDTHxHEIGHT, as 1920x1080, or a width, up to {_MOST_PX}")
    return sides[0], sides[1] if len(sides) > 1 else None


def _size_px(command: PathFilm, scene: Scene, step_px: int) -> tuple[int, int] | None:
    k = scene.camera.intrinsics
    written = _written_size_px(command.size)
    if written is None:
        longest_px = max(k.width_px, k.height_px)
        most_px = _LONG_SIDE_PX.get(command.output.suffix.lower(), longest_px)
        width_px = round(k.width_px * min(1.0, most_px / longest_px))
        if command.preview:
            width_px = min(_PREVIEW_WIDTH_PX, width_px)
        if width_px == k.width_px:
            return None
        written = max(step_px, width_px - width_px % step_px), None
    width_px, height_px = written
    if height_px is None:
        height_px = max(1, round(k.height_px * width_px / k.width_px / step_px)) * step_px
    return width_px, height_px


@contextmanager
def _naming_convergence() -> Iterator[None]:
    try:
        yield
    except ValueRangeError as error:
        raise RelensError(str(error).replace("focus=", "--convergence ", 1)) from error


def _convergence(command: PathFilm) -> Aim:
    with _naming_convergence():
        return parse_aim(command.stereo.convergence)


def _stereo(command: PathFilm, scene: Scene) -> StereoPair | None:
    options = command.stereo
    if options.stereo is None:
        return None
    with _naming_convergence():
        convergence_m = focus_distance_m(_convergence(command), scene, scene.camera)
    baseline_m = min(_EYES_M, convergence_m * _EYES_OF_CONVERGENCE) if options.baseline is None else options.baseline
    return StereoPair(options.stereo, baseline_m, convergence_m)


def _write_path(path: CameraPath, path_shots: Shots, output: Path) -> str:
    suffix = output.suffix.lower()
    if suffix == ".json":
        write_nerfstudio(path_shots, output, path.keyframes)
    elif suffix == ".py":
        write_blender(path_shots, output)
    else:
        write_path(path, output)
        return f"{output}: {len(path.keyframes)} keyframes, {path.duration_s:g} s of film"
    return f"{output}: {len(path_shots)} frames at {path_shots.fps:g} fps"


def _film(command: PathFilm, scene: Scene, path_shots: Shots, stereo: StereoPair | None) -> str:
    quality = command.quality_of_frames
    usual = _PREVIEW_SAMPLES if command.preview else _SAMPLES
    with ExitStack() as stack:
        progress = stack.enter_context(progress_bar(command.quiet, len(path_shots), "frames"))
        source: FrameSource = render_here
        if command.ray is not None:
            from relens.farm import cluster
            from relens.farm.frames import frames_on

            source = frames_on(stack.enter_context(cluster(command.ray)))
        try:
            made = film(
                scene,
                path_shots,
                command.output,
                samples=usual if quality.samples is None else quality.samples,
                seed=quality.seed,
                engine=quality.engine,
                stereo=stereo,
                codec=command.codec,
                bit_depth=command.bit_depth,
                quality=command.quality,
                frames_folder=command.frames,
                source=source,
                progress=progress,
            )
        except KeyboardInterrupt:
            kept = command.frames or kept_beside(command.output)
            stack.close()
            print(f"relens: finished frames are kept in {kept}; the same command goes on from there", file=sys.stderr)
            raise
    width_px, height_px = made.size_px
    rendered = "" if made.rendered == made.frames else f", {made.rendered} of them rendered"
    return f"{command.output}: {made.frames} frames{rendered}, {width_px}x{height_px} at {path_shots.fps:g} fps"
