"""PhotoRequest: how a data set of posed photos is to be read."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from relens.depth import DepthRequest
from relens.errors import ValueRangeError
from relens.multiview.photo_set import Arrangement
from relens.ranges import whole

_LEAST_PX = 16


@dataclass(frozen=True)
class PhotoRequest:
    """How a data set of posed photos is to be read.

    Attributes:
        longest_px: photos whose longer side is longer are reduced to it, by area and in linear light; None keeps all.
        depth: what gives priors: "files" takes the depth and normal files that the data set names, where it names some;
            a DepthRequest asks that back-end for every photo; "none" gives none.
        held_out_every: every so many photos one is held out, at least 2; 0 holds out none but those that the data set
            itself keeps for tests.
        box_m: least and greatest corner of what is to be fitted, in the reference photo's frame; found when left out.
        reference: the photo whose camera becomes the world: its name, or the end of it; the most central one when left
            out.
        arrangement: how the cameras stand; found when left out.
        allow_wrong_poses: go on although the photos contradict their poses.

    Raises ValueRangeError for numbers outside these, a box without volume, and a depth that is one photo's own.
    """

    longest_px: int | None = 1000
    depth: DepthRequest | Literal["files", "none"] = "files"
    held_out_every: int = 0
    box_m: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    reference: str | None = None
    arrangement: Arrangement | None = None
    allow_wrong_poses: bool = False

    def __post_init__(self) -> None:
        if self.longest_px is not None:
            whole("longest_px", self.longest_px, f"a whole number of pixels, at least {_LEAST_PX}", _LEAST_PX)
        if whole("held_out_every", self.held_out_every, "0, or 2 and more", 0) == 1:
            raise ValueRangeError("held_out_every", 1, "0, or 2 and more: of 1, no photo would be left to fit")
        if self.box_m is not None:
            box = np.asarray(self.box_m, np.float64)
            if box.shape != (2, 3) or not np.isfinite(box).all() or (box[1] <= box[0]).any():
                raise ValueRangeError("box_m", self.box_m, "two corners of a box with volume, the least one first")
        if isinstance(self.depth, str):
            if self.depth not in ("files", "none"):
                raise ValueRangeError("depth", repr(self.depth), '"files", "none" or a DepthRequest')
        elif self.depth.file is not None or not isinstance(self.depth.source, str):
            raise ValueRangeError("depth", "one photo's own", 'a back-end, or "files" for those the data set names')
