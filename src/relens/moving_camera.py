"""MovingCamera: a camera that moves, turns or zooms while its shutter is open."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Union

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.rotation import between_so3

# From where a picture is taken.
AnyCamera = Union[Camera, "MovingCamera"]


@dataclass(frozen=True)
class MovingCamera:
    """Where a camera is when its shutter opens and closes.

    Convention: in between it travels straight at constant speed, turns the shortest way, and zooms by equal factors in
    equal times.

    Raises ValueRangeError for two cameras of different picture sizes.
    """

    opening: Camera
    closing: Camera

    def __post_init__(self) -> None:
        sizes = [(k.width_px, k.height_px) for k in (self.opening.intrinsics, self.closing.intrinsics)]
        if sizes[0] != sizes[1]:
            raise ValueRangeError("closing camera", f"{sizes[1]} px", f"the opening one's size, {sizes[0]} px")

    def at(self, share: float) -> Camera:
        """The camera after this part of the exposure, 0 to 1."""
        one, other = self.opening, self.closing
        pose = np.eye(4)
        pose[:3, :3] = between_so3(one.rotation, other.rotation, np.asarray(share))
        pose[:3, 3] = one.eye_m + share * (other.eye_m - one.eye_m)
        k, last = one.intrinsics, other.intrinsics
        intrinsics = replace(
            k,
            fx_px=k.fx_px * (last.fx_px / k.fx_px) ** share,
            fy_px=k.fy_px * (last.fy_px / k.fy_px) ** share,
            cx_px=k.cx_px + share * (last.cx_px - k.cx_px),
            cy_px=k.cy_px + share * (last.cy_px - k.cy_px),
        )
        return Camera(intrinsics, pose)

    @cached_property
    def middle(self) -> Camera:
        """The camera halfway through the exposure."""
        return self.at(0.5)

    @property
    def intrinsics(self) -> Intrinsics:
        """Those of the middle of the exposure; the size is that of the whole."""
        return self.middle.intrinsics
