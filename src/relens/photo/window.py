"""Window: which part of a frame a picture shows, and cutting maps and intrinsics to it."""

from dataclasses import dataclass, replace

import numpy as np

from relens.camera import Intrinsics
from relens.photo.orientation import orient_box


@dataclass(frozen=True)
class Window:
    """A rectangle in a frame.

    Attributes:
        left, top, width, height: fractions of the frame's width and height, from its top left corner.
    """

    left: float
    top: float
    width: float
    height: float


WHOLE = Window(0.0, 0.0, 1.0, 1.0)


def orient_window(window: Window, code: int) -> Window:
    """The window in the upright frame, from the one in the stored frame."""
    return Window(*orient_box(window.left, window.top, window.width, window.height, code))


def cut_raster(raster: np.ndarray, window: Window) -> np.ndarray:
    """The part of a raster (h, w, ...) that a window shows, at the same pixel pitch.

    Each pixel is the one that its centre falls into: values are never averaged, and where the window's edges lie on
    pixel edges the part is exact.
    """
    if window == WHOLE:
        return raster
    rows = _picked(raster.shape[0], window.top, window.height)
    columns = _picked(raster.shape[1], window.left, window.width)
    return np.ascontiguousarray(raster[rows[:, None], columns])


def _picked(size: int, start: float, length: float) -> np.ndarray:
    count = max(1, round(size * length))
    at = (start + (np.arange(count) + 0.5) / count * length) * size
    return np.clip(np.floor(at + 1e-6).astype(np.intp), 0, size - 1)


def cut_intrinsics(k: Intrinsics, window: Window, width_px: int, height_px: int) -> Intrinsics:
    """The intrinsics of a picture of this size that shows a window of the frame that `k` describes."""
    scale_x, scale_y = width_px / (window.width * k.width_px), height_px / (window.height * k.height_px)
    return replace(
        k,
        fx_px=k.fx_px * scale_x,
        fy_px=k.fy_px * scale_y,
        cx_px=(k.cx_px - window.left * k.width_px) * scale_x,
        cy_px=(k.cy_px - window.top * k.height_px) * scale_y,
        width_px=width_px,
        height_px=height_px,
    )


def same_aspect(width: float, height: float, other_width: float, other_height: float) -> bool:
    """Whether two sizes have one aspect, to 1 % or half a pixel of the first one's height.

    Sizes of small maps are rounded, so theirs should come first.
    """
    expected = width * other_height / other_width
    return abs(height - expected) <= max(0.01 * expected, 0.5)
