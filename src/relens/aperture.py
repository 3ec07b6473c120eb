"""Aperture shapes and low-discrepancy sample sets over the pupil."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.errors import ValueRangeError
from relens.ranges import finite, number, whole

_BLADES_EXPECTED = "0 for a disc, or 3 to 16"
_MOST_SAMPLES = 2**20


@dataclass(frozen=True)
class Aperture:
    """The outline of the pupil, inscribed in the circle of the entrance pupil's diameter.

    Attributes:
        blades: 0 for a disc, else the number of blades, 3 to 16.
        rotation_rad: turns the outline; with 0 one corner lies on +x (image right). Positive turns towards +y (down).
        curvature: 0 straight blades (a polygon) to 1 fully round blades (a disc).
        squeeze: anamorphic squeeze; the pupil's width is divided by it (2.0 gives the tall ovals of a 2x lens).

    Raises ValueRangeError outside these ranges.
    """

    blades: int = 0
    rotation_rad: float = 0.0
    curvature: float = 0.0
    squeeze: float = 1.0

    def __post_init__(self) -> None:
        blades = whole("blades", self.blades, _BLADES_EXPECTED, 0, 16)
        if 0 < blades < 3:
            raise ValueRangeError("blades", blades, _BLADES_EXPECTED)
        rotation_rad = finite("rotation_rad", self.rotation_rad, "a finite angle in radians")
        curvature = number("curvature", self.curvature, "0 (straight blades) to 1 (round)", 0, 1)
        squeeze = number("squeeze", self.squeeze, "0.25 to 4 (1 is spherical)", 0.25, 4)
        object.__setattr__(self, "blades", blades)
        object.__setattr__(self, "rotation_rad", rotation_rad)
        object.__setattr__(self, "curvature", curvature)
        object.__setattr__(self, "squeeze", squeeze)

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

    def samples(self, count: int, seed: int = 0) -> Float64[np.ndarray, "n 2"]:
        """Points spread evenly over the pupil's area, in units of the pupil's radius; every point weighs the same.

        A Fibonacci (sunflower) spiral, turned at random by `seed` and carried onto the outline area for area: equal
        areas get equal numbers of points whatever the shape. Its centre of mass is put on the axis, where every shape
        here has its own, so the mean view does not drift with the count. Where that pushes a point over the outline
        (few points, few blades), all are scaled back evenly until it lies on it.
        Source: Vogel, Mathematical Biosciences 44 (1979).

        Raises ValueRangeError when count < 1 or seed < 0.
        """
        count = whole("samples", count, f"1 to {_MOST_SAMPLES}", 1, _MOST_SAMPLES)
        seed = whole("seed", seed, "a whole number, 0 or more", 0)
        turn = np.random.default_rng(seed).uniform(0, 1)
        golden = (math.sqrt(5) - 1) / 2
        index = np.arange(count)
        # The warp from uniform angle to the outline: the cumulative area over the angle, inverted.
        grid = np.linspace(0, 2 * math.pi, 4097)
        cumulative = np.concatenate([[0.0], np.cumsum(self.outline_radius((grid[1:] + grid[:-1]) / 2) ** 2)])
        angle = np.interp(np.mod(index * golden + turn, 1.0), cumulative / cumulative[-1], grid)
        radius = np.sqrt((index + 0.5) / count) * self.outline_radius(angle)
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        points -= points.mean(axis=0)
        reach = np.hypot(points[:, 0], points[:, 1]) / self.outline_radius(np.arctan2(points[:, 1], points[:, 0]))
        return points / [self.squeeze, 1.0] / max(1.0, reach.max())
