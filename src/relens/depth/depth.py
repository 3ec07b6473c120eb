"""Depth: what every depth source returns."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from relens.camera import Intrinsics
from relens.errors import ValueRangeError


@dataclass(frozen=True)
class Depth:
    """A depth map on the photo's own frame of view, at any resolution.

    Attributes:
        inverse_depth: (h, w) 1/m; 0 is infinity (sky), NaN is unknown.
        source: what made it, for people: "phone", "file depth.exr", "array", ...
        intrinsics: the source's own intrinsics, if it has any.

    Raises ValueRangeError when nothing in it is known, or anything is negative or infinitely near.
    """

    inverse_depth: Float32[np.ndarray, "h w"]
    source: str
    intrinsics: Intrinsics | None = None

    def __post_init__(self) -> None:
        known = self.inverse_depth[~np.isnan(self.inverse_depth)]
        if known.size == 0:
            raise ValueRangeError("depth", f"{self.source}", "at least one known value; every pixel is NaN or invalid")
        if known.min() < 0 or not np.isfinite(known.max()):
            raise ValueRangeError("depth", f"{self.source}", "inverse depths from 0 (infinity) up, finite, or NaN")

    @staticmethod
    def from_metres(metres: Float[np.ndarray, "h w"], source: str = "array") -> "Depth":
        """Depth from z-distances in metres; inf is kept as infinity, NaN, zero and negative values become unknown."""
        metres = np.asarray(metres, dtype=np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = np.where(metres > 0, 1 / metres, np.nan).astype(np.float32)
        return Depth(inverse, source)
