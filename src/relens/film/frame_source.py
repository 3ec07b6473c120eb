"""Where finished frames come from: this process, or whoever else renders them."""

from collections.abc import Generator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32

from relens.film.frame import Recipe, render_frame
from relens.path.shot import Shot
from relens.progress import Progress
from relens.render.engine import Engine


@runtime_checkable
class FrameSource(Protocol):
    """Renders shots."""

    def __call__(
        self, engine: Engine, shots: Sequence[Shot], recipe: Recipe, progress: Progress
    ) -> Generator[tuple[int, bytes | Float32[np.ndarray, "h w 3"]], None, None]:
        """Every shot's place in `shots`, each once, in any order, and its frame; closed when the film stops early.

        That is linear light (`relens.film.frame.render_frame`) or a file's content
        (`relens.film.frame_form.encoded_frame` of it, in the recipe's form). `engine` is open for the scene;
        a source that renders elsewhere takes its name and its scene.
        """
        ...


def render_here(
    engine: Engine, shots: Sequence[Shot], recipe: Recipe, progress: Progress
) -> Generator[tuple[int, Float32[np.ndarray, "h w 3"]], None, None]:
    """One after another, in this process."""
    for index in range(len(shots)):

        def part(stage: str, fraction: float, done: int = index) -> None:
            progress("render", (done + fraction) / len(shots))

        yield index, render_frame(engine, shots[index], recipe.samples, recipe.seed, recipe.stereo, part)
