"""Clone: what is selected becomes what is a step away, by as much as it is selected; all else keeps its bits."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, plane, scene_of, texture
from stacked_scenes import bits
from unchecked import unchecked

from relens.edit import Where, select
from relens.edit.clone import Clone
from relens.errors import ValueRangeError


def two_layers():
    alpha = np.zeros((80, 96), np.float32)
    alpha[:, :48] = 1
    alpha[:, 48] = 0.5
    return scene_of(plane("card", texture(1), 2.0, alpha), plane("wall", texture(2), 1.0))


def straight(layer):
    alpha = layer.rgba[..., 3:]
    return layer.rgba[..., :3] / np.where(alpha > 0, alpha, 1)


@given(st.integers(-8, 8), st.integers(-8, 8))
@settings(max_examples=30, deadline=None)
def test_a_stroke_holds_what_is_a_step_away_as_it_was_before(right, down):
    scene, where = two_layers(), Where(brush_px=((60, 24), (50, 20)), radius_px=5)
    before = bits(scene)
    after = Clone((60 + right, 24 + down), where)(scene)
    assert bits(scene) == before
    assert after.layers[0] is scene.layers[0]
    part = np.zeros((80, 96, 1), np.float32)
    selection = select(scene, where)
    part[selection.window][..., 0] = selection.coverage["wall"]
    old = scene.layers[1].rgba[..., :3]
    # Rolled, the page is the plain road: the stroke is far enough from its ends.
    expected = old + part * (np.roll(old, (-down, -right), (0, 1)) - old)
    np.testing.assert_allclose(after.layers[1].rgba[..., :3], expected, atol=1e-6)
    untouched = part[..., 0] == 0
    np.testing.assert_array_equal(after.layers[1].rgba[untouched], scene.layers[1].rgba[untouched])


def test_a_mask_near_the_edge_is_copied_to_from_its_middle(tmp_path):
    """Looking for outlines takes in room around the mask, as far as the page goes, which is no part of it."""
    mask = np.zeros((48, 64), np.uint8)
    mask[2:8, 44:52] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    scene = scene_of(plane("wall", texture(2), 1.0))
    after = Clone((36, 25), Where(mask=tmp_path / "mask.png", feather_px=0))(scene).layers[0]
    at = slice(2 + BORDER_PX, 8 + BORDER_PX), slice(44 + BORDER_PX, 52 + BORDER_PX)
    there = slice(22 + BORDER_PX, 28 + BORDER_PX), slice(32 + BORDER_PX, 40 + BORDER_PX)
    np.testing.assert_allclose(after.rgba[at], scene.layers[0].rgba[there], atol=1e-6)


def test_without_a_brush_the_middle_of_what_is_selected_is_copied_from():
    scene, where = two_layers(), Where(layer="wall", depth_m=(0.5, 2))
    with pytest.raises(ValueRangeError, match="off the pages"):
        Clone((33, 24), where)(scene)
    after = Clone((32, 24), where)(scene)
    np.testing.assert_allclose(after.layers[1].rgba, scene.layers[1].rgba, rtol=1e-6)


def test_where_a_page_has_nothing_the_photo_is_copied():
    scene = two_layers()
    card = Clone((40, 20), Where(layer="card", brush_px=((10, 20),), radius_px=4, feather_px=0))(scene).layers[0]
    at, there = (20 + BORDER_PX, 10 + BORDER_PX), (20 + BORDER_PX, 40 + BORDER_PX)
    np.testing.assert_allclose(card.rgba[at][:3], scene.layers[1].rgba[there][:3], rtol=1e-5)


def test_soft_edges_are_copied_in_their_own_colour():
    scene = two_layers()
    edge = 48 - BORDER_PX + 0.5
    card = Clone((edge, 20.5), Where(layer="card", brush_px=((10.5, 20.5),), radius_px=0.5, feather_px=0))(scene)
    at, there = (20 + BORDER_PX, 10 + BORDER_PX), (20 + BORDER_PX, 48)
    np.testing.assert_allclose(card.layers[0].rgba[at][:3], straight(scene.layers[0])[there], rtol=1e-5)


@pytest.mark.parametrize(
    ("from_px", "problem"),
    [
        ((75, 24), "from_px=off the pages"),
        ((60, -14), "from_px=off the pages"),
        ((math.nan, 3), "from_px=nan"),
        ((math.inf, 3), "from_px=inf"),
        ((3,), "from_px="),
    ],
)
def test_sources_off_the_pages_are_refused(from_px, problem):
    with unchecked(), pytest.raises(ValueRangeError, match=problem):
        Clone(from_px, Where(brush_px=((50, 24),), radius_px=5))(two_layers())


def test_a_source_of_nothing_is_refused():
    alpha = np.ones((80, 96), np.float32)
    alpha[:, :40] = 0
    with pytest.raises(ValueRangeError, match="from_px=where nothing is"):
        Clone((10, 24), Where(brush_px=((50, 24),), radius_px=5))(scene_of(plane("wall", 0.5, 1.0, alpha)))
