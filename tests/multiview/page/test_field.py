from dataclasses import replace

import numpy as np
import pytest

from relens.errors import ValueRangeError
from relens.multiview.page.canonical_camera import CanonicalCamera
from relens.multiview.page.field import TexelField
from relens.multiview.page.layout import PageLayout

NONE = np.zeros((2, 2, 2, 2), np.float32)
LOW, HIGH = np.array([-1.0, -1, 0]), np.array([1.0, 1, 1])


def field(hidden=(), nearest=None, offset_px=NONE):
    layout = PageLayout(100, 80, 50.0, -1.0, -0.8, hidden_px=hidden)
    maps = np.full((len(hidden), 1, 1), 0.5, np.float32) if nearest is None else nearest
    return TexelField(CanonicalCamera("perspective", np.eye(4)), layout, offset_px, LOW, HIGH, maps, 0.1)


def test_a_point_lies_where_the_canonical_camera_sees_it():
    assert field().texels(np.array([[0, 0, 2.0], [1, 0.5, 2.0]])) == pytest.approx(np.array([[50, 40], [75, 52.5]]))


def test_points_off_the_page_are_held_at_its_border():
    assert field().texels(np.array([[9.0, -9, 2]])) == pytest.approx(np.array([[99.5, 0.5]]))


def test_what_hides_has_rows_of_its_own():
    parts = field(hidden=((30, 20), (10, 40)), nearest=np.array([[[1.0]], [[0.5]]], np.float32))
    points = np.array([[0, 0, 1.0], [0, 0, 2.0], [0, 0, 4.0]])
    assert parts.parts(points).tolist() == [0, 1, 2]
    assert parts.texels(points)[:, 1] == pytest.approx([40, 80 + 40 - 30, 80 + 20 + 40 - 10])
    assert parts.layout.height_px == 140


def test_a_little_farther_is_not_hidden():
    assert field(hidden=((0, 80),)).parts(np.array([[0, 0, 2.1], [0, 0, 2.4]])).tolist() == [0, 1]


def test_where_nothing_is_known_nothing_hides():
    unknown = field(hidden=((0, 80),), nearest=np.full((1, 1, 1), np.nan, np.float32))
    assert unknown.parts(np.array([[0, 0, 9.0]])).tolist() == [0]


def test_offsets_are_trilinear_between_nodes():
    x = np.linspace(0, 8, 3)[None, None, :] + np.zeros((2, 2, 1))
    y = np.linspace(0, 4, 2)[None, :, None] + np.zeros((2, 1, 3))
    offsets = np.stack([x, y], -1).astype(np.float32)
    # At x = 0.5 and y = -0.5, three quarters and a quarter of the way.
    moved = field(offset_px=offsets).texels(np.array([[1.0, -1.0, 2.0]]))
    assert moved == pytest.approx(np.array([[75 + 6, 15 + 1]]))


@pytest.mark.parametrize(
    "change",
    [
        {"offset_px": np.full((2, 2, 2, 2), np.nan, np.float32)},
        {"offset_px": np.zeros((1, 2, 2, 2), np.float32)},
        {"low": HIGH},
        {"nearest": np.zeros((1, 2, 2), np.float32)},
    ],
    ids=["nan", "one node", "empty box", "too many maps"],
)
def test_what_is_no_field_is_refused(change):
    with pytest.raises(ValueRangeError):
        replace(field(), **change)
