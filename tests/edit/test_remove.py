"""Remove: the thing goes without a rim, what is behind comes to light, and the photo stays as opaque as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import grid, lens_with_blur, plane, scene_of, texture
from stacked_scenes import bits

import relens
from relens.canonical.photo_view import photo_view
from relens.edit import Where, select
from relens.edit.remove import Remove
from relens.errors import ValueRangeError
from relens.scene import Scene

ROW, COLUMN = grid()
SUBJECT = Where(subject=True)


def soft_disc(radius_px, softness_px=3.0):
    away = np.hypot(COLUMN - 32, ROW - 24)
    return np.clip((radius_px - away) / softness_px, 0, 1).astype(np.float32)


def lifted(wall, radius_px=14.0, hole_px=0.0, depth=0.5) -> Scene:
    """A red subject of two sheets with soft edges before a wall, in which a disc that nobody has seen is missing."""
    away = np.hypot(COLUMN - 32, ROW - 24)
    there = (away >= hole_px).astype(np.float32)
    return scene_of(
        plane("subject-1", (1.0, 0.0, 0.0), 2.0, soft_disc(radius_px)),
        plane("subject", (1.0, 0.0, 0.0), 1.5, soft_disc(radius_px - 5)),
        plane("background", wall, np.where(there > 0, depth, np.nan), there),
    )


def test_the_wall_behind_comes_to_light():
    wall = 0.3 + 0.1 * texture(3, 4)
    scene = lifted(wall)
    before = bits(scene)
    after = Remove(where=SUBJECT)(scene)
    assert bits(scene) == before
    assert not after.layers[0].rgba.any() and not after.layers[1].rgba.any()
    # What the subject hid wholly, and what is away from it, is the wall's own, bit for bit.
    away = np.hypot(COLUMN - 32, ROW - 24)
    own = (away < 4) | (away > 24)
    np.testing.assert_array_equal(after.layers[2].rgba[own], scene.layers[2].rgba[own])
    np.testing.assert_allclose(photo_view(after)[..., :3], wall, atol=0.08)


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("stray", [0.0, 0.1])
def test_no_rim_of_its_colour_is_left(anew, stray):
    wall = np.broadcast_to(np.float32([0.2, 0.4, 0.6]), (*COLUMN.shape, 3)).copy()
    # As after a lift: along the soft edge the wall's colours have some of the subject's.
    edge = soft_disc(14)
    wall[(edge > 0) & (edge < 1)] += np.float32([stray, 0, 0])
    after = photo_view(Remove(anew, SUBJECT)(lifted(wall, hole_px=8)))
    np.testing.assert_allclose(after[..., :3], np.broadcast_to([0.2, 0.4, 0.6], wall.shape), atol=2e-3)


@given(st.floats(3, 12), st.floats(0, 11), st.booleans(), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_the_photo_stays_as_opaque_as_it_was(radius_px, hole_px, anew, seed):
    scene = lifted(texture(seed), 14, hole_px)
    where = Where(brush_px=((30, 22), (34, 28)), radius_px=radius_px, feather_px=1.5)
    for condition in (SUBJECT, where):
        after = Remove(anew, condition)(scene)
        np.testing.assert_allclose(photo_view(after)[..., 3], photo_view(scene)[..., 3], atol=1e-4)
        assert [layer.name for layer in after.layers] == [layer.name for layer in scene.layers]


def test_what_is_continued_is_as_far_and_as_bright_as_the_wall():
    slope = (0.3 + 0.002 * COLUMN).astype(np.float32)
    wall = slope[..., None] * np.float32([1, 0.8, 0.6])
    rear = Remove(where=SUBJECT)(lifted(wall, hole_px=9, depth=slope)).layers[2]
    np.testing.assert_allclose(rear.rgba[..., :3], wall, rtol=0.02)
    np.testing.assert_allclose(rear.inverse_depth, slope, rtol=0.02)


def test_it_is_gone_through_a_wide_lens_too():
    after = Remove(where=SUBJECT)(lifted(0.4, hole_px=9))
    picture = relens.shoot(after, lens_with_blur(8, 2.0, 0.5), samples=32)
    np.testing.assert_allclose(picture.linear, 0.4, atol=2e-3)


def test_a_part_goes_by_as_much_as_it_is_selected():
    scene, where = lifted(0.4, 26), Where(brush_px=((32, 24),), radius_px=4, feather_px=1)
    after, selection = Remove(where=where)(scene), select(scene, where)
    part = np.zeros(COLUMN.shape, np.float32)
    part[selection.window] = selection.coverage["subject-1"]
    for number in (0, 1):
        np.testing.assert_allclose(
            after.layers[number].rgba, scene.layers[number].rgba * (1 - part[..., None]), atol=1e-6
        )
    # A stroke within what is opaque frees what is behind as it is.
    assert after.layers[2] is scene.layers[2]


def test_of_a_named_page_only_that_page_goes():
    scene = lifted(0.4)
    after = Remove(where=Where(layer="subject-1"))(scene)
    assert not after.layers[0].rgba.any()
    np.testing.assert_array_equal(after.layers[1].rgba[..., 3], scene.layers[1].rgba[..., 3])


def test_a_picture_on_the_wall_is_papered_over():
    wall = np.full((*COLUMN.shape, 3), 0.5, np.float32)
    wall[(np.abs(COLUMN - 32) < 6) & (np.abs(ROW - 24) < 6)] = (0.9, 0.1, 0.1)
    scene = scene_of(plane("background", wall, 0.5))
    after = Remove(where=Where(brush_px=((32, 18), (32, 30)), radius_px=10))(scene)
    np.testing.assert_allclose(photo_view(after)[..., :3], 0.5, atol=2e-3)
    np.testing.assert_allclose(after.layers[0].inverse_depth, 0.5, rtol=1e-4)


@pytest.mark.parametrize("anew", [False, True])
def test_what_stands_before_it_stays_and_is_not_continued_behind(anew):
    lamp = (np.abs(COLUMN - 32) < 3).astype(np.float32)
    front, *rest = lifted(0.4, hole_px=10).layers
    scene = scene_of(plane("front-1", (0.0, 1.0, 0.0), 4.0, lamp), front, *rest)
    after = Remove(anew, SUBJECT)(scene)
    assert after.layers[0] is scene.layers[0]
    np.testing.assert_allclose(after.layers[3].rgba[..., :3], 0.4, atol=2e-3)


def test_removing_all_there_is_is_an_error():
    with pytest.raises(ValueRangeError, match="selection=all there is"):
        Remove()(lifted(0.4))
