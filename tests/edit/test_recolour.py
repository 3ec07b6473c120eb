"""Recolour: the selection's mean becomes the colour; light, shadow and neutral sheen stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of, texture
from stacked_scenes import bits, stacked_scenes

from relens.edit.oklab import oklab_of
from relens.edit.recolour import Recolour
from relens.edit.selection import Where, linear_colour
from relens.errors import ValueRangeError

SIZE = (80, 96)
WALL = Where(layer="wall")


def wall(colour):
    return scene_of(plane("wall", colour, 1.0))


def colours(scene):
    rgba = scene.layers[-1].rgba
    return rgba[..., :3] / rgba[..., 3:]


def shading(seed=1, least=0.3):
    return (least + (1 - least) * texture(seed, 3.0)[..., :1]).astype(np.float32)


@pytest.mark.parametrize("to", ["#8a1c2b", "#1e3fa8", "#404040", "#2a5a30"])
@pytest.mark.parametrize("body", [(0.9, 0.88, 0.86), (0.7, 0.4, 0.1), (0.5, 0.55, 0.9)])
def test_a_shaded_body_takes_the_colour_and_keeps_its_shading(body, to):
    shade = shading()
    after = colours(Recolour(to, where=WALL)(wall(np.float32(body) * shade)))
    np.testing.assert_allclose(oklab_of(after).mean(axis=(0, 1)), oklab_of(linear_colour(to)), atol=2e-3)
    # Darker it is one colour under the very shade that was there.
    flat = after / shade
    np.testing.assert_allclose(flat, np.broadcast_to(flat[0, 0], flat.shape), rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize("to", ["#e8c070", "#ffffff", "#60a0ff"])
def test_black_hair_becomes_light_in_the_order_it_was(to):
    shade = shading(least=0.05)
    shade[30, 40] = 32
    before = np.float32([0.03, 0.025, 0.02]) * shade
    after = oklab_of(colours(Recolour(to, where=WALL)(wall(before))))
    np.testing.assert_allclose(after[..., 0].mean(), oklab_of(linear_colour(to))[0], atol=2e-3)
    order = np.argsort(shade.ravel())
    assert (np.diff(after[..., 0].ravel()[order]) > -1e-5).all()
    # Lighter than white only where white itself was asked for.
    assert after[..., 0].max() <= max(1, oklab_of(linear_colour(to))[0] / 0.8) + 1e-4


def test_sheen_stays_neutral_on_coloured_and_on_black_things():
    sheen = np.zeros((*SIZE, 1), np.float32)
    sheen[30:34, 40:44] = 0.9
    for body in ((0.3, 0.05, 0.04), (0.02, 0.02, 0.02)):
        after = oklab_of(colours(Recolour("#1040c0", where=WALL)(wall(np.float32(body) * shading() + sheen))))
        chroma = np.hypot(after[..., 1], after[..., 2])
        # In relation to lightness, for chroma grows with light.
        saturation = chroma / after[..., 0]
        assert saturation[30:34, 40:44].max() < 0.25 * np.median(saturation)
        assert after[30:34, 40:44, 0].min() > 1.2 * np.median(after[..., 0])


def test_layers_have_one_mean():
    scene = scene_of(plane("card", (0.1, 0.1, 0.1), 2.0, 0.5), plane("wall", (0.4, 0.4, 0.4), 1.0))
    card, back = Recolour("#404040")(scene).layers
    ratio = (back.rgba[0, 0, 0] / back.rgba[0, 0, 3]) / (card.rgba[0, 0, 0] / card.rgba[0, 0, 3])
    assert ratio == pytest.approx(4, rel=1e-3)


def test_strength_goes_part_of_the_way():
    scene = wall(texture(2))
    before, half, whole = (
        oklab_of(colours(s))
        for s in (scene, Recolour("#603020", 0.5, WALL)(scene), Recolour("#603020", 1, WALL)(scene))
    )
    shown = (colours(Recolour("#603020", 0.5, WALL)(scene)) > 1e-4).all(axis=2)
    np.testing.assert_allclose(half[shown], (before + whole)[shown] / 2, atol=0.02)
    assert Recolour("#603020", 0.0, WALL)(scene) is scene


@given(stacked_scenes(), st.integers(0, 0xFFFFFF), st.floats(0, 1))
def test_any_scene_gets_light_and_keeps_what_is_not_selected(scene, to, strength):
    before = bits(scene)
    try:
        after = Recolour(f"#{to:06x}", strength, Where(layer="layer-0"))(scene)
    except ValueRangeError as error:
        assert "black" in str(error) or "empty" in str(error)
        return
    assert bits(scene) == before
    assert all(new is old for new, old in zip(after.layers[1:], scene.layers[1:], strict=True))
    assert after.layers[0].rgba.min() >= 0
    np.testing.assert_array_equal(after.layers[0].rgba[..., 3], scene.layers[0].rgba[..., 3])


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (Recolour("red"), "#rrggbb"),
        (Recolour("#ffffff", strength=1.5), "strength"),
        (Recolour("#ffffff", where=Where(layer="sky")), "layer"),
        (Recolour("#ffffff", where=Where(layer="hole")), "black"),
    ],
)
def test_what_is_out_of_range_is_named(edit, named):
    scene = scene_of(plane("wall", texture(1), 2.0), plane("hole", 0.0, 1.0))
    with pytest.raises(ValueRangeError, match=named):
        edit(scene)
