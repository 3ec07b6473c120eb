"""Where the subject is: what the camera of the page turns about."""

from relens.render.focus import subject_pixel
from relens.scene import Scene

# What is farther stands there: a page can turn about no point at infinity.
_FARTHEST_M = 1000.0


def subject_point_m(scene: Scene) -> tuple[float, float, float]:
    """The subject's middle in the world, metres (`relens.render.focus.subject_pixel`); at most a kilometre away."""
    column_px, row_px, depth_m = subject_pixel(scene)
    k, depth_m = scene.camera.intrinsics, min(depth_m, _FARTHEST_M)
    return (column_px - k.cx_px) / k.fx_px * depth_m, (row_px - k.cy_px) / k.fy_px * depth_m, depth_m
