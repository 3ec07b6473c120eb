"""Framing: whose field of view a picture has, and where its camera stands for it."""

import math
from dataclasses import replace
from typing import Literal

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.lens import Lens

Framing = Literal["photo", "lens", "subject"]
# What rounding may take of a field of view.
_AS_WIDE = 1 - 1e-9


def framed(camera: Camera, lens: Lens, framing: Framing = "photo") -> tuple[Camera, Lens]:
    """The camera and the lens that take the picture, focused from where the camera then stands.

    | framing | field of view | place |
    |---|---|---|
    | photo | the camera's | the camera's |
    | lens | the lens's: fx = focal length / sensor width times the picture's long side | the camera's |
    | subject | the lens's | along the axis, to where what is in focus is as large as in the photo |

    With framing subject a longer lens steps back, which undoes the perspective of a close portrait; a shorter one
    steps up, and may see past the photo's edges. A lens that breathes narrows the field by F / (F - f) besides
    (`Lens.breathing_scale`), here and nowhere else, F measured from where the camera then stands.

    Raises ValueRangeError for an unknown framing, a lens that sees more than the camera does (framing lens), and a
    focus at infinity (framing subject).
    """
    if framing not in ("photo", "lens", "subject"):
        raise ValueRangeError("framing", framing, "photo, lens or subject")
    k = camera.intrinsics
    if framing != "photo":
        long_px = max(k.width_px, k.height_px)
        zoom = zoom_of(k, lens)
        if framing == "lens" and zoom < _AS_WIDE:
            fits_mm = math.ceil(10 * _AS_WIDE * k.fx_px * lens.sensor_width_mm / long_px) / 10
            expected = f"{fits_mm:g} mm or more with framing lens: a shorter lens sees past the photo's edges"
            raise ValueRangeError("focal_length_mm", lens.focal_length_mm, expected)
        if framing == "subject":
            if math.isinf(lens.focus_distance_m):
                raise ValueRangeError("focus_distance_m", lens.focus_distance_m, "the subject's with framing subject")
            distance_m = lens.focus_distance_m * zoom
            if lens.breathing:
                # F / zoom' with zoom' = zoom F / (F - f), solved for F: breathing enlarges the subject too.
                distance_m += lens.focal_length_mm * 1e-3
            camera = camera.moved(z_m=lens.focus_distance_m - distance_m)
            lens = replace(lens, focus_distance_m=distance_m)
        camera = _zoomed(camera, zoom)
    return _zoomed(camera, lens.breathing_scale), lens


def zoom_of(intrinsics: Intrinsics, lens: Lens) -> float:
    """How much longer the lens is than a camera: focal length / sensor width times the long side, over its fx."""
    long_px = max(intrinsics.width_px, intrinsics.height_px)
    return lens.focal_length_mm / lens.sensor_width_mm * long_px / intrinsics.fx_px


def _zoomed(camera: Camera, zoom: float) -> Camera:
    """The same place with focal lengths in pixels `zoom` times as long."""
    if zoom == 1:
        return camera
    k = camera.intrinsics
    return replace(camera, intrinsics=replace(k, fx_px=k.fx_px * zoom, fy_px=k.fy_px * zoom))
