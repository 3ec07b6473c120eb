"""What engines that work tile by tile share: the views with those that bound the pupil, and which tiles are wanted."""

import math

import numpy as np
from jaxtyping import Bool, Float64, Int32

from relens.aperture import PupilSamples
from relens.camera import Camera
from relens.lens import Lens
from relens.render.engine import SampleBlock
from relens.render.rays import Views, lens_views, pinhole_views
from relens.scene import Scene

_PUPIL_CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
# Samples for each square pixel of blur, where no more than this many are asked for; beyond, in proportion.
_SAMPLES_AT_ONE_A_PX2 = 128


def level_of(scene: Scene, camera: Camera) -> int:
    """How often the scene is to be halved until a pixel of the camera spans no more than one texel, about."""
    return max(0, round(math.log2(scene.camera.intrinsics.fx_px / camera.intrinsics.fx_px)))


def samples_a_px2(block: SampleBlock) -> float:
    """Samples that a tile takes for each square pixel of its blur disc."""
    return max(1.0, (block.first + block.count) / _SAMPLES_AT_ONE_A_PX2)


def bounded_views(camera: Camera, lens: Lens, block: SampleBlock) -> Views:
    """The pinhole's view, then the block's, then four (of the middle colour) whose rays bound all others."""
    corners = lens_views(camera, lens, PupilSamples(_PUPIL_CORNERS, np.ones((len(_PUPIL_CORNERS), 3))))
    middle = slice(corners.a_sample // 2, None, corners.a_sample)
    views = lens_views(camera, lens, lens.aperture.samples(block.count, block.seed, block.first))
    pinhole = pinhole_views(camera)
    direction, origin_m, weight, pupil = (
        np.concatenate([getattr(pinhole, name), getattr(views, name), getattr(corners, name)[middle]])
        for name in ("direction", "origin_m", "weight", "pupil")
    )
    return Views(direction, origin_m, weight, pupil, views.a_sample)


def focus_plane(camera: Camera, lens: Lens) -> Float64[np.ndarray, "4"]:
    """The plane of focus, inverse depth as a function of column, row and 1, and how far off it a colour may focus."""
    k, (gx, gy) = camera.intrinsics, lens.focus_gradient_per_m
    middle = lens.focus_inverse_m - gx * k.cx_px / k.fx_px - gy * k.cy_px / k.fy_px
    # The magnification of a colour moves it across a tilted plane too, by less than this.
    off = float(np.abs(lens.channel_focus_per_m).max())
    return np.array([gx / k.fx_px, gy / k.fy_px, middle, off])


def lateral_spread_px(camera: Camera, lens: Lens) -> float:
    """How far, at most, a colour's image lies from where the lens would have it: what bounds of a tile must add."""
    k = camera.intrinsics
    return (
        abs(lens.lateral_colour)
        / 2
        * math.hypot(max(k.cx_px, k.width_px - k.cx_px), max(k.cy_px, k.height_px - k.cy_px))
    )


def tiles_of(camera: Camera, wanted: Bool[np.ndarray, "h w"] | None, tile_px: int) -> Int32[np.ndarray, " t"]:
    """Numbers, row by row, of the tiles that hold a wanted pixel."""
    k = camera.intrinsics
    down, across = -(-k.height_px // tile_px), -(-k.width_px // tile_px)
    tiles = np.arange(down * across, dtype=np.int32)
    if wanted is None:
        return tiles
    padded = np.pad(wanted, ((0, -k.height_px % tile_px), (0, -k.width_px % tile_px)))
    return tiles[padded.reshape(down, tile_px, across, tile_px).any(axis=(1, 3)).ravel()]
