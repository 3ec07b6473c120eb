"""Progress of a network whose parts report nothing: hooks on its layers, which may also interrupt it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from relens.progress import Progress


@dataclass(frozen=True)
class Work:
    """What a run of the network consists of.

    Attributes:
        layers: transformer layers; a call counts by its patches.
        patch_layers: patches times layers, of all encoders.
        levels: levels of the decoder; a call counts by its pixels.
        pixels: of all levels.
        encoders_share: the part of the time that the encoders take, 0 to 1.
    """

    layers: Iterable[Any]
    patch_layers: int
    levels: Iterable[Any]
    pixels: int
    encoders_share: float


@contextmanager
def listened_to(work: Work, progress: Progress, stage: str) -> Iterator[None]:
    """While the block runs, every part of the work that is done is told to `progress`, which may raise."""
    done = {"encoders": 0.0, "decoder": 0.0}

    def hear(kind: str, amount: float) -> None:
        done[kind] = min(done[kind] + amount, 1.0)
        share = work.encoders_share
        progress(stage, share * done["encoders"] + (1 - share) * done["decoder"])

    def layer_done(_module: Any, inputs: tuple[Any, ...], _output: Any) -> None:
        hear("encoders", inputs[0].shape[0] / work.patch_layers)

    def level_done(_module: Any, inputs: tuple[Any, ...], _output: Any) -> None:
        hear("decoder", inputs[0].shape[-2] * inputs[0].shape[-1] / work.pixels)

    handles = [layer.register_forward_hook(layer_done) for layer in work.layers]
    handles += [level.register_forward_hook(level_done) for level in work.levels]
    progress(stage, 0.0)
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
