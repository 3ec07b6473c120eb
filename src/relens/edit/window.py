"""Windows: parts of the pages, as rows and columns of their arrays."""

import numpy as np
from jaxtyping import Shaped

from relens.canonical.photo_view import Window


def bounds(plane: Shaped[np.ndarray, "h w"]) -> Window:
    """The smallest window of a plane that holds all of it that is above 0; an empty one where nothing is."""
    import cv2

    left, top, wide, tall = cv2.boundingRect((plane > 0).view(np.uint8))
    return slice(top, top + tall), slice(left, left + wide)


def grown(window: Window, room_px: int, shape: tuple[int, ...]) -> Window:
    """The window with room on all sides, as far as the page goes."""
    rows, columns = (
        slice(max(0, side.start - room_px), min(size, side.stop + room_px))
        for side, size in zip(window, shape, strict=True)
    )
    return rows, columns


def inside(inner: Window, outer: Window) -> Window:
    """Where a window's rows and columns are in the array of a larger window around it."""
    rows, columns = (slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
    return rows, columns


def margins(inner: Window, outer: Window) -> list[tuple[int, int]]:
    """What `np.pad` takes to make an array of a window one of a larger window around it."""
    return [(i.start - o.start, o.stop - i.stop) for i, o in zip(inner, outer, strict=True)]
