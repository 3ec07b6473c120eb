"""How much of a picture its lens rays find on surfaces that the photo does not show and relens made up."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from relens.explain.report.taken import Taken
from relens.lens import Lens
from relens.render.shoot import shoot
from relens.scene import Layer, Scene

# A pixel counts as touched from this share of made-up light on.
TOUCHED = 0.01


@dataclass(frozen=True)
class Hidden:
    """The made-up part of a picture.

    Attributes:
        share: (h, w) of each pixel's lens rays that end on made-up surfaces, 0 to 1.
        mean: over the picture.
        beyond: the part of that mean which lies beyond the photo's frame; the rest is behind nearer things.
        touched: share of the pixels in which it is at least 1 %.
        most: of any pixel.
        mainly: share of the pixels in which it is at least a half.
    """

    share: Float32[np.ndarray, "h w"]
    mean: float
    beyond: float
    touched: float
    mainly: float
    most: float


def hidden_of(taken: Taken, lens: Lens | None = None) -> Hidden:
    """Photograph the scene with its colours replaced by one where they are made up and zero where the photo shows them.

    What comes back is, in every pixel, the share of its light's paths that end on made-up surfaces: red behind nearer
    things, blue beyond the photo's frame.
    """
    marked = marked_scene(taken.small)
    picture = shoot(
        marked, lens or taken.lens, camera=taken.camera, samples=taken.samples, seed=taken.seed, engine=taken.engine
    )
    # Without the light that a T-stop loses.
    parts = picture.linear / np.float32((lens or taken.lens).transmittance)
    share = np.clip(parts[..., 0] + parts[..., 2], 0, 1)
    return Hidden(
        share,
        float(share.mean()),
        float(parts[..., 2].mean()),
        float((share >= TOUCHED).mean()),
        float((share >= 0.5).mean()),
        float(share.max()),
    )


def marked_scene(scene: Scene) -> Scene:
    """The scene in red where nearer things hide a texel, blue beyond the frame, black where the photo shows it.

    A texel is shown as far as the layers nearer at its pixel let it through; alpha stays as it was.
    """
    k, border = scene.camera.intrinsics, scene.border_px
    frame = (slice(border, border + k.height_px), slice(border, border + k.width_px))
    layers = []
    for layer in scene.layers:
        alpha = layer.rgba[..., 3]
        rgba = np.zeros_like(layer.rgba)
        rgba[..., 2] = rgba[..., 3] = alpha
        rgba[frame][..., 2] = 0
        rgba[frame][..., 0] = alpha[frame] * (1 - _let_through(scene, layer, frame))
        layers.append(replace(layer, rgba=rgba))
    return replace(scene, layers=tuple(layers))


def _let_through(scene: Scene, layer: Layer, frame: tuple[slice, slice]) -> Float32[np.ndarray, "h w"]:
    """The part of the photo's rays that reaches a layer past those that are nearer at the same pixel."""
    through = np.ones(layer.inverse_depth[frame].shape, np.float32)
    own = np.nan_to_num(layer.inverse_depth[frame], nan=-1.0)
    for other in scene.layers:
        if other is not layer:
            nearer = np.nan_to_num(other.inverse_depth[frame], nan=-1.0) > own
            through *= np.where(nearer, 1 - other.rgba[frame][..., 3], np.float32(1))
    return through
