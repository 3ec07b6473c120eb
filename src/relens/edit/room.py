"""Room: windows of the pages with room around them."""

from relens.canonical.photo_view import Window


def grown(window: Window, room_px: int, shape: tuple[int, ...]) -> Window:
    """The window with room on all sides, as far as the page goes."""
    rows, columns = (
        slice(max(0, side.start - room_px), min(size, side.stop + room_px))
        for side, size in zip(window, shape, strict=True)
    )
    return rows, columns


def margins(inner: Window, outer: Window) -> list[tuple[int, int]]:
    """What `np.pad` takes to make an array of a window one of a larger window around it."""
    return [(i.start - o.start, o.stop - i.stop) for i, o in zip(inner, outer, strict=True)]
