"""Layered scenes made in code, with the lenses and cameras that photograph them."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from relens import Camera, Layer, Lens, Scene
from relens.camera import Intrinsics

_BORDER_SHARE = 0.125
_SHARE_OF_WIDTH = 0.85  # focal length in pixels over the picture's width


@dataclass(frozen=True)
class Shot:
    """One photograph to take: `name` tells focus and camera."""

    name: str
    lens: Lens
    camera: Camera


@dataclass(frozen=True)
class SceneToProve:
    """A scene, the two distances worth focusing at, and how far its camera may step."""

    name: str
    scene: Scene
    near_m: float
    far_m: float
    step_m: tuple[float, float, float]
    pupil_mm: float

    def shots(self) -> list[Shot]:
        """Focus near and far, camera in place and moved."""
        eye = self.scene.camera
        moved = eye.moved(*self.step_m).turned(yaw_rad=-0.02, roll_rad=0.01)
        return [
            Shot(f"{focus}, {place}", Lens(50, 50 / self.pupil_mm, focus_m), camera)
            for focus, focus_m in (("near", self.near_m), ("far", self.far_m))
            for place, camera in (("in place", eye), ("moved", moved))
        ]


def scenes_to_prove(width_px: int = 256, height_px: int = 192) -> list[SceneToProve]:
    """A disc before a wall, three layers that run through one another, and a deep relief."""
    return [
        SceneToProve("disc", _disc(width_px, height_px), 0.8, 2.0, (0.03, -0.015, 0.02), 72),
        SceneToProve("interleaved", _interleaved(width_px, height_px), 0.9, 1.8, (-0.03, 0.01, 0.03), 72),
        SceneToProve("relief", _relief(width_px, height_px), 0.9, 1.6, (0.03, 0.02, 0.0), 80),
    ]


def two_layers(width_px: int, height_px: int) -> SceneToProve:
    """A textured foreground before a wavy wall, at any size: the disc's scene."""
    return SceneToProve("disc", _disc(width_px, height_px), 0.8, 2.0, (0.03, -0.015, 0.02), 72)


def _disc(width_px: int, height_px: int) -> Scene:
    x, y = _plane(width_px, height_px)
    radius = np.hypot(x + 0.05, y - 0.02)
    bulge = 1.2 + 0.1 * x + 0.25 * np.maximum(0.16 - radius**2, -0.2)
    wall = 0.5 + 0.05 * np.sin(7 * x + 1) * np.cos(9 * y)
    edge = np.clip((0.25 - radius) * width_px + 0.5, 0, 1)
    layers = (
        _layer("disc", _texture(1, x.shape), bulge, edge),
        _layer("wall", _texture(2, x.shape), wall, np.ones_like(x)),
    )
    return _scene(width_px, height_px, layers)


def _interleaved(width_px: int, height_px: int) -> Scene:
    """A leaning veil that cuts through a leaning board, both soft at their rims, before a slanted floor."""
    x, y = _plane(width_px, height_px)
    veil = np.clip(0.5 + 4 * (0.2 - np.abs(x + 0.08)), 0, 0.85)
    board = np.clip((0.19 - np.abs(y - 0.03 + 0.2 * x)) * width_px / 6, 0, 1)
    layers = (
        _layer("veil", _texture(3, x.shape), 0.95 + 0.5 * y, veil),
        _layer("board", _texture(4, x.shape), 0.95 - 0.4 * x, board),
        _layer("floor", _texture(5, x.shape), 0.45 + 0.3 * y, np.ones_like(x)),
    )
    return _scene(width_px, height_px, layers)


def _relief(width_px: int, height_px: int) -> Scene:
    """One page of ridges whose flanks a moved camera sees fold over what lies behind them."""
    x, y = _plane(width_px, height_px)
    ridges = 0.5 + 0.5 * np.tanh(6 * np.sin(11 * x + 2 * y)) * np.tanh(4 * np.cos(8 * y - 1))
    return _scene(
        width_px,
        height_px,
        (_layer("relief", _texture(6, x.shape), 0.55 + 0.6 * ridges, np.ones_like(x)),),
    )


def _plane(width_px: int, height_px: int) -> tuple[np.ndarray, np.ndarray]:
    """Every texel's x and y, in widths of the picture from its centre."""
    border_px = round(_BORDER_SHARE * width_px)
    row, column = np.mgrid[-border_px : height_px + border_px, -border_px : width_px + border_px] + 0.5
    return (column - width_px / 2) / width_px, (row - height_px / 2) / width_px


def _texture(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Colours from 0 to 1 with structure of all sizes, as in a photograph; the fine one mostly grey."""
    random = np.random.default_rng(seed)
    colour = np.full((*shape, 3), 0.45)
    for size_px, grey, chroma in ((1, 0.06, 0.02), (4, 0.09, 0.05), (16, 0.06, 0.07), (64, 0.05, 0.05)):
        for strength, channels in ((grey, 1), (chroma, 3)):
            noise = gaussian_filter(random.random((*shape, channels)), (size_px, size_px, 0))
            colour += strength * (noise - noise.mean()) / noise.std()
    return np.clip(colour, 0, 1)


def _layer(name: str, colour: np.ndarray, inverse_depth: np.ndarray, alpha: np.ndarray) -> Layer:
    rgba = np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)
    return Layer(name, rgba, inverse_depth.astype(np.float32))


def _scene(width_px: int, height_px: int, layers: tuple[Layer, ...]) -> Scene:
    # The principal point off the centre, so that its sign is proven too.
    k = Intrinsics.centred(_SHARE_OF_WIDTH * width_px, width_px, height_px)
    k = Intrinsics(k.fx_px, k.fy_px, k.cx_px + 0.03 * width_px, k.cy_px - 0.02 * width_px, width_px, height_px)
    return Scene(Camera(k), layers, round(_BORDER_SHARE * width_px))
