"""ScenePrint: what of a scene has changed since frames were rendered, told by fingerprints of its blocks."""

import hashlib
import zipfile
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import UInt64

from relens.atomic import atomic_file
from relens.render.repaint import GRAIN_PX, Blocks
from relens.render.threads import on_all_cores
from relens.scene import Layer, Scene

_DIGEST_BYTES = 8
_BLOCK_ROWS = 16


@dataclass(frozen=True)
class ScenePrint:
    """Fingerprints of a scene, a thousandth of its size.

    Attributes:
        about: its camera, border and layers, in words.
        colour: by layer, (down, across), of the colours in every block of GRAIN_PX texels.
        shape: likewise, of alpha and inverse depth.
    """

    about: str
    colour: dict[str, UInt64[np.ndarray, "down across"]]
    shape: dict[str, UInt64[np.ndarray, "down across"]]

    @cached_property
    def digest(self) -> str:
        """Of all of it, 16 characters."""
        digest = hashlib.blake2b(self.about.encode(), digest_size=_DIGEST_BYTES)
        for blocks in (*self.colour.values(), *self.shape.values()):
            digest.update(blocks.tobytes())
        return digest.hexdigest()

    def recoloured(self, other: "ScenePrint") -> dict[str, Blocks] | None:
        """The blocks whose colours differ, by layer; None where anything else does (`relens.render.repaint`)."""
        if self.about != other.about or any(
            not np.array_equal(self.shape[name], other.shape[name]) for name in self.shape
        ):
            return None
        blocks = {name: self.colour[name] != other.colour[name] for name in self.colour}
        return {name: changed for name, changed in blocks.items() if changed.any()}


def scene_print(scene: Scene) -> ScenePrint:
    """The fingerprints of a scene."""
    k = scene.camera.intrinsics
    sizes = [(layer.name, *layer.inverse_depth.shape) for layer in scene.layers]
    about = repr((astuple(k)[:-1], scene.border_px, sizes))
    prints = {layer.name: _layer_print(layer) for layer in scene.layers}
    return ScenePrint(
        about, {name: each[0] for name, each in prints.items()}, {name: each[1] for name, each in prints.items()}
    )


def _layer_print(layer: Layer) -> tuple[UInt64[np.ndarray, "down across"], UInt64[np.ndarray, "down across"]]:
    from relens.film.print_kernel import print_blocks

    rgba, depth = (np.ascontiguousarray(page).view(np.uint32) for page in (layer.rgba, layer.inverse_depth))
    size = tuple(-(-side // GRAIN_PX) for side in depth.shape)
    colour, shape = np.empty(size, np.uint64), np.empty(size, np.uint64)

    def fill(row: int) -> None:
        rows = slice(row, row + _BLOCK_ROWS)
        print_blocks(rgba, depth, GRAIN_PX, row, colour[rows], shape[rows])

    on_all_cores(fill, range(0, size[0], _BLOCK_ROWS), lambda done: None)
    return colour, shape


def write_print(made: ScenePrint, path: Path) -> None:
    """Write it atomically. Raises FileError."""
    pages = {f"{kind}-{name}": page for kind in ("colour", "shape") for name, page in getattr(made, kind).items()}
    with atomic_file(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, about=np.array(made.about), **pages)


def read_print(path: Path) -> ScenePrint | None:
    """Read what `write_print` wrote; None for anything else."""
    try:
        with np.load(path, allow_pickle=False) as pages:
            kinds: dict[str, dict[str, np.ndarray]] = {"colour": {}, "shape": {}}
            for key in pages.files:
                kind, dash, name = key.partition("-")
                if dash:
                    kinds[kind][name] = pages[key]
            return ScenePrint(str(pages["about"]), kinds["colour"], kinds["shape"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
