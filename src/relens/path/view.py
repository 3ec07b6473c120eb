"""View: the photo's own, on the pixel grid of a film's frames."""

import math
from dataclasses import replace

from relens.camera import Intrinsics
from relens.ranges import whole


def view_of(photo: Intrinsics, size_px: tuple[int, int] | None) -> Intrinsics:
    """The photo's view on another grid: scaled to cover it, and cut off evenly on both sides; the photo's if None.

    Nothing past the photo's frame shows, and the principal point stays where it is in the photo.

    Raises ValueRangeError for a size under 1 pixel.
    """
    if size_px is None:
        return photo
    width_px, height_px = (whole("size_px", size, "a width and a height of 1 pixel or more", 1) for size in size_px)
    scale = max(width_px / photo.width_px, height_px / photo.height_px)
    return replace(
        photo,
        fx_px=photo.fx_px * scale,
        fy_px=photo.fy_px * scale,
        cx_px=width_px / 2 + (photo.cx_px - photo.width_px / 2) * scale,
        cy_px=height_px / 2 + (photo.cy_px - photo.height_px / 2) * scale,
        width_px=width_px,
        height_px=height_px,
    )


def vertical_fov_rad(intrinsics: Intrinsics) -> float:
    """Full vertical angle of view, 2 atan(height / (2 fy))."""
    return 2 * math.atan(intrinsics.height_px / (2 * intrinsics.fy_px))


def zoomed_fov_rad(fov_rad: float, zoom: float) -> float:
    """The field of view of a lens `zoom` times as long; the same, to the last bit, for 1."""
    return fov_rad if zoom == 1 else 2 * math.atan(math.tan(fov_rad / 2) / zoom)


def with_fov(intrinsics: Intrinsics, fov_rad: float) -> Intrinsics:
    """The same view zoomed about its principal point; itself, to the last bit, where the field of view is its own."""
    zoom = math.tan(vertical_fov_rad(intrinsics) / 2) / math.tan(fov_rad / 2)
    return replace(intrinsics, fx_px=intrinsics.fx_px * zoom, fy_px=intrinsics.fy_px * zoom)
