"""The network's answer, and the metric depth that it means for a photo."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.depth.depth import Depth
from relens.depth.focal import choose_focal
from relens.errors import RelensError
from relens.photo import Photo

# 1/m: where the network clamps its answer. What lies beyond 10 km is sky.
_SKY_PER_M = 1e-4
_NEAREST_PER_M = 1e4
# A step between neighbours of over 15 % is a silhouette; snap.py draws the same line.
_EDGE_RATIO = 0.15
# Over how many of its own pixels the network ramps at a silhouette.
_EDGE_WIDTH_PX = 2.5


@dataclass(frozen=True)
class Prediction:
    """What the network says of a photo.

    Attributes:
        canonical_inverse_depth: (n, n) C of the squashed square; inverse depth is C * width / fx in 1/m, with the
            photo's width and focal length in pixels (arXiv 2410.02073, section 3.1).
        horizontal_fov_rad: the angle of view that the network sees, None where it has no head for it.
    """

    canonical_inverse_depth: Float32[np.ndarray, "n n"]
    horizontal_fov_rad: float | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(self.canonical_inverse_depth).all():
            raise RelensError(
                "Depth Pro: the network answered with NaN or infinity; use precision float32, or check its weights "
                "with: relens models verify depth-pro"
            )

    def fx_px(self, width_px: int) -> float | None:
        """The network's focal length on a photo of this width; None where it has none, or one that cannot be."""
        if self.horizontal_fov_rad is None or not 0 < self.horizontal_fov_rad < math.pi:
            return None
        return 0.5 * width_px / math.tan(0.5 * self.horizontal_fov_rad)


def metric_depth(prediction: Prediction, photo: Photo, source: str, licence: str, notes: tuple[str, ...] = ()) -> Depth:
    """The depth of a photo, scaled by the focal length that is trusted most, on a grid of the photo's aspect.

    The grid is no coarser than the network's square in either direction. Depth.intrinsics is set where the network's
    own focal length is the one used.
    """
    intrinsics, conflicts = choose_focal(photo, prediction.fx_px(photo.width_px))
    # What the photo's own sources say against each other is find_depth's to tell.
    _, own_conflicts = choose_focal(photo)
    per_m = prediction.canonical_inverse_depth * np.float32(photo.width_px / intrinsics.fx_px)
    inverse = np.where(per_m > _SKY_PER_M, np.minimum(per_m, np.float32(_NEAREST_PER_M)), np.float32(0))
    return Depth(
        unsquashed(inverse, photo.width_px, photo.height_px),
        source,
        intrinsics=intrinsics if intrinsics.source == "network" else None,
        edge_width_px=_EDGE_WIDTH_PX,
        licence=licence,
        notes=(*notes, *(conflict for conflict in conflicts if conflict not in own_conflicts)),
    )


def unsquashed(
    square: Float32[np.ndarray, "n n"], width_px: int, height_px: int
) -> Float32[np.ndarray, "rows columns"]:
    """A square map stretched to the aspect of width_px x height_px; every value of the square is kept.

    Between neighbours of like value it is linear; across a silhouette it repeats the nearest value, so that nothing
    floats between the two sides.
    """
    import cv2

    side = square.shape[0]
    scale = side / min(width_px, height_px)
    size = (max(side, round(width_px * scale)), max(side, round(height_px * scale)))
    if size == (side, side):
        return square
    around = np.ones((3, 3), np.uint8)
    near, far = cv2.dilate(square, around), cv2.erode(square, around)
    edge = (near - far > _EDGE_RATIO * far).astype(np.uint8)
    smooth = cv2.resize(square, size, interpolation=cv2.INTER_LINEAR)
    nearest, edge = (cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST_EXACT) for plane in (square, edge))
    return np.where(edge > 0, nearest, smooth)
