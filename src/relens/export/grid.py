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


@dataclass(frozen=True)
class Grid:
    """A window of a layer's page.

    Attributes:
        row, column: the window's place on the page.
        inverse_depth: (h, w) 1/m, more than 0, no NaN.
        visible: (h - 1, w - 1) squares with a corner that is not clear.
        tear: (h - 1, w - 1) by how much a visible square is torn, as a share of the distance; 0 where it is whole.
        beyond_texels: visible texels of the layer farther than the limit.
    """

    row: int
    column: int
    inverse_depth: Float32[np.ndarray, "h w"]
    visible: Bool[np.ndarray, "h-1 w-1"]
    tear: Float32[np.ndarray, "h-1 w-1"]
    beyond_texels: int


def grid_of(layer: Layer, k: Intrinsics, limits: Limits) -> Grid | None:
    """The window of a layer around all that is visible; None where nothing is, or the layer is one texel wide."""
    seen = layer.rgba[..., 3] > CLEAR
    far = layer.inverse_depth < np.float32(1 / limits.infinity_m)
    beyond_texels = int(np.count_nonzero(far & seen))
    if limits.beyond == "clamp":
        far = np.zeros((1, 1), bool)
    near = seen & ~far
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not len(rows) or min(seen.shape) < 2:
        return None
    top, left = max(0, rows[0] - 1), max(0, columns[0] - 1)
    window = slice(top, rows[-1] + 2), slice(left, columns[-1] + 2)
    inverse_depth = np.maximum(filled(layer.inverse_depth[window]), np.float32(1 / limits.infinity_m))
    visible = any_corner(near[window])
    steep_x, steep_y = (steep_steps(inverse_depth, k, limits, axis) for axis in (1, 0))
    tear = np.maximum(np.maximum(steep_x[:-1], steep_x[1:]), np.maximum(steep_y[:, :-1], steep_y[:, 1:]))
    if far.size > 1:
        tear[any_corner((far & seen)[window])] = np.inf
    return Grid(int(top), int(left), inverse_depth, visible, np.where(visible, tear, np.float32(0)), beyond_texels)


def steep_steps(
    inverse_depth: Float32[np.ndarray, "h w"], k: Intrinsics, limits: Limits, axis: int
) -> Float32[np.ndarray, "_ _"]:
    """Steps between neighbours along an axis as a share of the distance, where they tear the surface; 0 elsewhere.

    Rise over run is (dz) / (z / fx) = fx dw / w.
    """
    before, after = (
        (inverse_depth[:-1], inverse_depth[1:]) if axis == 0 else (inverse_depth[:, :-1], inverse_depth[:, 1:])
    )
    step = np.abs(after - before)
    step /= (before + after) * np.float32(0.5)
    focal_px = k.fy_px if axis == 0 else k.fx_px
    least = max(_LEAST_STEP, math.tan(math.radians(limits.steepest_deg)) / focal_px)
    return np.where(step > least, step, np.float32(0))


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
