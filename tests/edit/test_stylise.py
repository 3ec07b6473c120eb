"""Stylise: a style is applied once to all of every page, hidden parts included; what it leaves alone stays."""

import textwrap

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from layer_scenes import grid, plane, scene_of, texture
from stacked_scenes import bits, stacked_scenes
from unchecked import unchecked

from relens.edit.selection import Where
from relens.edit.stylise import Stylise, found_style, stylised
from relens.errors import ValueRangeError
from relens.photo import srgb_decode, srgb_encode


def two_layers(inside=1.0):
    _, column = grid()
    half = np.where(column < 30, np.float32(inside), 0).astype(np.float32)
    return scene_of(plane("card", texture(1), 2.0, half), plane("wall", texture(2), 1.0))


def inverted(picture):
    return 1 - picture


@settings(max_examples=40)
@given(stacked_scenes())
def test_a_style_that_keeps_the_picture_keeps_the_scene(scene):
    before = bits(scene)
    assume(any(layer.rgba[..., 3].max() > 0.01 for layer in scene.layers))
    after = stylised(scene, lambda picture: picture)
    assert bits(scene) == before
    for old, new in zip(scene.layers, after.layers, strict=True):
        assert new.inverse_depth is old.inverse_depth
        np.testing.assert_array_equal(new.rgba[..., 3], old.rgba[..., 3])
        # Lamps of 50 among them.
        np.testing.assert_allclose(new.rgba, old.rgba, rtol=1e-4, atol=1e-6)


def test_every_page_is_styled_once_and_wholly_what_is_hidden_too():
    scene, shapes = two_layers(), []

    def style(picture):
        shapes.append(picture.shape)
        assert picture.dtype == np.float32
        return inverted(picture)

    after = stylised(scene, style)
    card, wall = scene.layers
    assert shapes == [(80, 46, 3), (80, 96, 3)]
    for old, new in zip((card, wall), after.layers, strict=True):
        there = old.rgba[..., 3] > 0
        expected = srgb_decode(1 - srgb_encode(old.rgba[there][:, :3]))
        np.testing.assert_allclose(new.rgba[there][:, :3], expected, atol=1e-5)
        np.testing.assert_array_equal(new.rgba[~there], old.rgba[~there])


def test_a_place_styles_what_the_photo_shows_there_as_part_of_the_whole_page():
    scene, shapes = two_layers(), []

    def style(picture):
        shapes.append(picture.shape)
        return inverted(picture)

    after = stylised(scene, style, Where(brush_px=((15, 20), (20, 20)), radius_px=5, feather_px=0))
    assert shapes == [(80, 46, 3)]
    assert after.layers[1] is scene.layers[1]
    changed = (after.layers[0].rgba != scene.layers[0].rgba).any(axis=2)
    everywhere = stylised(scene, inverted).layers[0].rgba
    inside = np.zeros_like(changed)
    inside[16 + 17 : 16 + 23, 16 + 14 : 16 + 21] = True
    assert changed[inside].all() and changed.sum() < 200
    np.testing.assert_array_equal(after.layers[0].rgba[inside], everywhere[inside])


def test_other_conditions_reach_what_is_hidden_as_well():
    scene = two_layers()
    after = stylised(scene, inverted, Where(depth_m=(0.9, 1.1)))
    assert after.layers[0] is scene.layers[0]
    assert (after.layers[1].rgba != scene.layers[1].rgba).any(axis=2).mean() > 0.99


def test_styles_that_blur_have_no_rims():
    _, column = grid()
    ramp = np.clip((30 - column) / 4, 0, 1).astype(np.float32)
    scene = scene_of(plane("card", (0.8, 0.4, 0.2), 2.0, ramp), plane("wall", 0.0, 1.0))
    card = stylised(scene, lambda picture: cv2.GaussianBlur(picture, (0, 0), 6)).layers[0]
    np.testing.assert_allclose(card.rgba, scene.layers[0].rgba, atol=2e-5)


def test_a_lamp_keeps_its_ratio_to_white():
    light = np.full((80, 96, 3), 0.25, np.float32)
    light[40, 48] = (8.0, 4.0, 0.0)
    (wall,) = stylised(scene_of(plane("wall", light, 1.0)), inverted).layers
    lamp = srgb_decode(1 - srgb_encode(np.float32([1, 0.5, 0]))) * 8
    np.testing.assert_allclose(wall.rgba[40, 48, :3], lamp, atol=1e-4)


def test_strength_mixes_in_linear_light():
    scene = scene_of(plane("wall", 0.25, 1.0))
    (wall,) = stylised(scene, lambda picture: 0 * picture + 1, strength=0.5).layers
    np.testing.assert_allclose(wall.rgba[..., :3], 0.625, rtol=1e-5)
    assert bits(stylised(scene, inverted, strength=0.0)) == bits(scene)


def test_a_style_may_work_in_place():
    scene = two_layers()
    before = bits(scene)

    def style(picture):
        picture *= np.float32(0.5)
        return picture

    after = stylised(scene, style)
    assert bits(scene) == before
    assert bits(after) == bits(stylised(scene, lambda picture: picture * np.float32(0.5)))


@pytest.mark.parametrize(
    ("style", "named"),
    [
        (lambda picture: None, "NoneType"),
        (lambda picture: (picture * 255).astype(np.uint8), "divide 8-bit values by 255"),
        (lambda picture: picture[..., :1], "shape"),
        (lambda picture: picture[::2], "shape"),
        (lambda picture: picture + 0.5, "from 0 to 1"),
        (lambda picture: picture * np.float32(np.nan), "from 0 to 1"),
        (lambda picture: picture - 1, "from 0 to 1"),
    ],
)
def test_what_is_no_picture_is_refused(style, named):
    scene = two_layers()
    before = bits(scene)
    with unchecked(), pytest.raises(ValueRangeError, match=named):
        stylised(scene, style)
    assert bits(scene) == before


def test_what_a_style_raises_passes():
    def style(picture):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        stylised(two_layers(), style)


@pytest.fixture
def user_module(tmp_path, monkeypatch):
    """A user's module on the import path: its name."""
    (tmp_path / "house_styles.py").write_text(
        textwrap.dedent("""
            five = 5
            def posterise(picture):
                return (picture * five).round() / five
        """)
    )
    (tmp_path / "broken_styles.py").write_text("import no_such_package_of_mine\n")
    (tmp_path / "raising_styles.py").write_text("from os import no_such_name\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_function_of_a_users_module_is_found_by_name(user_module):
    after = Stylise("house_styles:posterise", where=Where(layer="wall"))(two_layers())
    codes = srgb_encode(after.layers[1].rgba[..., :3]) * 5
    np.testing.assert_allclose(codes, codes.round(), atol=1e-4)
    assert len(np.unique(codes.round())) > 2


@pytest.mark.parametrize(
    ("style", "named"),
    [
        ("posterise", "package.module:function"),
        ("house_styles:", "package.module:function"),
        (":posterise", "package.module:function"),
        ("..house:posterise", "package.module:function"),
        ("no_such_styles:posterise", "there is no no_such_styles"),
        ("house_styles.inner:posterise", "house_styles"),
        ("house_styles:pointillise", "none of that name"),
        ("house_styles:five", "is no function"),
    ],
)
def test_what_is_no_function_is_named(style, named, user_module):
    with pytest.raises(ValueRangeError, match=named):
        found_style(style)


def test_what_a_users_module_lacks_itself_is_not_hidden(user_module):
    with pytest.raises(ModuleNotFoundError, match="no_such_package_of_mine"):
        found_style("broken_styles:posterise")
    with pytest.raises(ImportError, match="no_such_name"):
        found_style("raising_styles:posterise")


@pytest.mark.parametrize("strength", [-0.1, 1.5, float("nan")])
def test_a_strength_out_of_range_is_named(strength):
    with pytest.raises(ValueRangeError, match="strength"):
        stylised(two_layers(), inverted, strength=strength)
