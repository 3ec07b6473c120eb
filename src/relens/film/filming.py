"""Filming: frames are rendered, kept and written, and a film that is stopped goes on where it was."""

import shutil
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from relens.atomic import atomic_file
from relens.errors import FileError
from relens.film.develop import develop
from relens.film.format_of import Format, try_out
from relens.film.frame import Recipe
from relens.film.frame_source import FrameSource, render_here
from relens.film.frame_store import FrameStore
from relens.film.numbered import Numbered
from relens.film.reel import Reel
from relens.only_one import only_one
from relens.path.shot import Shot
from relens.progress import Progress
from relens.render.engine import Engine

# What an encoder is writing among the frames.
_GROWING = "film-"


@dataclass(frozen=True)
class Film:
    """A film that is done.

    Attributes:
        output: its name.
        size_px: of its frames.
        frames: how many it has.
        rendered: how many had to be rendered for it; the others were there, or are the same.
    """

    output: Path
    size_px: tuple[int, int]
    frames: int
    rendered: int


@dataclass(frozen=True)
class Order:
    """What is to be filmed, and how it is written; tried out as soon as it is made.

    Attributes:
        target: the film's name.
        chosen: its format.
        recipe: what all frames have in common.
        path_shots: the frames, one or more, all of one size.
        fps: frames a second.
        kept: where frames are kept, and stay; None for a hidden folder beside the target that goes at the end.
        source: who renders.

    Raises RelensError where the format cannot be written like this.
    """

    target: Path
    chosen: Format
    recipe: Recipe
    path_shots: Sequence[Shot]
    fps: float
    kept: Path | None = None
    source: FrameSource = render_here

    def __post_init__(self) -> None:
        try_out(self.chosen, self.target, self.frame_px, self.fps)

    @property
    def frame_px(self) -> tuple[int, int]:
        """Width and height of a frame."""
        k, stereo = self.path_shots[0].camera.intrinsics, self.recipe.stereo
        return k.width_px * (stereo.pictures_across if stereo else 1), k.height_px


def filmed(order: Order, opened: Engine, keys_of: Callable[[FrameStore], list[str]], progress: Progress) -> Film:
    """Render what is missing of an order and write the film.

    keys_of: the key of every frame; what the store has under one of them is a finished frame of this film.
    Raises RelensError where another process is making the same; FileError for a disk that is full.
    """
    target = order.target
    if isinstance(order.chosen, Numbered):
        target.parent.mkdir(exist_ok=True)
    store = FrameStore(order.kept or kept_beside(target), order.chosen.form)
    busy = f"{target}: another process is making it, in {store.folder}; wait for that, or choose another name"
    with only_one(store.folder / ".lock", busy):
        # Nobody else has the lock: what a killed process was encoding.
        for growing in store.folder.glob(f"{_GROWING}*"):
            growing.unlink(missing_ok=True)
        keys = keys_of(store)
        # Frames that are the same have one key.
        missing = {key: index for index, key in enumerate(keys) if key not in store}
        wanted = list(missing)

        def write(reel: Reel) -> None:
            _write(order.chosen, target, reel, store.folder, order.frame_px, order.fps)

        try:
            shots_wanted = [order.path_shots[index] for index in missing.values()]
            with closing(order.source(opened, shots_wanted, order.recipe, progress)) as rendered:
                develop(store, keys, ((wanted[place], frame) for place, frame in rendered), write, progress)
        except (OSError, FileError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            if not isinstance(cause, OSError):
                raise
            there = sum(key in store for key in keys)
            kept_words = f"{there} of {len(keys)} frames are kept in {store.folder}; the same again goes on from there"
            problem = f"cannot write: {cause.strerror or cause}"
            if isinstance(error, FileError) and str(store.folder) not in str(error):
                problem = str(error)  # of another disk, which is full of temporary files
            raise FileError(target, f"{problem}; {kept_words}") from error
    if order.kept is None:
        store.remove()
    return Film(target, order.frame_px, len(keys), len(missing))


def kept_beside(output: Path) -> Path:
    """Where the finished frames of a film lie until it is done."""
    return output.with_name(f".{output.name}.frames")


def _write(chosen: Format, target: Path, reel: Reel, folder: Path, size_px: tuple[int, int], fps: float) -> None:
    if isinstance(chosen, Numbered):
        chosen.write(target, reel, size_px, fps)
        return
    # It grows among the frames, so that whatever stops it leaves nothing beside the film's name.
    growing = folder / f"{_GROWING}{uuid.uuid4().hex[:8]}{target.suffix.lower()}"
    try:
        chosen.write(growing, reel, size_px, fps)
        with atomic_file(target) as temporary:
            shutil.move(growing, temporary)
    finally:
        growing.unlink(missing_ok=True)
