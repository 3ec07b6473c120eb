"""PhotoSet: posed photos of one place, ready to be fitted."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64

from relens.errors import ValueRangeError
from relens.multiview.posed_photo import PosedPhoto

# How the cameras stand: side by side before the subject, inside a room looking out, or around an object looking in.
Arrangement = Literal["forward", "inside", "around"]


@dataclass(frozen=True)
class PhotoSet:
    """Posed photos of one place.

    Convention: the world is the reference photo's camera (OpenCV axes: +x right, +y down, +z forward), in metres where
    the data set or a metric prior knows them.

    Attributes:
        photos: two or more, the reference among them: its camera's pose is the identity.
        held_out: indices of photos that are never fitted, only compared with.
        box_m: (2, 3) least and greatest corner of what is to be fitted; what lies outside is background.
        arrangement: how the cameras stand.
        points_m: (n, 3) matched points of the photos, triangulated; may be empty.
        reprojection_px: the median distance of matches from where the poses put them; None where nothing matched.
        dataset_from_world: (4, 4) a similarity: points of this world to the data set's own.
        notes: what the user should know, a line each.

    Raises ValueRangeError for fewer than two photos to fit, or a box without volume.
    """

    photos: tuple[PosedPhoto, ...]
    held_out: tuple[int, ...]
    box_m: Float64[np.ndarray, "2 3"]
    arrangement: Arrangement
    points_m: Float32[np.ndarray, "n 3"]
    reprojection_px: float | None
    dataset_from_world: Float64[np.ndarray, "4 4"]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.fitted) < 2:
            raise ValueRangeError("photos", len(self.fitted), "at least two that are fitted, from different places")
        if not (np.isfinite(self.box_m).all() and (self.box_m[1] > self.box_m[0]).all()):
            raise ValueRangeError("box_m", self.box_m.tolist(), "a finite box with volume")

    @property
    def fitted(self) -> tuple[PosedPhoto, ...]:
        """The photos that are fitted."""
        return tuple(photo for number, photo in enumerate(self.photos) if number not in self.held_out)

    @property
    def compared(self) -> tuple[PosedPhoto, ...]:
        """The photos that are held out."""
        return tuple(self.photos[number] for number in self.held_out)
