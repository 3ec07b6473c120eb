"""Scenes of a few texels where layers tie, hide and veil each other, and the plain road to what a pinhole sees."""

import numpy as np
from hypothesis import strategies as st
from unchecked import unchecked

from relens.camera import Camera, Intrinsics
from relens.scene import Layer, Scene

# Opaque, nothing, soft, faint, and a rounding above opaque.
ALPHAS = (0.0, 1.0, 1.0, 0.5, 0.25, 0.9, 1e-5, 1.000005)


@st.composite
def stacked_scenes(draw: st.DrawFn, most_layers: int = 6) -> Scene:
    """One to six layers whose order differs from texel to texel, at depths that often are the same."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    width_px, height_px, border_px = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(0, 1))
    size = height_px + 2 * border_px, width_px + 2 * border_px
    brightest = draw(st.sampled_from([0.01, 1.0, 50.0]))
    veils = draw(st.booleans())
    layers = []
    for number in range(draw(st.integers(1, most_layers))):
        alpha = rng.choice([0.1, 0.3], size) if veils else rng.choice(ALPHAS, size)
        colour = rng.random((*size, 3)) * brightest * (rng.random((*size, 1)) < 0.8)
        inverse_depth = rng.choice([0.0, 0.5, 1.0, 2.0], size).astype(np.float32)
        inverse_depth[(alpha == 0) & (rng.random(size) < 0.5)] = np.nan
        rgba = np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)
        layers.append(Layer(f"layer-{number}", rgba, inverse_depth))
    # The check of a tuple picks an element with Python's own random numbers, which a strategy must not use.
    with unchecked():
        return Scene(Camera(Intrinsics.centred(50.0, width_px, height_px)), tuple(layers), border_px)


def seen_plainly(scene):
    """What the pinhole sees, (h, w, 4), and how much of each texel it sees of every layer, (layers, h, w): in doubles,
    texel by texel, the layers sorted by depth, those of one depth as they come."""
    height, width = scene.layers[0].inverse_depth.shape
    page, share = np.zeros((height, width, 4)), np.zeros((len(scene.layers), height, width))
    for at in np.ndindex(height, width):
        there = [number for number, layer in enumerate(scene.layers) if layer.rgba[at][3] > 0]
        clear = 1.0
        for number in sorted(there, key=lambda number: -scene.layers[number].inverse_depth[at]):
            texel = scene.layers[number].rgba[at].astype(np.float64)
            page[at] += clear * texel
            share[number][at] = clear * min(texel[3], 1)
            clear *= 1 - min(texel[3], 1)
    return page, share


def bits(scene):
    return [(layer.name, layer.rgba.tobytes(), layer.inverse_depth.tobytes()) for layer in scene.layers]
