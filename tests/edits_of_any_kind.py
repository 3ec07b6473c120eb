"""Edits of every kind that a scene can take: of light, alpha, depth and holes, of a window or a whole page."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from relens.scene import Scene


@dataclass(frozen=True)
class AnyEdit:
    """A change of a random window of one layer, the same for the same numbers.

    Attributes:
        kind: "colour", "alpha", "depth", "hole", "light", "dim" or "nothing".
        seed: of the layer, the window, and what is put there.
    """

    kind: str
    seed: int

    def __call__(self, scene: Scene) -> Scene:
        rng = np.random.default_rng(self.seed)
        layer = scene.layers[rng.integers(len(scene.layers))]
        window = tuple(slice(*np.sort(rng.choice(size + 1, 2, replace=False))) for size in layer.inverse_depth.shape)
        rgba, inverse_depth = layer.rgba.copy(), layer.inverse_depth.copy()
        _KINDS[self.kind](rgba, inverse_depth, window, rng)
        return scene.with_layer(replace(layer, rgba=rgba, inverse_depth=inverse_depth))


def any_edits() -> st.SearchStrategy[AnyEdit]:
    return st.builds(AnyEdit, st.sampled_from(list(_KINDS)), st.integers(0, 2**32))


def _colour(rgba, inverse_depth, window, rng):
    rgba[window][..., :3] = rng.random(rgba[window][..., :3].shape) * rgba[window][..., 3:]


def _alpha(rgba, inverse_depth, window, rng):
    surface = ~np.isnan(inverse_depth[window])
    rgba[window] *= (rng.random(surface.shape) * surface)[..., None] / np.maximum(rgba[window][..., 3:], 1)


def _depth(rgba, inverse_depth, window, rng):
    inverse_depth[window] = rng.random(inverse_depth[window].shape) * 4


def _hole(rgba, inverse_depth, window, rng):
    rgba[window], inverse_depth[window] = 0, np.nan


def _light(rgba, inverse_depth, window, rng):
    """Light above 1, so that the whole page gets another gain."""
    rgba[window][..., :3] *= rng.random(3) * rng.choice([2, 50, 3000])


def _dim(rgba, inverse_depth, window, rng):
    rgba[..., :3] *= rng.random() / 50


def _nothing(rgba, inverse_depth, window, rng):
    pass


_KINDS: dict[str, Callable] = {
    "colour": _colour,
    "alpha": _alpha,
    "depth": _depth,
    "hole": _hole,
    "light": _light,
    "dim": _dim,
    "nothing": _nothing,
}
