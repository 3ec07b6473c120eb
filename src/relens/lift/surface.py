"""Surface: a photo's worth of colour and inverse depth on one grid, and the banks of its depth discontinuities.

A discontinuity lies between two neighbouring pixels whose parallax under the widest view differs by more than a pixel
can hide. Its near bank covers something; its far bank continues underneath. Both are found here, and grown over the
surfaces they belong to, never across another discontinuity.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

# A step in parallax that counts as a discontinuity, in pixels under the widest view.
_STEP_PX = 2.0
# It must also stand out from the slopes beside it by this factor, so that steep surfaces stay whole.
_STANDS_OUT = 2.5
# Unless it is so great that no surface should be stretched over it.
_TORN_PX = 12.0


@dataclass(frozen=True)
class Surface:
    """Colour and geometry that cover the whole grid once.

    Attributes:
        colour: (h, w, 3) linear light.
        inverse_depth: (h, w) 1/m, no NaN.
        hidden: (h, w) where a nearer layer has been taken off and this surface was continued.
    """

    colour: Float32[np.ndarray, "h w 3"]
    inverse_depth: Float32[np.ndarray, "h w"]
    hidden: Bool[np.ndarray, "h w"]


@dataclass(frozen=True)
class Cuts:
    """Discontinuities between neighbours: right[y, x] lies between (x, y) and (x + 1, y), down between rows.

    Attributes:
        right, down: (h, w) bool; the last column and row are False.
        walls_right, walls_down: like them, with the edges of hidden regions, which nothing may grow across either.
    """

    right: Bool[np.ndarray, "h w"]
    down: Bool[np.ndarray, "h w"]
    walls_right: Bool[np.ndarray, "h w"]
    walls_down: Bool[np.ndarray, "h w"]

    def any(self) -> bool:
        """Whether there is a discontinuity at all."""
        return bool(self.right.any() or self.down.any())


def find_cuts(surface: Surface, parallax_px: float) -> Cuts:
    """The discontinuities of a surface; `parallax_px` is the widest view's parallax per unit of inverse depth."""
    right, walls_right = _cuts_along(surface.inverse_depth, surface.hidden, parallax_px)
    down, walls_down = _cuts_along(surface.inverse_depth.T, surface.hidden.T, parallax_px)
    return Cuts(right, np.ascontiguousarray(down.T), walls_right, np.ascontiguousarray(walls_down.T))


def _cuts_along(
    inverse_depth: Float32[np.ndarray, "h w"], hidden: Bool[np.ndarray, "h w"], parallax_px: float
) -> tuple[np.ndarray, np.ndarray]:
    step = np.zeros(inverse_depth.shape, np.float32)
    step[:, :-1] = np.diff(inverse_depth, axis=1) * np.float32(parallax_px)
    beside = np.zeros_like(step)
    beside[:, 1:] = step[:, :-1]
    after = np.zeros_like(step)
    after[:, :-1] = step[:, 1:]
    # A neighbouring step the other way is the far side of something thin, not a slope.
    slope = np.maximum(beside * np.sign(step), after * np.sign(step))
    border = np.zeros(step.shape, bool)
    border[:, :-1] = hidden[:, 1:] != hidden[:, :-1]
    height = np.abs(step)
    cut = (height > _STEP_PX) & ((height > _STANDS_OUT * slope) | (height > _TORN_PX)) & ~border
    return cut, cut | border


@dataclass(frozen=True)
class Banks:
    """Pixels at discontinuities with the parallax they hide or show there, in pixels; 0 elsewhere.

    Attributes:
        near: (h, w) how far, at most, a ray may look under this pixel's edge.
        far: (h, w) the same number on the other side.
    """

    near: Float32[np.ndarray, "h w"]
    far: Float32[np.ndarray, "h w"]


def find_banks(surface: Surface, cuts: Cuts, parallax_px: float) -> Banks:
    """The near and far pixels of all cuts, each with its greatest step in parallax."""
    near, far = np.zeros_like(surface.inverse_depth), np.zeros_like(surface.inverse_depth)
    for cut, axis in ((cuts.right, 1), (cuts.down, 0)):
        first = [slice(None), slice(None)]
        second = [slice(None), slice(None)]
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        one, two = tuple(first), tuple(second)
        step = np.where(cut[one], (surface.inverse_depth[one] - surface.inverse_depth[two]) * parallax_px, 0)
        np.maximum(near[one], step, out=near[one])
        np.maximum(near[two], -step, out=near[two])
        np.maximum(far[two], step, out=far[two])
        np.maximum(far[one], -step, out=far[one])
    return Banks(near, far)


def grow(cuts: Cuts, budget_px: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Pixels within `budget_px` steps of a seed (budget > 0), along the surface and never across a wall."""
    from relens.lift.flood import flood

    return flood(budget_px, cuts.walls_right, cuts.walls_down) > 0
