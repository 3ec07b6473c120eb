import numpy as np
import pytest

from relens.errors import ValueRangeError
from relens.explain.contact_sheet import Tile, contact_sheet
from relens.photo import srgb_encode

_COLOURS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)


def _flat(colour: np.ndarray, height_px: int = 80, width_px: int = 60) -> np.ndarray:
    return np.broadcast_to(colour, (height_px, width_px, 3)).astype(np.float32)


def _extent(sheet: np.ndarray, colour: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((sheet == colour).all(axis=2))
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


def test_tiles_stand_in_rows_at_their_size() -> None:
    sheet = contact_sheet([Tile(_flat(colour), "Title", "caption") for colour in _COLOURS], 2, 30)
    red, green, blue = (_extent(sheet, colour) for colour in _COLOURS)
    for top, bottom, left, right in (red, green, blue):
        assert (bottom - top, right - left) == (40, 30)
    assert red[:2] == green[:2]
    assert green[2] > red[3]
    assert blue[2:] == red[2:]
    assert blue[0] > red[1]


def test_margins_are_even_and_the_paper_is_neutral_dark_grey() -> None:
    sheet = contact_sheet([Tile(_flat(_COLOURS[0]), "")], 4, 200)
    top, _, left, right = _extent(sheet, _COLOURS[0])
    assert top == left == sheet.shape[1] - right > 0
    paper = srgb_encode(sheet[0, 0]) * 255
    assert np.ptp(paper) == 0
    assert 15 < paper[0] < 45


def test_pictures_of_different_heights_share_a_row() -> None:
    sheet = contact_sheet([Tile(_flat(_COLOURS[0]), "a"), Tile(_flat(_COLOURS[1], 20), "b")], 2, 60)
    assert _extent(sheet, _COLOURS[0])[:2] == (_extent(sheet, _COLOURS[1])[0], _extent(sheet, _COLOURS[0])[0] + 80)


def test_light_is_averaged_not_code_values() -> None:
    checker = np.repeat((np.indices((320, 320)).sum(axis=0) % 2)[..., None], 3, axis=2).astype(np.float32)
    sheet = contact_sheet([Tile(checker, "")], 1, 80)
    middle = srgb_encode(sheet[: sheet.shape[1]])[30:60, 30:60] * 255
    np.testing.assert_allclose(middle, 188, atol=1)


def test_title_is_brighter_than_the_caption_below_it_and_both_stay_under_their_tile() -> None:
    black = _flat(np.zeros(3, np.float32), 50, 400)
    long = "words that go on for much longer than this tile is wide, and then some more of them"
    both = contact_sheet([Tile(black, long, long)], 1, 400)
    title = contact_sheet([Tile(black, long)], 1, 400)
    rows, columns = np.nonzero(title[..., 0] > 0.4)
    left = (title.shape[1] - 400) // 2
    assert rows.min() > left + 50
    assert left <= columns.min() < columns.max() < left + 400
    changed = np.nonzero((both != title).any(axis=(1, 2)))[0]
    assert changed.min() > rows.max()
    assert both[changed].max() < title.max()


@pytest.mark.parametrize(("count", "columns", "width_px"), [(0, 1, 100), (1, 0, 100), (1, 1, 8)])
def test_refuses_an_empty_sheet(count: int, columns: int, width_px: int) -> None:
    with pytest.raises(ValueRangeError):
        contact_sheet([Tile(_flat(_COLOURS[0]), "")] * count, columns, width_px)
