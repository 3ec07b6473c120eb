"""Text: capitals are as high as asked, along the surface; what cannot be lettered is named."""

import numpy as np
import pytest
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, plane, scene_of
from PIL import ImageFont

from relens.edit.decal import Decal
from relens.edit.selection import Where, linear_colour
from relens.edit.text import Text
from relens.errors import FileError, ValueRangeError

CENTRE = (WIDTH_PX / 2, HEIGHT_PX / 2)


def cover(inverse_depth=1.0, **fields):
    """How much white letters cover a black wall."""
    scene = scene_of(plane("wall", 0.0, inverse_depth))
    asked = {"text": "H", "at_px": CENTRE, "height_m": 0.2, "to": "#ffffff", "shading": 0.0, **fields}
    return Text(**asked)(scene).layers[0].rgba[..., 0]


def extent(page, axis):
    """First and last of what is covered by half, along rows (0) or columns (1)."""
    found = np.flatnonzero((page > 0.5).any(axis=1 - axis))
    return found[0] - BORDER_PX, found[-1] + 1 - BORDER_PX


@pytest.mark.parametrize(("inverse_depth", "height_m"), [(1.0, 0.2), (2.0, 0.15), (1.0, 0.06)])
def test_a_capital_is_as_high_as_asked(inverse_depth, height_m):
    top, bottom = extent(cover(inverse_depth, height_m=height_m), 0)
    assert bottom - top == pytest.approx(FX_PX * inverse_depth * height_m, abs=1.1)
    assert (top + bottom) / 2 == pytest.approx(CENTRE[1], abs=0.6)


def test_letters_are_centred_and_of_their_colour():
    page = cover()
    left, right = extent(page, 1)
    assert (left + right) / 2 == pytest.approx(CENTRE[0], abs=1.1)
    assert page.max() == pytest.approx(1)
    scene = scene_of(plane("wall", 0.5, 1.0))
    (red,) = Text("I", CENTRE, 0.25, "#c04020", shading=0)(scene).layers
    middle = red.rgba[BORDER_PX + HEIGHT_PX // 2, BORDER_PX : BORDER_PX + WIDTH_PX, :3]
    assert np.abs(middle - linear_colour("#c04020")).max(axis=1).min() < 1e-4


def test_lines_stand_under_one_another():
    one, two = cover(text="H", height_m=0.1), cover(text="H\nH", height_m=0.1)
    assert two.sum() == pytest.approx(2 * one.sum(), rel=0.01)
    top, bottom = extent(two, 0)
    assert bottom - top > 24 and (top + bottom) / 2 == pytest.approx(CENTRE[1], abs=0.6)


def test_turned_by_a_quarter_they_stand():
    plain, turned = cover(text="HHH", height_m=0.1), cover(text="HHH", height_m=0.1, turn_deg=90.0)
    wide, tall = np.diff(extent(plain, 1))[0], np.diff(extent(turned, 0))[0]
    assert wide > 20 and abs(wide - tall) <= 1


def test_a_font_file_gives_the_letters(tmp_path):
    # The typeface that comes with Pillow, as a file.
    path = tmp_path / "plain.ttf"
    path.write_bytes(ImageFont.load_default(10).path.getvalue())
    np.testing.assert_array_equal(cover(text="Rg", font=path), cover(text="Rg"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"text": ""}, "at least one letter"),
        ({"text": " \n "}, "at least one letter"),
        ({"text": "ok 漢"}, "漢"),
        ({"height_m": 0.0}, "height_m"),
        ({"to": "red"}, "#rrggbb"),
        ({"opacity": 2.0}, "opacity"),
        ({"at_px": (-3.0, 2.0)}, "at_px"),
        ({"where": Where(layer="sky")}, "layer"),
    ],
)
def test_what_is_out_of_range_is_named(changes, named):
    with pytest.raises(ValueRangeError, match=named):
        cover(**changes)


def test_a_font_that_cannot_be_read_is_named(tmp_path):
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"no font")
    for path in (bad, tmp_path / "none.ttf", tmp_path):
        with pytest.raises(FileError, match=path.name):
            cover(font=path)


def test_fields_are_those_of_a_decal():
    """So that both are asked for alike."""
    shared = {"at_px", "turn_deg", "opacity", "shading", "where"}
    assert shared <= set(Text.__annotations__) & set(Decal.__annotations__)
