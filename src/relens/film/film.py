"""film: photograph all frames of a camera path, and make a film of them."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.film.carry_over import carry_over
from relens.film.filming import Film, Order, filmed
from relens.film.format_of import format_of
from relens.film.frame import Recipe
from relens.film.frame_key import frame_key
from relens.film.frame_source import FrameSource, render_here
from relens.film.frame_store import FrameStore
from relens.film.scene_print import scene_print
from relens.film.stereo_pair import StereoPair
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.moves.move import Move
from relens.path.shots import Shots, shots
from relens.progress import Progress, silent
from relens.render.choose import open_engine
from relens.scene import Scene


def film(
    scene: Scene,
    path: CameraPath | Move | Shots,
    output: str | os.PathLike[str],
    *,
    lens: Lens | None = None,
    fps: float | None = None,
    size_px: tuple[int, int] | None = None,
    samples: int = 64,
    seed: int = 0,
    engine: str = "auto",
    stereo: StereoPair | None = None,
    codec: str | None = None,
    bit_depth: int | None = None,
    quality: float | None = None,
    frames_folder: str | os.PathLike[str] | None = None,
    source: FrameSource = render_here,
    progress: Progress = silent,
) -> Film:
    """Photograph a path; the name says what becomes of it: .mp4 .mov .mkv .gif .webp, or pictures, film/####.png.

    Resumable: finished frames are kept until the film is done, and the next call with the same output goes on from
    there, to the same film, bit by bit. It takes frames whose shot is the same, and in which no texel is seen that
    changed since. A film that lacks its end never has the film's name.

    Args:
        scene: what is photographed.
        path: keyframes, a ready-made move, or the frames themselves.
        output: where to; the folder must exist.
        lens: for a path that says none; see `relens.path.shots.shots`.
        fps: frames a second; the path's when left out.
        size_px: width and height; the photo's when left out, rounded down where the format asks for even numbers.
        samples: most lens samples a pixel.
        seed: scrambles the sample pattern, the same in every frame: what stands still does not flicker.
        engine: see `relens.open_engine`.
        stereo: two eyes.
        codec: "h264" or "h265"; see `relens.film.format_of.format_of`.
        bit_depth: one that the format has; None for its default.
        quality: of the encoder; None for its default.
        frames_folder: where frames are kept, and stay; a hidden folder beside the output, removed at the end, when left
            out.
        source: who renders.
        progress: told how far the work is; may raise to stop it.

    Raises RelensError, before the work, for everything that does not fit, and where another process is making the
    same; FileError for a disk that is full.
    """
    kept = None if frames_folder is None else Path(frames_folder)
    chosen = format_of(Path(output), codec=codec, bit_depth=bit_depth, quality=quality, keeps_frames=kept is not None)
    path_shots = shots_of(scene, path, lens=lens, fps=fps, size_px=size_px, step_px=chosen.step_px)
    recipe = Recipe(samples, seed, stereo, chosen.form)
    order = Order(Path(output), chosen, recipe, path_shots, path_shots.fps, kept, source)
    opened = open_engine(scene, engine)

    def keys_of(store: FrameStore) -> list[str]:
        return _keys(store, scene, path_shots, recipe, opened.name, progress)

    return filmed(order, opened, keys_of, progress)


def frames(
    scene: Scene,
    path: CameraPath | Move | Shots,
    *,
    lens: Lens | None = None,
    fps: float | None = None,
    size_px: tuple[int, int] | None = None,
    samples: int = 64,
    seed: int = 0,
    engine: str = "auto",
    stereo: StereoPair | None = None,
    progress: Progress = silent,
) -> Iterator[Float32[np.ndarray, "h w 3"]]:
    """The frames of a path one after another, as linear light. Args and errors: as of `film`."""
    recipe = Recipe(samples, seed, stereo)
    path_shots = shots_of(scene, path, lens=lens, fps=fps, size_px=size_px)
    opened = open_engine(scene, engine)
    return (frame for _, frame in render_here(opened, path_shots, recipe, progress))


def shots_of(
    scene: Scene,
    path: CameraPath | Move | Shots,
    *,
    lens: Lens | None = None,
    fps: float | None = None,
    size_px: tuple[int, int] | None = None,
    step_px: int = 1,
) -> Shots:
    """The frames of a path, a move, or of what they are already; see `relens.path.shots.shots`.

    The photo's own size is rounded down to multiples of step_px; a size that was asked for is not.
    """
    if isinstance(path, Shots):
        return path
    k = scene.camera.intrinsics
    if size_px is None and (k.width_px % step_px or k.height_px % step_px):
        size_px = k.width_px - k.width_px % step_px, k.height_px - k.height_px % step_px
    if not isinstance(path, CameraPath):
        path = path_of_move(path, scene, lens or Lens(85, 1.4), fps)
    return shots(path, scene, lens=lens, fps=fps, size_px=size_px)


def path_of_move(move: Move, scene: Scene, lens: Lens, fps: float | None) -> CameraPath:
    """The path of a move; one that goes from station to station has a frame for each, at any frame rate."""
    if fps is not None and hasattr(move, "fps"):
        move = replace(move, fps=fps)  # pyright: ignore[reportArgumentType, reportCallIssue, reportGeneralTypeIssues]
    return move(scene, lens)


def _keys(
    store: FrameStore, scene: Scene, path_shots: Shots, recipe: Recipe, engine: str, progress: Progress
) -> list[str]:
    """The key of every frame; those in the store that are found whole, and right for this scene, are named so."""
    progress("compare", 0.0)
    now = scene_print(scene)
    keys = []
    for index, shot in enumerate(path_shots):
        progress("compare", index / len(path_shots))
        keys.append(frame_key(shot, recipe, engine, now.digest))
    carry_over(store, scene, now, path_shots, keys, recipe, engine, progress)
    store.drop_damaged(keys)
    return keys
