"""What engines that work tile by tile share: the views with those that bound the pupil, and which tiles are wanted."""

import math

import numpy as np
from jaxtyping import Bool, Float64, Int32

from relens.aperture import PupilSamples
from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.render.engine import SampleBlock
from relens.render.rays import Views, block_views, lens_views, pinhole_views
from relens.rotation import log_so3
from relens.scene import Scene

_PUPIL_CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
# Samples for each square pixel of blur, where no more than this many are asked for; beyond, in proportion.
_SAMPLES_AT_ONE_A_PX2 = 128


def level_of(scene: Scene, camera: AnyCamera) -> int:
    """How often the scene is to be halved until a pixel of the camera spans no more than one texel, about."""
    return max(0, round(math.log2(scene.camera.intrinsics.fx_px / camera.intrinsics.fx_px)))


def samples_a_px2(block: SampleBlock) -> float:
    """Samples that a tile takes for each square pixel of its blur disc."""
    return max(1.0, (block.first + block.count) / _SAMPLES_AT_ONE_A_PX2)


def bounded_views(camera: AnyCamera, lens: Lens, block: SampleBlock) -> Views:
    """The pinhole's view, then the block's, then those (of the middle colour) whose rays bound all others.

    Four bound the pupil of a camera that stands still; one that moves has them when the shutter opens, halfway, and
    when it closes (`motion_spread_px` is how far rays in between may leave their hull).
    """
    corners = PupilSamples(_PUPIL_CORNERS, np.ones((len(_PUPIL_CORNERS), 3)))
    stations = [camera] if isinstance(camera, Camera) else [camera.opening, camera.middle, camera.closing]
    around = [lens_views([station], lens, corners) for station in stations]
    middle = slice(around[0].a_sample // 2, None, around[0].a_sample)
    views = block_views(camera, lens, block)
    direction, origin_m, weight, pupil = (
        np.concatenate([
            getattr(pinhole_views(camera.middle), name),
            getattr(views, name),
            *(getattr(corner, name)[middle] for corner in around),
        ])
        for name in ("direction", "origin_m", "weight", "pupil")
    )  # fmt: skip
    return Views(direction, origin_m, weight, pupil, views.a_sample, bounding=len(_PUPIL_CORNERS) * len(stations))


def motion_spread_px(camera: AnyCamera) -> int:
    """How far, in pixels, rays of a moving camera may leave the hull of those that bound it; 0 for one that stands.

    Between two stations an image point runs on an arc. Its way differs from the straight one by at most an eighth of
    its acceleration: about f (1 + r^2 / f^2)^(3/2) times the square of the angle turned, r the picture's half diagonal,
    and the logarithm of a zoom squared.
    """
    if isinstance(camera, Camera):
        return 0
    k = camera.intrinsics
    opening, closing = camera.opening, camera.closing
    turn_rad = float(np.linalg.norm(log_so3(opening.rotation.T @ closing.rotation))) / 2
    zoom = math.log(closing.intrinsics.fx_px / opening.intrinsics.fx_px) / 2
    radius_px = k.diagonal_px / 2
    bend_px = max(k.fx_px, k.fy_px) * (1 + (radius_px / min(k.fx_px, k.fy_px)) ** 2) ** 1.5 * 2 * turn_rad**2
    return math.ceil((bend_px + radius_px * (zoom**2 + 2 * abs(zoom) * turn_rad)) / 8)


def focus_plane(camera: AnyCamera, lens: Lens) -> Float64[np.ndarray, "4"]:
    """The plane of focus, inverse depth as a function of column, row and 1, and how far off it a colour may focus."""
    k, (gx, gy) = camera.intrinsics, lens.focus_gradient_per_m
    middle = lens.focus_inverse_m - gx * k.cx_px / k.fx_px - gy * k.cy_px / k.fy_px
    # The magnification of a colour moves it across a tilted plane too, by less than this.
    off = float(np.abs(lens.channel_focus_per_m).max())
    return np.array([gx / k.fx_px, gy / k.fy_px, middle, off])


def lateral_spread_px(camera: AnyCamera, lens: Lens) -> float:
    """How far, at most, a colour's image lies from where the lens would have it: what bounds of a tile must add."""
    k = camera.intrinsics
    return (
        abs(lens.lateral_colour)
        / 2
        * math.hypot(max(k.cx_px, k.width_px - k.cx_px), max(k.cy_px, k.height_px - k.cy_px))
    )


def tiles_of(camera: AnyCamera, wanted: Bool[np.ndarray, "h w"] | None, tile_px: int) -> Int32[np.ndarray, " t"]:
    """Numbers, row by row, of the tiles that hold a wanted pixel."""
    k = camera.intrinsics
    down, across = -(-k.height_px // tile_px), -(-k.width_px // tile_px)
    tiles = np.arange(down * across, dtype=np.int32)
    if wanted is None:
        return tiles
    padded = np.pad(wanted, ((0, -k.height_px % tile_px), (0, -k.width_px % tile_px)))
    return tiles[padded.reshape(down, tile_px, across, tile_px).any(axis=(1, 3)).ravel()]
