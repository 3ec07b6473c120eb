"""film_of_engine: a film of anything that an engine photographs."""

import os
from collections.abc import Sequence
from pathlib import Path

from relens.film.filming import Film, Order, filmed
from relens.film.format_of import format_of
from relens.film.frame import Recipe
from relens.film.frame_key import frame_key
from relens.film.frame_store import FrameStore
from relens.path.shot import Shot
from relens.progress import Progress, silent
from relens.render.engine import Engine


def film_of_engine(
    engine: Engine,
    digest: str,
    path_shots: Sequence[Shot],
    output: str | os.PathLike[str],
    *,
    fps: float,
    samples: int = 64,
    seed: int = 0,
    codec: str | None = None,
    bit_depth: int | None = None,
    quality: float | None = None,
    frames_folder: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
) -> Film:
    """Photograph shots with an engine of any subject, as `film` does those of a scene; resumable likewise.

    Args:
        engine: what photographs.
        digest: of what it photographs, letters and digits: frames that are kept count while it is the same.
        path_shots: the frames, all of one size.
        output: where to; the folder must exist.
        fps: frames a second.
        samples: most lens samples a pixel.
        seed: scrambles the sample pattern.
        codec: see `film`, as the next three.
        bit_depth: of each channel.
        quality: of the encoder.
        frames_folder: where frames are kept, and stay.
        progress: told how far the work is; may raise to stop it.

    Raises as `film`.
    """
    kept = None if frames_folder is None else Path(frames_folder)
    chosen = format_of(Path(output), codec=codec, bit_depth=bit_depth, quality=quality, keeps_frames=kept is not None)
    recipe = Recipe(samples, seed, None, chosen.form)
    order = Order(Path(output), chosen, recipe, path_shots, fps, kept)
    keys = [frame_key(shot, recipe, engine.name, digest) for shot in path_shots]

    def keys_of(store: FrameStore) -> list[str]:
        store.drop_damaged(keys)
        return keys

    return filmed(order, engine, keys_of, progress)
