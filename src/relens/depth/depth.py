"""Depth: what every depth source returns."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from relens.camera import Intrinsics
from relens.errors import ValueRangeError


@dataclass(frozen=True)
class Depth:
    """A depth map on the photo's own frame of view, at any resolution.

    Attributes:
        inverse_depth: (h, w) 1/m; 0 is infinity (sky), NaN is unknown.
        source: what made it, for people: "phone", "file depth.exr", "Depth Pro", "portrait prior", ...
        uncertainty: (h, w) one standard deviation of log-depth, 0 or more, NaN where depth is unknown; None where the
            source does not say.
        intrinsics: the photo's pinhole, on the photo's pixel grid, where the source knows it better than the photo does
            (a network's focal length); None leaves the photo's own.
        edge_width_px: over how many of its own pixels the source ramps at a silhouette; 0 for steps; None where that
            has to be measured.
        licence: of the data or the network's weights; empty for the user's own.
        notes: what the user should know about how it came about, a line each.

    Raises ValueRangeError when nothing in it is known, or anything is negative or infinitely near.
    """

    inverse_depth: Float32[np.ndarray, "h w"]
    source: str
    uncertainty: Float32[np.ndarray, "h w"] | None = None
    intrinsics: Intrinsics | None = None
    edge_width_px: float | None = None
    licence: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = self.inverse_depth[~np.isnan(self.inverse_depth)]
        if known.size == 0:
            raise ValueRangeError("depth", f"{self.source}", "at least one known value; every pixel is NaN or invalid")
        if known.min() < 0 or not np.isfinite(known.max()):
            raise ValueRangeError("depth", f"{self.source}", "inverse depths from 0 (infinity) up, finite, or NaN")
        if self.uncertainty is not None and (self.uncertainty < 0).any():
            raise ValueRangeError("uncertainty", f"{self.source}", "deviations of log-depth, 0 or more, or NaN")

    @property
    def valid(self) -> Bool[np.ndarray, "h w"]:
        """Where the depth is known; the sky is."""
        return ~np.isnan(self.inverse_depth)

    @property
    def sky(self) -> Bool[np.ndarray, "h w"]:
        """Where it is infinitely far."""
        return self.inverse_depth == 0

    @staticmethod
    def from_metres(metres: Float[np.ndarray, "h w"], source: str = "array") -> "Depth":
        """Depth from z-distances in metres; inf is kept as infinity, NaN, zero and negative values become unknown."""
        # Beyond all floats is infinity, too.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            metres = np.asarray(metres, dtype=np.float32)
            inverse = np.where(metres > 0, 1 / metres, np.nan).astype(np.float32)
        return Depth(inverse, source)
