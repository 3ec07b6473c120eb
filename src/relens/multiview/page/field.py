"""TexelField: the saved map from points to texels, in numpy."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from relens.errors import ValueRangeError
from relens.multiview.page.canonical_camera import CanonicalCamera
from relens.multiview.page.layout import PageLayout

_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class TexelField:
    """The map from points to texels: a pseudo canonical camera, plus offsets (AGAP, arXiv 2312.06657).

    Attributes:
        camera: the pseudo canonical camera.
        layout: where on the page lies what it sees.
        offset_px: (d, h, w, 2) columns and rows to add, at the nodes of a lattice over nearness, y and x; between
            nodes trilinear, beyond them held.
        low, high: (3,) x, y and nearness of the lattice's first and last node.
        nearest: (hidden parts, h, w) nearness of what each part but the last holds, in cells that fill the front part,
            the front part first; NaN where nothing is known. What is farther belongs to a later part.
        tolerance: a point is farther where its nearness is less by more than this share.

    Raises ValueRangeError for arrays that do not fit each other or are not finite.
    """

    camera: CanonicalCamera
    layout: PageLayout
    offset_px: Float32[np.ndarray, "d h w 2"]
    low: Float64[np.ndarray, "3"]
    high: Float64[np.ndarray, "3"]
    nearest: Float32[np.ndarray, "hidden rows columns"]
    tolerance: float

    def __post_init__(self) -> None:
        if self.offset_px.ndim != 4 or self.offset_px.shape[3] != 2 or min(self.offset_px.shape[:3]) < 2:
            raise ValueRangeError("offset_px", self.offset_px.shape, "(d, h, w, 2), two nodes or more on each axis")
        if not np.isfinite(self.offset_px).all():
            raise ValueRangeError("offset_px", "not finite", "finite numbers")
        if not (np.isfinite([self.low, self.high]).all() and (self.low < self.high).all()):
            raise ValueRangeError("low, high", (self.low, self.high), "finite, the lower first")
        parts = len(self.layout.hidden_px)
        if self.nearest.ndim != 3 or len(self.nearest) != parts or np.isinf(self.nearest).any():
            raise ValueRangeError("nearest", self.nearest.shape, f"({parts}, h, w) of finite numbers or NaN")
        if parts and not self.nearest.size:
            raise ValueRangeError("nearest", self.nearest.shape, "cells")

    def texels(
        self, points_m: Float[np.ndarray, "n 3"], parts: Int64[np.ndarray, " n"] | None = None
    ) -> Float64[np.ndarray, "n 2"]:
        """Column and row on the page, in texels.

        Where the page goes round, columns may lie outside it by a whole turn.

        parts: to which part of the page points belong; as `parts` finds when left out.
        """
        texels = np.empty((len(points_m), 2))
        for start in range(0, len(points_m), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            seen = self.camera.seen(points_m[part])
            belongs = self._parts(seen) if parts is None else parts[part]
            place = self.layout.front(seen[:, 0], seen[:, 1]) + self._offsets(seen)
            texels[part] = self.layout.on_page(place, belongs)
        return texels

    def parts(self, points_m: Float[np.ndarray, "n 3"]) -> Int64[np.ndarray, " n"]:
        """To which part of the page points belong: 0 is what the canonical camera sees, the next what that hides."""
        return self._parts(self.camera.seen(points_m))

    def _parts(self, seen: Float64[np.ndarray, "n 3"]) -> Int64[np.ndarray, " n"]:
        part, behind = np.zeros(len(seen), np.int64), np.ones(len(seen), bool)
        place = self.layout.front(seen[:, 0], seen[:, 1])
        for nearest in self.nearest:
            behind &= is_behind(nearest, cells_of(place, self.layout, nearest.shape), seen[:, 2], self.tolerance)
            part += behind
        return part

    def _offsets(self, seen: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 2"]:
        if not self.offset_px.any():
            return np.zeros((len(seen), 2))
        depths, rows, columns, _ = self.offset_px.shape
        last = np.array([columns, rows, depths]) - 1
        at = np.clip((seen - self.low) / (self.high - self.low), 0, 1) * last
        first = np.minimum(at.astype(np.int64), last - 1)
        share = at - first
        total = np.zeros((len(seen), 2))
        for corner in range(8):
            step = np.array([corner & 1, corner >> 1 & 1, corner >> 2])
            weight = np.prod(np.where(step, share, 1 - share), axis=1)
            i, j, k = (first + step).T
            total += weight[:, None] * self.offset_px[k, j, i]
        return total


def cells_of(
    place: Float64[np.ndarray, "n 2"], layout: PageLayout, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the cells of a map (h, w) that fills the front part, in which texels lie."""
    column = np.floor(place[:, 0] / layout.width_px * shape[1]).astype(np.int64)
    row = np.floor(place[:, 1] / layout.front_px * shape[0]).astype(np.int64)
    column = column % shape[1] if layout.goes_round else np.clip(column, 0, shape[1] - 1)
    return np.clip(row, 0, shape[0] - 1), column


def is_behind(
    nearest: Float32[np.ndarray, "h w"],
    cells: tuple[np.ndarray, np.ndarray],
    nearness: Float64[np.ndarray, " n"],
    tolerance: float,
) -> Bool[np.ndarray, " n"]:
    """Whether points lie farther than what is nearest in their cells."""
    front = nearest[cells].astype(np.float64)
    return np.less(nearness, front * (1 - tolerance), where=np.isfinite(front), out=np.zeros(len(nearness), bool))
