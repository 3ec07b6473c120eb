"""What a scene of the truth for refocusing consists of: surfaces, lights, and the lenses that photograph it."""

from dataclasses import dataclass

import numpy as np
from truth_shapes import Shape

WIDTH_PX, HEIGHT_PX, SENSOR_WIDTH_MM = 512, 341, 36.0
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Surface:
    """A shape with its texture, (h, w, 3 or 4) linear light, its fourth channel opacity; diffuse on both sides."""

    shape: Shape
    texture: np.ndarray
    is_foreground: bool = False


@dataclass(frozen=True)
class Window:
    """A flat shape that gives light towards the middle of things, radiance in the picture's units."""

    shape: Shape
    radiance: tuple[float, float, float]


@dataclass(frozen=True)
class Lamp:
    """A flat round lamp that faces the photo's camera; one that is far away need not light the others' surfaces."""

    place_m: tuple[float, float, float]
    radius_m: float
    radiance: tuple[float, float, float]
    lights_scene: bool = True


@dataclass(frozen=True)
class TruthLens:
    """A photograph to take: focus, f-number, and the eye's place from the photo's pinhole (metres)."""

    focus_distance_m: float
    f_number: float
    eye_m: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class TruthScene:
    """All of one scene.

    Attributes:
        sky: radiance from everywhere. sun: the way its light goes, and its irradiance.
        bounces: surfaces that light meets at most; 1 is direct light alone.
    """

    name: str
    focal_length_mm: float
    surfaces: tuple[Surface, ...]
    lenses: tuple[TruthLens, ...]
    windows: tuple[Window, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    sky: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sun: tuple[tuple[float, float, float], float] | None = None
    bounces: int = 3


def fx_px(scene: TruthScene) -> float:
    """Focal length in pixels."""
    return WIDTH_PX * scene.focal_length_mm / SENSOR_WIDTH_MM


def pupil_radius_m(scene: TruthScene, lens: TruthLens) -> float:
    """Radius of the entrance pupil."""
    return scene.focal_length_mm * 1e-3 / lens.f_number / 2
