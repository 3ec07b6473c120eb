"""The part of a layer that a mesh has to cover: which squares of four texel centres hold a visible surface."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Intrinsics
from relens.errors import ValueRangeError
from relens.ranges import number, positive
from relens.scene import Layer

# Alpha that 8 bits round to 0 is clear.
CLEAR = 0.5 / 255
# A step under this share of the distance is no tear, however steep it is between two small pixels: depth maps are noisy
# and come in steps themselves.
_LEAST_STEP = 0.01
# Positions of 32 bits hold this distance far off the axis, too, and its square.
_FARTHEST_M = 1e18


@dataclass(frozen=True)
class Limits:
    """What counts as surface.

    Attributes:
        steepest_deg: between two pixels whose surface would be seen under a greater angle from its normal, and that
            differ by more than 1 % of the distance, the page is torn.
        infinity_m: what stands farther is at infinity.
        beyond: what to do with it: leave it out, or clamp it to infinity_m.

    Raises ValueRangeError for numbers out of range.
    """

    steepest_deg: float = 87.0
    infinity_m: float = 1000.0
    beyond: Literal["leave-out", "clamp"] = "leave-out"

    def __post_init__(self) -> None:
        number("steepest_deg", self.steepest_deg, "45 to 90 degrees", 45, 90)
        positive("infinity_m", self.infinity_m, "a positive finite distance in metres")
        if self.beyond not in ("leave-out", "clamp"):
            raise ValueRangeError("beyond", repr(self.beyond), "leave-out or clamp")

    @property
    def least_inverse_depth(self) -> np.float32:
        """Of what is not at infinity: 1/infinity_m, within what 32 bits can compute with."""
        return np.float32(1 / min(max(self.infinity_m, 1 / _FARTHEST_M), _FARTHEST_M))

    def note(self, count: str) -> str:
        """What became of so much that is at infinity."""
        what = "was left out" if self.beyond == "leave-out" else f"was put at {1 / self.least_inverse_depth:g} m"
        return f"what is farther than {self.infinity_m:g} m {what} ({count})"


@dataclass(frozen=True)
class Grid:
    """A window of a layer's page.

    Attributes:
        row, column: the window's place on the page.
        inverse_depth: (h, w) 1/m, more than 0, no NaN.
        visible: (h - 1, w - 1) squares with a corner that is not clear.
        torn: (h - 1, w - 1) visible squares over a step in depth, or with a corner at infinity.
    """

    row: int
    column: int
    inverse_depth: Float32[np.ndarray, "h w"]
    visible: Bool[np.ndarray, "h-1 w-1"]
    torn: Bool[np.ndarray, "h-1 w-1"]


def grid_of(layer: Layer, k: Intrinsics, limits: Limits) -> Grid | None:
    """The window of a layer around all that is visible; None where no square is both visible and whole."""
    seen, far = _seen_and_far(layer, limits)
    if limits.beyond == "clamp":
        far[...] = False
    near = seen & ~far
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not len(rows):
        return None
    top, left = max(0, rows[0] - 1), max(0, columns[0] - 1)
    window = slice(top, rows[-1] + 2), slice(left, columns[-1] + 2)
    inverse_depth = np.maximum(filled(layer.inverse_depth[window]), limits.least_inverse_depth)
    visible = any_corner(near[window])
    steep_x, steep_y = (is_steep(inverse_depth, k, limits, axis) for axis in (1, 0))
    torn = steep_x[:-1] | steep_x[1:] | steep_y[:, :-1] | steep_y[:, 1:] | any_corner(far[window])
    torn &= visible
    return Grid(int(top), int(left), inverse_depth, visible, torn) if (visible & ~torn).any() else None


def beyond_texels(layer: Layer, limits: Limits) -> int:
    """How many visible texels of a layer are farther than the limit."""
    return int(np.count_nonzero(_seen_and_far(layer, limits)[1]))


def _seen_and_far(layer: Layer, limits: Limits) -> tuple[Bool[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """What is not clear, and what of it is farther than the limit."""
    seen = layer.rgba[..., 3] > CLEAR
    return seen, seen & (layer.inverse_depth < limits.least_inverse_depth)


def is_steep(
    inverse_depth: Float32[np.ndarray, "h w"], k: Intrinsics, limits: Limits, axis: int
) -> Bool[np.ndarray, "_ _"]:
    """Whether the step between neighbours along an axis tears the surface.

    Rise over run is (dz) / (z / fx) = fx dw / w.
    """
    before, after = (
        (inverse_depth[:-1], inverse_depth[1:]) if axis == 0 else (inverse_depth[:, :-1], inverse_depth[:, 1:])
    )
    step = np.abs(after - before)
    step /= (before + after) * np.float32(0.5)
    focal_px = k.fy_px if axis == 0 else k.fx_px
    return step > max(_LEAST_STEP, math.tan(math.radians(limits.steepest_deg)) / focal_px)


def any_corner(texels: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h-1 w-1"]:
    """Squares with one of their four texels in the mask."""
    pairs = texels[1:] | texels[:-1]
    return pairs[:, 1:] | pairs[:, :-1]


def filled(inverse_depth: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Inverse depth with the nearest known value where it is NaN."""
    import cv2

    known = ~np.isnan(inverse_depth)
    if known.all():
        return inverse_depth
    unknown = (~known).astype(np.uint8)
    labels = np.asarray(cv2.distanceTransformWithLabels(unknown, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)[1])
    labels = labels.astype(np.intp, copy=False)
    value = np.zeros(int(labels.max()) + 1, np.float32)
    value[labels[known]] = inverse_depth[known]
    return value[labels]
