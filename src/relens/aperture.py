"""Aperture shapes and low-discrepancy samples of the pupil."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64

from relens.aperture_image import ApertureImage, ImageLight
from relens.errors import ValueRangeError
from relens.pupil_sequence import unit_square
from relens.ranges import finite, number, whole

_BLADES_EXPECTED = "0 for a disc, or 3 to 16"
_MOST_SAMPLES = 2**20
# An image is cut up into at least so many pixels a side, so that its outline is as fine.
_OUTLINE_PX = 512


@dataclass(frozen=True)
class PupilSamples:
    """Points of the pupil and what each counts for.

    Attributes:
        points: (n, 2) in units of the pupil's radius, +x image right, +y down.
        weights: (n, 3) transmission over sampling density in red, green, blue; the expectation of each is 1.
    """

    points: Float64[np.ndarray, "n 2"]
    weights: Float64[np.ndarray, "n 3"]


@dataclass(frozen=True)
class Aperture:
    """The pupil: its outline, inscribed in the circle of the entrance pupil's diameter, and what passes within.

    | name | unit | range | meaning | source |
    |---|---|---|---|---|
    | blades | | 0, 3 to 16 | number of blades; 0 is a disc | regular polygon |
    | rotation_rad | rad | finite | turns blades and image; with 0 a corner lies on +x, positive towards +y | |
    | curvature | | 0 to 1 | 0 straight blades (a polygon), 1 fully round ones (a disc) | `outline_radius` |
    | squeeze | | 0.25 to 4 | the pupil's width is divided by it; 2 for the tall ovals of a 2x anamorphic lens | |
    | profile | | -1 to 1 | light from axis to rim, T = 1 + profile (2 r^2 - 1): creamy under 0, bubbles over 0 | [1] |
    | cats_eye | radii | 0 to 1 | how far the barrel's rim moves over the pupil at the picture's corner | [1] |
    | image | | | transmission over the pupil, in colour if wanted, within the blades (`ApertureImage`) | |

    The profile is what third-order spherical aberration leaves in the blur, to first order: brighter rims behind the
    focus of an over-corrected lens, softer ones behind that of an under-corrected lens. The real one turns over in
    front of the focus; this one, like an apodisation filter, is the same on both sides.

    Source: [1] Nasse, Depth of Field and Bokeh, Carl Zeiss 2010.

    Raises ValueRangeError outside these ranges.
    """

    blades: int = 0
    rotation_rad: float = 0.0
    curvature: float = 0.0
    squeeze: float = 1.0
    profile: float = 0.0
    cats_eye: float = 0.0
    image: ApertureImage | None = None

    def __post_init__(self) -> None:
        blades = whole("blades", self.blades, _BLADES_EXPECTED, 0, 16)
        if 0 < blades < 3:
            raise ValueRangeError("blades", blades, _BLADES_EXPECTED)
        checked = {
            "blades": blades,
            "rotation_rad": finite("rotation_rad", self.rotation_rad, "a finite angle in radians"),
            "curvature": number("curvature", self.curvature, "0 (straight blades) to 1 (round)", 0, 1),
            "squeeze": number("squeeze", self.squeeze, "0.25 to 4 (1 is spherical)", 0.25, 4),
            "profile": number("profile", self.profile, "-1 (creamy) to 1 (soap bubble)", -1, 1),
            "cats_eye": number("cats_eye", self.cats_eye, "0 to 1 pupil radii at the corner", 0, 1),
        }
        if not (self.image is None or isinstance(self.image, ApertureImage)):
            raise ValueRangeError("aperture image", type(self.image).__name__, "a relens ApertureImage")
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def outline_radius(self, angle_rad: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
        """Radius of the unsqueezed outline at polar angles, in units of the pupil's radius.

        A blade is a straight edge whose radius is raised towards the circle by `curvature`:
        r = (1 - k) cos(pi/n) / cos(phi) + k, phi the angle from the middle of the blade.
        """
        if self.blades == 0:
            return np.ones_like(angle_rad)
        sector = 2 * math.pi / self.blades
        phi = np.mod(angle_rad - self.rotation_rad, sector) - sector / 2
        polygon = math.cos(sector / 2) / np.cos(phi)
        return (1 - self.curvature) * polygon + self.curvature

    def contains(self, points: Float64[np.ndarray, "n 2"]) -> np.ndarray:
        """Whether pupil points (units of the pupil's radius) lie inside the outline; bool (n,)."""
        x, y = points[:, 0] * self.squeeze, points[:, 1]
        return np.hypot(x, y) <= self.outline_radius(np.arctan2(y, x))

    def area_fraction(self) -> float:
        """Area of the pupil over that of the full circle."""
        angle = (np.arange(4096) + 0.5) * (2 * math.pi / 4096)
        return float(np.mean(self.outline_radius(angle) ** 2) / self.squeeze)

    def samples(self, count: int, seed: int = 0, first: int = 0) -> PupilSamples:
        """Points first, first + 1, ... of the seed's sequence, spread over the pupil as its transmission asks.

        Every aligned block of 2^k points is itself well spread (`relens.pupil_sequence`). The square is carried onto
        the disc by concentric rings (Shirley and Chiu, 1997), then area for area onto the outline, the radius as the
        profile has it. With an image, points are spread over the image by its brightness instead.

        Raises ValueRangeError when count < 1, seed < 0, first < 0, or an image passes nothing within the blades.
        """
        count = whole("samples", count, f"1 to {_MOST_SAMPLES}", 1, _MOST_SAMPLES)
        seed = whole("seed", seed, "a whole number, 0 or more", 0)
        first = whole("first", first, f"0 to {_MOST_SAMPLES}", 0, _MOST_SAMPLES)
        unit = unit_square(first, count, seed)
        if self.image is None:
            return PupilSamples(self._on_outline(unit) / [self.squeeze, 1.0], np.ones((count, 3)))
        points, weights = self._image_light.spread(unit)
        cos, sin = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        turned = points @ np.array([[cos, sin], [-sin, cos]])
        return PupilSamples(turned / [self.squeeze, 1.0], weights)

    def _on_outline(self, unit: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "n 2"]:
        x, y = (2 * unit - 1).T
        wide = np.abs(x) > np.abs(y)
        with np.errstate(divide="ignore", invalid="ignore"):
            angle = np.where(wide, math.pi / 4 * (y / x), math.pi / 2 - math.pi / 4 * (x / y))
        radius = np.where(wide, x, y)
        angle = np.mod(np.where(radius < 0, angle + math.pi, np.nan_to_num(angle)), 2 * math.pi)
        area = np.square(radius)  # of the disc within this radius
        if self.profile:
            # Within s = r^2 lies the light (1 - p) s + p s^2; solved for s, in a form that is right for small p too.
            p = self.profile
            area = 2 * area / np.maximum((1 - p) + np.sqrt((1 - p) ** 2 + 4 * p * area), 1e-300)
        if self.blades:
            # From an even angle to the outline's: the cumulative area over the angle, inverted.
            grid = np.linspace(0, 2 * math.pi, 4097)
            cumulative = np.concatenate([[0.0], np.cumsum(self.outline_radius((grid[1:] + grid[:-1]) / 2) ** 2)])
            angle = np.interp(angle / (2 * math.pi), cumulative / cumulative[-1], grid)
        radius = np.sqrt(area) * self.outline_radius(angle)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)

    @cached_property
    def _image_light(self) -> ImageLight:
        assert self.image is not None
        image = self.image.finer(_OUTLINE_PX)
        return ImageLight.of(image, self._mask(image))

    def _mask(self, image: ApertureImage) -> Float64[np.ndarray, "h w"]:
        """What outline and profile let through of each pixel of the image, before it is turned and squeezed."""
        height, width = image.transmission.shape[:2]
        half = max(height, width) / 2
        x = (np.arange(width) + 0.5 - width / 2) / half
        y = (np.arange(height)[:, None] + 0.5 - height / 2) / half
        radius, angle = np.hypot(x, y), np.arctan2(y, x)
        relative = radius / self.outline_radius(angle.ravel() + self.rotation_rad).reshape(angle.shape)
        return np.where(relative <= 1, 1 + self.profile * (2 * np.square(relative) - 1), 0.0)
