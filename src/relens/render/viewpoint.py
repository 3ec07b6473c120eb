"""Viewpoint: where a camera stands to photograph a model when nobody says."""

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.mesh import Mesh
from relens.ranges import whole

# A 50 mm lens on full frame, and how much of the frame the model fills.
_FX_OVER_WIDTH = 50 / 36
_FILLED = 0.8


def viewpoint(mesh: Mesh, width_px: int = 1200) -> Camera:
    """A camera straight before the model, level, as far as lets it fill four fifths of a 4:5 frame.

    Convention: the camera looks along +z, at the front that glTF models turn to the viewer (`relens.mesh_file`).

    Raises ValueRangeError for a width under 1 pixel.
    """
    width_px = whole("size_px", width_px, "a width of at least 1 pixel", 1)
    k = Intrinsics.centred(_FX_OVER_WIDTH * width_px, width_px, max(1, round(width_px * 1.25)), "50 mm equivalent")
    least, greatest = mesh.bounds_m.astype(np.float64)
    middle, size = (least + greatest) / 2, greatest - least
    away_m = max(size[0] * k.fx_px / (_FILLED * k.width_px), size[1] * k.fy_px / (_FILLED * k.height_px))
    pose = np.eye(4)
    # From the front of its box, so that nothing of it comes nearer than that.
    pose[:3, 3] = middle[0], middle[1], least[2] - max(away_m, 1e-6)
    return Camera(k, pose)
