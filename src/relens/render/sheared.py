"""Sheared cameras: moved within their image plane, what lies at one distance keeping its place in the picture."""

from dataclasses import replace

from relens.camera import Camera


def sheared(camera: Camera, x_m: float, y_m: float, focus_distance_m: float) -> Camera:
    """The camera moved within its image plane, the principal point following so that the focus plane stays in place.

    Convention: x_m to the right, y_m down, metres. The view is off-axis, not turned: planes parallel to the picture
    stay undistorted, and moving along x displaces nothing along y. At an infinite distance it is `Camera.moved`.
    """
    k = camera.intrinsics
    cx_px, cy_px = k.cx_px + k.fx_px * x_m / focus_distance_m, k.cy_px + k.fy_px * y_m / focus_distance_m
    return replace(camera.moved(x_m, y_m), intrinsics=replace(k, cx_px=cx_px, cy_px=cy_px))
