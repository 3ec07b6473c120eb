"""Run on: what is selected of what the photo shows, carried on to what it hides of the same layer."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.edit.window import bounds, grown


def run_on(
    plane: Float32[np.ndarray, "h w"], shows: Bool[np.ndarray, "h w"], there: Bool[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """A plane over a layer: where it shows as it is, and where it is hidden as where it shows nearest.

    So a wall that is painted beside a head is painted behind it, too, where a wide lens looks past; and one under a
    stroke over the head is not. shows, there: where the photo shows the layer, and where it is at all. A layer that
    shows nowhere has 0.
    """
    from relens.lift.rear import nearest

    result = np.where(shows, plane, np.float32(0))
    hidden = there & ~shows
    if not hidden.any() or not result.any():
        return result
    # What is hidden lies between what shows, so a window of it and a rim around will do.
    window = grown(bounds(hidden), 1, hidden.shape)
    if not shows[window].any():
        window = slice(None), slice(None)
    part, inside = result[window], hidden[window]
    part[inside] = part.ravel()[nearest(shows[window])[1][inside]]
    return result
