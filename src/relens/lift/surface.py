"""Surface: a photo's worth of colour and inverse depth on one grid, and the banks of its depth discontinuities.

A discontinuity lies between two neighbouring pixels whose parallax under the widest view differs by more than a pixel
can hide. Its near bank covers something; its far bank continues underneath. Both are found here, and grown over the
surfaces they belong to, never across another discontinuity.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32

from relens.lift.reach import Reach

# A step in parallax that counts as a discontinuity, in pixels under the widest view.
_STEP_PX = 2.0
# It must also stand out from the slopes beside it by this factor, so that steep surfaces stay whole.
_STANDS_OUT = 2.5
# Unless a surface over it would be steeper than this (87 degrees), seen from the photo's viewpoint.
_STEEPEST = 20.0
# Fewer connected pixels than this, or than this part of the picture, are noise and no thing of the scene.
_SPECK_PX, _SPECK_SHARE = 24, 1e-4
# Shorter discontinuities are noise too: pixels on both sides together, or the part of the picture's root.
_SHORT_PX, _SHORT_SHARE = 16, 0.015
# No bank grows farther over its surface, whatever it covers.
_LONGEST_WALK_PX = 1 << 22


Window = tuple[slice, slice]


@dataclass(frozen=True)
class Surface:
    """Colour and geometry that cover the grid once, but for what nobody can see.

    Attributes:
        colour: (h, w, 3) linear light.
        inverse_depth: (h, w) 1/m, no NaN.
        present: (h, w) where there is a surface; elsewhere nearer layers hide it from every view.
        shown: (h, w) where the photo shows it; elsewhere it was continued, and what was is no thing of its own.
        picture_px: how many pixels the whole picture has, of which this may be a window; what is small beside that is
            no thing of the scene.
    """

    colour: Float32[np.ndarray, "h w 3"]
    inverse_depth: Float32[np.ndarray, "h w"]
    present: Bool[np.ndarray, "h w"]
    shown: Bool[np.ndarray, "h w"]
    picture_px: int

    def cropped(self, window: Window) -> "Surface":
        """The part in a window."""
        planes = self.inverse_depth[window], self.present[window], self.shown[window]
        return Surface(self.colour[window], *planes, self.picture_px)

    def bounds(self) -> Window:
        """The window that holds all of it."""
        import cv2

        left, top, width, height = cv2.boundingRect(self.present.astype(np.uint8))
        return slice(top, top + height), slice(left, left + width)


@dataclass(frozen=True)
class Cuts:
    """Discontinuities between neighbours: right[y, x] lies between (x, y) and (x + 1, y), down between rows.

    Attributes:
        right, down: (h, w) bool; the last column and row are False.
        regions: (h, w) which connected surface a pixel belongs to, 1 and up; 0 where there is none. Nothing connects
            across a discontinuity, but a surface may reach both sides of one, around its end.
        things: (count + 1,) bool, which of them are large enough to be things of the scene; never 0.
    """

    right: Bool[np.ndarray, "h w"]
    down: Bool[np.ndarray, "h w"]
    regions: Int32[np.ndarray, "h w"]
    things: Bool[np.ndarray, " n"]

    @property
    def count(self) -> int:
        """How many connected surfaces there are."""
        return len(self.things) - 1

    def any(self) -> bool:
        """Whether there is a discontinuity at all."""
        return bool(self.right.any() or self.down.any())

    def cropped(self, window: Window) -> "Cuts":
        """The part in a window; surfaces keep their numbers."""
        return Cuts(self.right[window], self.down[window], self.regions[window], self.things)


def find_cuts(surface: Surface, reach: Reach) -> Cuts:
    """The discontinuities of a surface, as far as the widest view can tell."""
    from relens.lift.regions import regions
    from relens.lift.steps import steps

    # Rise over run is (Δz) / (z / fx) = fx·|Δ(1/z)|·z, and a step in parallax holds fx·|Δ(1/z)| times the radius.
    limits = np.array([reach.parallax_px, _STEP_PX, _STANDS_OUT, 0.5 * _STEEPEST * reach.radius_m], np.float32)
    right, down = steps(surface.inverse_depth, surface.present, *limits)
    right, down = _without_short(right, down, surface.picture_px)
    parallax = surface.inverse_depth * np.float32(reach.parallax_px)
    numbers, count = regions(surface.present, right, down, parallax, np.float32(_STEP_PX))
    things = np.bincount(numbers[surface.shown], minlength=count + 1) >= least_thing_px(surface.picture_px)
    things[0] = False
    return Cuts(right, down, numbers, things)


def least_thing_px(picture_px: int) -> float:
    """How many connected pixels the photo shows of a thing, at least, in a picture of so many."""
    return max(_SPECK_PX, _SPECK_SHARE * picture_px)


def _without_short(
    right: Bool[np.ndarray, "h w"], down: Bool[np.ndarray, "h w"], picture_px: int
) -> tuple[Bool[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """The discontinuities without those too short to hide anything, which noise makes."""
    import cv2

    beside = right | down
    beside[:, 1:] |= right[:, :-1]
    beside[1:] |= down[:-1]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(beside.astype(np.uint8), connectivity=8)
    long = (stats[:, cv2.CC_STAT_AREA] >= max(_SHORT_PX, _SHORT_SHARE * picture_px**0.5))[np.asarray(labels, np.intp)]
    return right & long, down & long


@dataclass(frozen=True)
class Banks:
    """Pixels at discontinuities with the parallax they hide or show there, in pixels; 0 elsewhere.

    Attributes:
        near: (h, w) how far, at most, a ray may look under this pixel's edge.
        far: (h, w) the same number on the other side.
        near_own, far_own: (h, w) like them, for discontinuities within one connected surface, or beside a speck.
    """

    near: Float32[np.ndarray, "h w"]
    far: Float32[np.ndarray, "h w"]
    near_own: Float32[np.ndarray, "h w"]
    far_own: Float32[np.ndarray, "h w"]

    def cropped(self, window: Window) -> "Banks":
        """The part in a window."""
        return Banks(self.near[window], self.far[window], self.near_own[window], self.far_own[window])


def find_banks(surface: Surface, cuts: Cuts, parallax_px: float) -> Banks:
    """The near and far pixels of all cuts, each with its greatest step in parallax."""
    near, far, near_own, far_own = (np.zeros_like(surface.inverse_depth) for _ in range(4))
    for cut, axis in ((cuts.right, 1), (cuts.down, 0)):
        row, column = cut.nonzero()
        one, two = (row, column), (row + 1 - axis, column + axis)
        step = (surface.inverse_depth[one] - surface.inverse_depth[two]) * np.float32(parallax_px)
        sides = cuts.regions[one], cuts.regions[two]
        own = (sides[0] == sides[1]) | ~(cuts.things[sides[0]] & cuts.things[sides[1]])
        for pixel, height in ((one, step), (two, -step)):
            np.maximum.at(near, pixel, height)
            np.maximum.at(far, pixel, -height)
            np.maximum.at(near_own, pixel, np.where(own, height, 0))
            np.maximum.at(far_own, pixel, np.where(own, -height, 0))
    return Banks(near, far, near_own, far_own)


def grow(cuts: Cuts, budget_px: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """What is left at each pixel of the best budget after walking there from a seed (budget > 0), a step a pixel.

    Along the surface and never across a discontinuity; 0 where none arrives.
    """
    from relens.lift.flood import flood

    # No walk is longer, and steps of one stay exact; steps in depth near the lens would ask for billions of buckets.
    longest_px = min(budget_px.size, _LONGEST_WALK_PX)
    left = flood(np.minimum(budget_px, longest_px).astype(np.float32, copy=False), cuts.right, cuts.down)
    return np.where(cuts.regions > 0, left, np.float32(0))
