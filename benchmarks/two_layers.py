"""A layered scene of any size: a person's bust before a wall, in depth; what scaling benchmarks photograph."""

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.scene import Layer, Scene

# The field of view of a 28 mm lens on a 36 mm sensor, as phones have.
_FX_OVER_WIDTH = 28 / 36
NEAR_M, FAR_M = 1.0, 4.0


def two_layers(megapixels: float, border_share: float = 0.06, seed: int = 1) -> Scene:
    """Two layers of 4:3, busy as a photograph, both with relief, the front one cut with a soft edge."""
    width_px, height_px = round((megapixels * 1e6 * 4 / 3) ** 0.5), round((megapixels * 1e6 * 3 / 4) ** 0.5)
    border_px = round(border_share * width_px)
    y = (np.arange(-border_px, height_px + border_px, dtype=np.float32)[:, None] + np.float32(0.5)) / width_px
    x = (np.arange(-border_px, width_px + border_px, dtype=np.float32) + np.float32(0.5)) / width_px
    # Head and shoulders.
    head = np.hypot((x - 0.5) / 0.14, (y - 0.3) / 0.18) - 1
    shoulders = np.hypot((x - 0.5) / 0.33, (y - 0.75) / 0.27) - 1
    outside_px = np.minimum(head * 0.14, shoulders * 0.27) * width_px
    alpha = np.clip(0.5 - outside_px / 2, 0, 1)
    bulge = 0.18 * np.exp(-np.square((x - 0.5) / 0.15) - np.square((y - 0.35) / 0.2))
    person = 1 / NEAR_M + bulge + 0.01 * np.sin(40 * x) * np.cos(35 * y)
    wall = 1 / FAR_M + 0.05 * np.sin(5 * x + 1) * np.cos(4 * y)
    layers = (_layer("person", alpha, person, seed), _layer("wall", np.ones_like(alpha), wall, seed + 1))
    camera = Camera(Intrinsics.centred(_FX_OVER_WIDTH * width_px, width_px, height_px))
    return Scene(camera, layers, border_px)


def _layer(name: str, alpha: np.ndarray, inverse_depth: np.ndarray, seed: int) -> Layer:
    height, width = alpha.shape
    rng = np.random.default_rng(seed)
    rgba = np.empty((height, width, 4), np.float32)
    for channel in range(3):
        # Detail at every scale: a little noise over larger and larger tiles.
        total = np.full((height, width), 0.3, np.float32)
        for tile_px in (1, 8, 64, 512):
            grid = rng.random((height // tile_px + 1, width // tile_px + 1), dtype=np.float32)
            total += np.float32(0.12) * np.repeat(np.repeat(grid, tile_px, axis=0), tile_px, axis=1)[:height, :width]
        rgba[..., channel] = total * alpha
    rgba[..., 3] = alpha
    return Layer(name, rgba, inverse_depth.astype(np.float32))
