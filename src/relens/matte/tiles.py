"""Tiles: work only where a sparse set of pixels is, crop by crop, so that memory follows the set."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool


@dataclass(frozen=True)
class Tile:
    """A window of the picture with a margin of context.

    Attributes:
        crop: rows and columns with the margin, cut at the picture's border.
        core: rows and columns of the tile itself, in the picture.
        inner: the core's rows and columns in the crop.
    """

    crop: tuple[slice, slice]
    core: tuple[slice, slice]
    inner: tuple[slice, slice]


def tiles_of(mask: Bool[np.ndarray, "h w"], side_px: int, margin_px: int) -> Iterator[Tile]:
    """The cells of a regular grid that hold pixels of the mask, each shrunk to the box around them.

    The cores are disjoint and cover the mask.
    """
    height, width = mask.shape
    for top in range(0, height, side_px):
        strip = mask[top : top + side_px]
        columns = np.any(strip, axis=0)
        if not columns.any():
            continue
        for left in range(0, width, side_px):
            if not columns[left : left + side_px].any():
                continue
            cell = mask[top : top + side_px, left : left + side_px]
            rows, across = np.flatnonzero(cell.any(axis=1)), np.flatnonzero(cell.any(axis=0))
            y = _span(top + int(rows[0]), top + int(rows[-1]) + 1, height, margin_px)
            x = _span(left + int(across[0]), left + int(across[-1]) + 1, width, margin_px)
            yield Tile((y[0], x[0]), (y[1], x[1]), (y[2], x[2]))


def _span(first: int, last: int, most: int, margin_px: int) -> tuple[slice, slice, slice]:
    outer = slice(max(first - margin_px, 0), min(last + margin_px, most))
    return outer, slice(first, last), slice(first - outer.start, last - outer.start)
