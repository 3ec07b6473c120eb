"""DepthRequest: all that a user can say about where a photo's depth should come from."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from relens.depth.backend import Backend
from relens.depth.choose import BACKENDS, DepthPrecision
from relens.depth.depth import Depth
from relens.depth.files import DepthKind
from relens.errors import ValueRangeError
from relens.ranges import number

DepthInput = str | os.PathLike[str] | Depth | np.ndarray | Backend
MetricScale = Literal["own", "iris", "phone"]


@dataclass(frozen=True)
class DepthRequest:
    """Where depth comes from, and what is done to it.

    Attributes:
        source: "auto" takes the metric depth inside the photo, else Depth Pro, else the portrait prior, and the first
            note of the depth says which and why; "phone", "depth-pro", "depth-pro-apple" and "portrait" are these
            back-ends by name; another string or path names a depth file; an (h, w) array holds metres (inf is infinity;
            NaN, zero and negative are unknown); a Depth is checked and returned; a
            `relens.depth.backend.Backend` of your own is asked as these are.
        kind, near_m, far_m: what the values of a depth file stand for; see `relens.read_depth`.
        weights: the folder with Depth Pro's weights, where they are not at the known places.
        precision: of Depth Pro in transformers; "auto" takes what is quickest here, "int8" needs the least memory.
        background_m: where the portrait prior puts what is behind people, metres; inf is the open sky.
        metric_scale: "own" takes the metres as the source has them; "iris" corrects them by the iris of a face; "phone"
            joins the source with the metric depth inside the photo.
        uncertainty: ask a back-end that does not know how sure it is several times, and take the spread.

    Raises ValueRangeError for what does not go together.
    """

    source: DepthInput = "auto"
    kind: DepthKind | None = None
    near_m: float | None = None
    far_m: float | None = None
    weights: Path | None = None
    precision: DepthPrecision = "auto"
    background_m: float | None = None
    metric_scale: MetricScale = "own"
    uncertainty: bool = False

    def __post_init__(self) -> None:
        if self.metric_scale not in get_args(MetricScale):
            raise ValueRangeError("metric_scale", self.metric_scale, f"one of {', '.join(get_args(MetricScale))}")
        if self.precision not in get_args(DepthPrecision):
            raise ValueRangeError("precision", self.precision, f"one of {', '.join(get_args(DepthPrecision))}")
        for name in ("kind", "near_m", "far_m"):
            if getattr(self, name) is not None and self.file is None:
                raise ValueRangeError(name, getattr(self, name), "none: it is for depth files only")
        if self.weights is not None and not (isinstance(self.source, str) and self.source in ("auto", *BACKENDS[1:3])):
            raise ValueRangeError("weights", self.weights, "none: they are for depth-pro and depth-pro-apple only")

        if self.background_m is not None:
            if not (isinstance(self.source, str) and self.source in ("auto", "portrait")):
                raise ValueRangeError("background_m", self.background_m, "none: it is for the portrait prior only")
            number("background_m", self.background_m, "a distance in metres, more than 0; inf is the sky", low=1e-3)

    @property
    def file(self) -> Path | None:
        """The depth file that the source names, if it names one."""
        if isinstance(self.source, str) and self.source in ("auto", *BACKENDS):
            return None
        return Path(self.source) if isinstance(self.source, str | os.PathLike) else None
