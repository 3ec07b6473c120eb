"""The contact sheet: pictures side by side, each with its title and caption."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from relens.explain.reduce import reduced
from relens.explain.typography import letter, shortened
from relens.ranges import whole

# Linear light: a dark neutral grey that flatters no picture, near-white titles, mid-grey captions.
_PAPER, _TITLE, _CAPTION = 0.0095, 0.80, 0.27
# Sizes as shares of a tile's width.
_MARGIN, _GAP, _ROW_GAP = 0.07, 0.045, 0.07
_TITLE_SIZE, _CAPTION_SIZE = 0.053, 0.038
_TITLE_BASELINE, _CAPTION_BASELINE, _TEXT_HEIGHT = 0.080, 0.139, 0.150


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet.

    Attributes:
        picture: (h, w, 3) linear light, any size.
        title: the line under it.
        caption: the smaller, greyer line under that.
    """

    picture: Float32[np.ndarray, "h w 3"]
    title: str
    caption: str = ""


def contact_sheet(tiles: Sequence[Tile], columns: int, tile_width_px: int) -> Float32[np.ndarray, "_ _ 3"]:
    """Lay the tiles out in rows on dark grey; (h, w, 3) linear light for `relens.photo.write_image`.

    Pictures are brought to `tile_width_px` by averaging linear light over areas; all lettering scales with that width,
    and text that is too wide ends in an ellipsis.

    Raises ValueRangeError without a tile, a column, or at least 16 pixels for each tile.
    """
    whole("tiles", len(tiles), "at least one", 1)
    columns = min(whole("columns", columns, "a whole number, at least 1", 1), len(tiles))
    width = whole("tile_width_px", tile_width_px, "a whole number of pixels, at least 16", 16)
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    pictures = [[np.clip(reduced(tile.picture, width), 0, 1) for tile in row] for row in rows]
    heights = [max(picture.shape[0] for picture in row) for row in pictures]

    margin, gap, row_gap, text = (round(share * width) for share in (_MARGIN, _GAP, _ROW_GAP, _TEXT_HEIGHT))
    sheet_width = 2 * margin + columns * width + (columns - 1) * gap
    sheet_height = 2 * margin + sum(heights) + len(rows) * text + (len(rows) - 1) * row_gap
    sheet = np.full((sheet_height, sheet_width, 3), _PAPER, np.float32)
    top = margin
    for row, row_pictures, height in zip(rows, pictures, heights, strict=True):
        for column, (tile, picture) in enumerate(zip(row, row_pictures, strict=True)):
            left = margin + column * (width + gap)
            sheet[top : top + picture.shape[0], left : left + width] = picture
            _write_under(sheet, tile, left, top + height, width)
        top += height + text + row_gap
    return sheet


def _write_under(sheet: Float32[np.ndarray, "h w 3"], tile: Tile, left: int, top: int, width: int) -> None:
    lines = (
        (tile.title, _TITLE_SIZE, _TITLE_BASELINE, _TITLE),
        (tile.caption, _CAPTION_SIZE, _CAPTION_BASELINE, _CAPTION),
    )
    for text, size, baseline, light in lines:
        size_px = max(1, round(size * width))
        letter(sheet, shortened(text, size_px, width), left, top + round(baseline * width), size_px, light)
