"""Stamp: colours copied from a step away, for what is selected."""

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window, photo_view
from relens.edit.selection import Selection, Where
from relens.edit.window import bounds
from relens.errors import ValueRangeError
from relens.ranges import finite
from relens.scene import Layer, Scene

# Of what has less alpha than this the colour is not known well.
_LEAST_ALPHA = 1 / 255

Step = tuple[int, int]


def step_to(scene: Scene, selection: Selection, where: Where, from_px: tuple[float, float]) -> Step:
    """Rows and columns from the brush's first point, else from the middle of what is selected, to a point of the photo.

    In whole texels, so that copies are as sharp as what they copy. Raises ValueRangeError for what is no point.
    """
    if len(from_px) != 2:
        raise ValueRangeError("from_px", from_px, "column and row of the photo")
    column, row = (finite("from_px", at, "column and row of the photo") for at in from_px)
    if where.brush_px:
        anchor_column, anchor_row = where.brush_px[0]
    else:
        # The window itself may hold much room around, and less of it where the page ends.
        box = bounds(np.maximum.reduce(list(selection.coverage.values())))
        anchor_row, anchor_column = (
            outer.start + (side.start + side.stop) / 2 - scene.border_px
            for outer, side in zip(selection.window, box, strict=True)
        )
    return round(row - anchor_row), round(column - anchor_column)


def stamped(scene: Scene, layer: Layer, window: Window, step: Step, used: np.ndarray) -> Float32[np.ndarray, "h w 3"]:
    """Straight colours of the texels a step away from a window's: the layer's own, else what the photo shows there.

    used: (h, w) bool, the texels of the window that need a colour.
    Raises ValueRangeError where such a one falls off the pages, or on nothing.
    """
    rows, columns = (slice(side.start + by, side.stop + by) for side, by in zip(window, step, strict=True))
    height, width = layer.inverse_depth.shape
    if min(rows.start, columns.start) < 0 or rows.stop > height or columns.stop > width:
        raise ValueRangeError("from_px", "off the pages, in part", "a source that lies wholly on the photo")
    rgba = layer.rgba[rows, columns]
    lacking = rgba[..., 3] < _LEAST_ALPHA
    if (lacking & used).any():
        rgba = np.where(lacking[..., None], photo_view(scene, (rows, columns)), rgba)
        if ((rgba[..., 3] < _LEAST_ALPHA) & used).any():
            raise ValueRangeError("from_px", "where nothing is, in part", "a source where the scene shows something")
    # Colours beyond sRGB have negative light, which an edit must not make.
    return np.maximum(rgba[..., :3] / np.maximum(rgba[..., 3:], np.float32(_LEAST_ALPHA)), 0)
