"""Small lamps on the background: points of light that show the shape of a lens's pupil."""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.lens import Lens
from relens.render.focus import background_depth_m
from relens.scene import Scene

# A lamp is a Gaussian spot this wide as a share of its blur: fine enough to keep the corners of blades, coarse enough
# to close the gaps between 384 samples.
_SIGMA_OF_BLUR = 0.04
_SPACING_OF_BLUR = 1.4
# Light that a lamp adds to its whole disc of blur, in the colour of a tungsten bulb.
_DISC_LIGHT = np.array([0.55, 0.40, 0.22], np.float32)
# Lamps hang on what lies within this share of the scene's range around the background's depth.
_BACKGROUND_SHARE = 0.15


def with_lamps(scene: Scene, lens: Lens) -> Scene:
    """The scene with a pattern of small bright lamps painted on its background: an edit before the lens.

    Each lamp has the light that `lens` spreads into a disc of moderate brightness; the pattern is as wide as the discs
    need. Lamps keep to background that is in plain sight, so that nothing nearer is painted. A scene whose background
    the lens does not blur comes back as it is.
    """
    k, border = scene.camera.intrinsics, scene.border_px
    back = scene.layers[-1]
    background_inverse = 1 / background_depth_m(scene)
    blur_px = lens.coc_px(background_inverse, k.fx_px)
    sigma_px = _SIGMA_OF_BLUR * blur_px
    if sigma_px < 0.5:
        return scene
    allowed = _in_plain_sight(scene, background_inverse)
    spot = _spot(sigma_px)
    reach = len(spot) // 2
    light = _DISC_LIGHT * (math.pi / 4 * blur_px**2)
    rgba = back.rgba.copy()
    for column, row in _pattern(k.width_px, k.height_px, _SPACING_OF_BLUR * blur_px):
        left, top = column + border - reach, row + border - reach
        if left < 0 or top < 0:
            continue
        place = (slice(top, top + len(spot)), slice(left, left + len(spot)))
        if allowed[place].shape == spot.shape and allowed[place].all():
            rgba[place][..., :3] += spot[..., None] * light
    return scene.with_layer(replace(back, rgba=rgba))


def _in_plain_sight(scene: Scene, background_inverse: float) -> Bool[np.ndarray, "h w"]:
    """Where the last layer is the background and nothing hangs before it."""
    back = scene.layers[-1]
    nearest = max(float(np.nanmax(layer.inverse_depth)) for layer in scene.layers)
    span = _BACKGROUND_SHARE * (nearest - background_inverse)
    allowed = (np.abs(back.inverse_depth - background_inverse) <= span) & (back.rgba[..., 3] > 0.99)
    for layer in scene.layers[:-1]:
        allowed &= layer.rgba[..., 3] < 0.01
    return allowed


def _spot(sigma_px: float) -> Float32[np.ndarray, "n n"]:
    """A Gaussian cut at three sigma, with sum 1."""
    reach = math.ceil(3 * sigma_px)
    profile = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2)
    spot = np.outer(profile, profile)
    return (spot / spot.sum()).astype(np.float32)


def _pattern(width_px: int, height_px: int, spacing_px: float) -> list[tuple[int, int]]:
    """Columns and rows of a hexagonal pattern over the photo, symmetric about its vertical middle."""
    row_step_px = spacing_px * math.sqrt(3) / 2
    across = math.ceil(width_px / spacing_px / 2) + 1
    places = []
    for j in range(math.ceil(height_px / row_step_px)):
        shift = 0.5 * (j % 2)
        row = round((j + 0.5) * row_step_px)
        columns = (round(width_px / 2 + (i + shift) * spacing_px) for i in range(-across, across + 1))
        places += [(column, row) for column in columns if 0 <= column < width_px and row < height_px]
    return places
