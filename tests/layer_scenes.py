"""Scenes of flat layers whose pictures are known in closed form, or by plain shifting and laying over."""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from relens.aperture import Aperture
from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.scene import Layer, Scene

HEIGHT_PX, WIDTH_PX, BORDER_PX, FX_PX = 48, 64, 16, 100.0
RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def grid(border_px=BORDER_PX):
    """Pixel centres (row, column) of a layer's texels on the photo's grid; negative in the border."""
    row, column = np.mgrid[-border_px : HEIGHT_PX + border_px, -border_px : WIDTH_PX + border_px] + 0.5
    return row, column


def plane(name, colour, inverse_depth, alpha=1.0, border_px=BORDER_PX):
    """A layer of one colour (or an (h, w, 3) texture), one inverse depth (or a map), and one alpha (or a map)."""
    size = HEIGHT_PX + 2 * border_px, WIDTH_PX + 2 * border_px
    alpha = np.broadcast_to(np.asarray(alpha, np.float32), size)
    colour = np.broadcast_to(np.asarray(colour, np.float32), (*size, 3))
    rgba = np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)
    return Layer(name, rgba, np.broadcast_to(np.asarray(inverse_depth, np.float32), size).copy())


def texture(seed, smooth_px=1.0, border_px=BORDER_PX):
    """Random colours from 0 to 1, as smooth as a photograph."""
    size = HEIGHT_PX + 2 * border_px, WIDTH_PX + 2 * border_px
    noise = gaussian_filter(np.random.default_rng(seed).random((*size, 3)), (smooth_px, smooth_px, 0))
    return ((noise - noise.min()) / np.ptp(noise)).astype(np.float32)


def scene_of(*layers, border_px=BORDER_PX):
    return Scene(Camera(Intrinsics.centred(FX_PX, WIDTH_PX, HEIGHT_PX)), layers, border_px)


def lens_with_blur(blur_px, inverse_depth, focus_inverse_m, aperture=None):
    """The lens that blurs a given inverse depth into a disc of the given diameter: c = fx D |1/z - 1/F|."""
    pupil_m = blur_px / (FX_PX * abs(inverse_depth - focus_inverse_m))
    focus_m = 1 / focus_inverse_m if focus_inverse_m else np.inf
    return Lens(300, 0.3 / pupil_m, focus_m, aperture or Aperture())


def photo_of(scene):
    """What the photo's own pinhole sees of layers that are given front to back: premultiplied RGBA."""
    border = scene.border_px
    frame = (slice(border, border + HEIGHT_PX), slice(border, border + WIDTH_PX))
    picture, clear = np.zeros((HEIGHT_PX, WIDTH_PX, 4)), np.ones((HEIGHT_PX, WIDTH_PX, 1))
    for layer in scene.layers:
        picture += clear * layer.rgba[frame]
        clear = clear * (1 - layer.rgba[frame][..., 3:])
    return picture


def truth_of(scene, lens, samples=4096):
    """The lens picture of fronto-parallel layers given front to back: every view shifts each layer and lays it over.

    A third road to the estimator's integral, beside the two engines: no rays, no search.
    """
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX] + scene.border_px
    total = np.zeros((HEIGHT_PX, WIDTH_PX, 4))
    for pupil in lens.aperture.samples(samples, seed=99).points:
        clear = np.ones((HEIGHT_PX, WIDTH_PX))
        for layer in scene.layers:
            blur_px = FX_PX * lens.pupil_diameter_m / 2 * (layer.inverse_depth[0, 0] - lens.focus_inverse_m)
            at = [row + pupil[1] * blur_px, column + pupil[0] * blur_px]
            rgba = [map_coordinates(layer.rgba[..., c], at, order=1, mode="nearest") for c in range(4)]
            for c in range(4):
                total[..., c] += clear * rgba[c]
            clear = clear * (1 - rgba[3])
    return total / samples


def rms(difference):
    return float(np.sqrt(np.mean(np.square(difference))))
