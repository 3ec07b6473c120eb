"""The eight EXIF orientations, applied alike to rasters and to intrinsics."""

from dataclasses import replace

import numpy as np

from relens.camera import Intrinsics

# EXIF code -> (swap rows with columns, then mirror the columns, then mirror the rows) makes the picture upright.
# Source: CIPA DC-008 (EXIF 2.32), tag 0x0112.
_STEPS = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}
_CODES = {steps: code for code, steps in _STEPS.items()}


def valid_orientation(code: object) -> int:
    """The EXIF orientation, or 1 (upright) for anything that is not one of the eight codes."""
    return code if isinstance(code, int) and code in _STEPS else 1


def orient_raster(raster: np.ndarray, code: int) -> np.ndarray:
    """A stored raster (h, w, ...) turned upright, contiguous; (w, h, ...) for the codes 5 to 8."""
    swap, mirror_columns, mirror_rows = _STEPS[code]
    if swap:
        raster = raster.swapaxes(0, 1)
    if mirror_columns:
        raster = raster[:, ::-1]
    if mirror_rows:
        raster = raster[::-1]
    return np.ascontiguousarray(raster)


def orient_intrinsics(stored: Intrinsics, code: int) -> Intrinsics:
    """The intrinsics of the upright picture, from those of the stored one."""
    swap, mirror_columns, mirror_rows = _STEPS[code]
    k = stored
    if swap:
        k = replace(
            k,
            fx_px=k.fy_px,
            fy_px=k.fx_px,
            cx_px=k.cy_px,
            cy_px=k.cx_px,
            width_px=k.height_px,
            height_px=k.width_px,
        )
    if mirror_columns:
        k = replace(k, cx_px=k.width_px - k.cx_px)
    if mirror_rows:
        k = replace(k, cy_px=k.height_px - k.cy_px)
    return k


def orient_box(left: float, top: float, width: float, height: float, code: int) -> tuple[float, float, float, float]:
    """A box in the upright frame, from the one in the stored frame; all in fractions of the frame."""
    swap, mirror_columns, mirror_rows = _STEPS[code]
    if swap:
        left, top, width, height = top, left, height, width
    if mirror_columns:
        left = 1 - left - width
    if mirror_rows:
        top = 1 - top - height
    return left, top, width, height


def inverse(code: int) -> int:
    """The code that undoes another."""
    return {6: 8, 8: 6}.get(code, code)


def chain(first: int, second: int) -> int:
    """The one code that does what `first` and then `second` do."""
    swap_1, columns_1, rows_1 = _STEPS[first]
    swap_2, columns_2, rows_2 = _STEPS[second]
    if swap_2:
        columns_1, rows_1 = rows_1, columns_1
    return _CODES[swap_1 != swap_2, columns_1 != columns_2, rows_1 != rows_2]
