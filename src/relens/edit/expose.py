"""Expose: exposure and white balance of a part of the photo, as light allows them before the lens."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from relens.canonical.photo_view import photo_view
from relens.edit.change import Patch, changed
from relens.edit.gamut import in_gamut
from relens.edit.selection import Where, select
from relens.errors import ValueRangeError
from relens.ranges import number
from relens.scene import Scene

# The photo's white, D65: beside which black body in the CIE 1960 chart, and how far off on the green side.
_WHITE_MIRED, _WHITE_DUV = 1e6 / 6504, 0.0032
# As far as the locus's formula and the screen's colours go from there.
_COLDEST_MIRED, _WARMEST_MIRED = -80, 300
_MOST_TINT = 50
# Linear sRGB (IEC 61966-2-1) to CIE XYZ, and XYZ to sharpened cones (Bradford: Lam 1985, as in ICC.1 annex E).
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
# A grey point is the median of the pixels this near, so that grain and dust do not matter.
_PICKER_REACH_PX = 3
# Light below this has no colour to speak of.
_LEAST_LIGHT = 1e-4


@dataclass(frozen=True)
class Expose:
    """Brighten or darken what is selected, and set its white balance, exactly as light does.

    Attributes:
        stops: exposure; each is twice the light.
        warmth_mired: warmer, or colder below 0, as a filter of so many mired before the lens; 10 is just visible.
        tint: more magenta, or more green below 0, in thousandths of Duv (CIE 1960); 2 is just visible.
        neutral_px: column and row of something in the photo that is grey, and not burnt out; it becomes grey first.
        where: what to expose.
    """

    stops: float = 0.0
    warmth_mired: float = 0.0
    tint: float = 0.0
    neutral_px: tuple[float, float] | None = None
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The exposed scene. Raises ValueRangeError for what is out of range or not grey, and as `select` does.

        White balance is a Bradford (von Kries) adaptation between whites; a grey's luminance is left to the stops.
        """
        stops = number("stops", self.stops, "-20 to 20", -20, 20)
        expected = f"{_COLDEST_MIRED} (colder) to {_WARMEST_MIRED} (warmer)"
        warmth = number("warmth_mired", self.warmth_mired, expected, _COLDEST_MIRED, _WARMEST_MIRED)
        tint = number("tint", self.tint, f"-{_MOST_TINT} (green) to {_MOST_TINT} (magenta)", -_MOST_TINT, _MOST_TINT)
        selection = select(scene, self.where)
        gain, balance = np.float32(2**stops), np.eye(3)
        if self.neutral_px is not None:
            balance = _adaptation(_XYZ @ _picked(scene, self.neutral_px), _XYZ.sum(axis=1))
        if warmth or tint:
            balance = _filter(warmth, tint) @ balance
        balanced = self.neutral_px is not None or warmth or tint
        if gain == 1 and not balanced:
            return scene

        def exposed(patch: Patch) -> np.ndarray:
            colour = patch.colour @ (gain * balance).T.astype(np.float32) if balanced else patch.colour * gain
            return in_gamut(colour)

        return changed(scene, selection, exposed)


def _adaptation(source: Float64[np.ndarray, "3"], target: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3 3"]:
    """Linear sRGB under a source white (XYZ) as it is under a target white; the source's luminance stays."""
    cones = (_BRADFORD @ (target / target[1])) / (_BRADFORD @ (source / source[1]))
    to_cones = _BRADFORD @ _XYZ
    return np.linalg.solve(to_cones, cones[:, None] * to_cones)


def _filter(warmth_mired: float, tint: float) -> Float64[np.ndarray, "3 3"]:
    """Linear sRGB behind a filter before the lens; a grey keeps its luminance."""
    after = _white(_WHITE_MIRED + warmth_mired, _WHITE_DUV - tint / 1000)
    behind = _adaptation(_white(_WHITE_MIRED, _WHITE_DUV), after)
    return behind / (_XYZ[1] @ behind.sum(axis=1))


def _white(mired: float, duv: float) -> Float64[np.ndarray, "3"]:
    """XYZ of a black body's light, and `duv` off it towards green, across the locus in the CIE 1960 chart."""
    u, v = _planck(mired)
    (u0, v0), (u1, v1) = _planck(mired - 1), _planck(mired + 1)
    # Warmer lies to the right in the chart, so that to the left of that way is green.
    length = np.hypot(u1 - u0, v1 - v0)
    u, v = u - duv * (v1 - v0) / length, v + duv * (u1 - u0) / length
    return np.array([1.5 * u / v, 1.0, (2 - 0.5 * u - 5 * v) / v])


def _planck(mired: float) -> tuple[float, float]:
    """A black body's CIE 1960 u, v, for 1000 to 15000 K: Krystek, Color Research & Application 10 (1985)."""
    t = 1e6 / mired
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t**2) / (1 + 8.42420235e-4 * t + 7.08145163e-7 * t**2)
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t**2) / (1 - 2.89741816e-5 * t + 1.61456053e-7 * t**2)
    return u, v


def _picked(scene: Scene, pixel: tuple[float, float]) -> Float64[np.ndarray, "3"]:
    """What the photo shows around a pixel: the median of each channel."""
    k, border_px, reach = scene.camera.intrinsics, scene.border_px, _PICKER_REACH_PX
    if len(pixel) != 2:
        raise ValueRangeError("neutral_px", pixel, "column and row of the photo")
    column = int(number("neutral_px", pixel[0], f"a column of the photo, 0 to {k.width_px}", 0, k.width_px))
    row = int(number("neutral_px", pixel[1], f"a row of the photo, 0 to {k.height_px}", 0, k.height_px))
    window = (
        slice(max(0, row + border_px - reach), min(row + reach + 1, k.height_px + border_px) + border_px),
        slice(max(0, column + border_px - reach), min(column + reach + 1, k.width_px + border_px) + border_px),
    )
    shows = photo_view(scene, window).reshape(-1, 4)
    shows = shows[shows[:, 3] > 0.5]
    colour = np.median(shows[:, :3] / shows[:, 3:], axis=0) if len(shows) else np.zeros(3)
    if colour.min() < _LEAST_LIGHT:
        raise ValueRangeError("neutral_px", pixel, "a grey thing with light on it")
    return np.asarray(colour, np.float64)
