"""The pinhole that Dynamic Depth notes with a photo."""

import math

from relens.camera import Intrinsics
from relens.photo.window import same_aspect
from relens.photo.xmp import Xmp, xmp_number, xmp_structures

_CAMERAS = "{http://ns.google.com/photos/dd/1.0/device/}Cameras"
_MODEL = "{http://ns.google.com/photos/dd/1.0/imagingmodel/}"


def dynamic_depth_intrinsics(xmp: Xmp, width_px: int, height_px: int) -> Intrinsics | None:
    """Intrinsics of a stored picture of this size, from the imaging model of its first camera that has one.

    Focal lengths are in pixels of the model's image size. The principal point is a fraction of that size, the middle
    where it is not given; Android writes it in pixels all the same, which shows in numbers above 1. None where the
    packet has no model, or one of another aspect or of nonsense.
    Source: Dynamic Depth 1.0 (Google, 2019), Imaging Model, and Android's own writer of it.
    """
    for camera in xmp_structures(xmp, _CAMERAS) or [xmp]:
        names = ("FocalLengthX", "FocalLengthY", "ImageWidth", "ImageHeight")
        numbers = [xmp_number(camera, _MODEL + name) for name in names]
        if any(number is None or not 0 < number < math.inf for number in numbers):
            continue
        fx, fy, width, height = (number for number in numbers if number is not None)
        # Anything below a tenth of the width is no focal length in pixels.
        if not same_aspect(width_px, height_px, width, height) or fx < width / 10:
            continue
        cx, cy = (xmp_number(camera, f"{_MODEL}PrincipalPoint{axis}") for axis in "XY")
        if cx is None or cy is None or not 0 < min(cx, cy) < math.inf:
            cx, cy = 0.5, 0.5
        if max(cx, cy) <= 1:
            cx, cy = cx * width, cy * height
        if not (cx < width and cy < height):
            cx, cy = width / 2, height / 2
        known = Intrinsics(fx, fy, cx, cy, max(1, round(width)), max(1, round(height)), "phone imaging model")
        return known.resized(width_px, height_px)
    return None
