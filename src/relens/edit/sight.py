"""Sight: what the photo shows in a window of the pages: whose it is, its colours, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window, shown
from relens.scene import Scene


@dataclass(frozen=True)
class Sight:
    """What the photo's pinhole sees in a window.

    Attributes:
        share: how much of each texel it sees of a layer, by the layer's name; those that it sees nowhere are left out.
        rgba: (h, w, 4) linear light, premultiplied.
        inverse_depth: (h, w) 1/m, of the layer that it sees most of; NaN where it sees none.
    """

    share: Mapping[str, Float32[np.ndarray, "h w"]]
    rgba: Float32[np.ndarray, "h w 4"]
    inverse_depth: Float32[np.ndarray, "h w"]


def sight(scene: Scene, window: Window) -> Sight:
    """What the photo shows in a window of the pages."""
    from relens.canonical.photo_kernels import add_shown

    share = shown(scene, window)
    size = window[0].stop - window[0].start, window[1].stop - window[1].start
    rgba, most = np.zeros((*size, 4), np.float32), np.zeros(size, np.float32)
    inverse_depth = np.full(size, np.nan, np.float32)
    for layer in scene.layers:
        if layer.name in share:
            part = share[layer.name]
            add_shown(rgba, layer.rgba[window], part)
            np.copyto(inverse_depth, layer.inverse_depth[window], where=part > most)
            np.maximum(most, part, out=most)
    return Sight(share, rgba, inverse_depth)
