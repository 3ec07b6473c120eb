"""The photo's own view: what the pinhole sees of all layers, and how much of each."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of, texture
from stacked_scenes import seen_plainly, stacked_scenes
from strategies import scenes

from relens.canonical.photo_view import photo_view, shown


@given(stacked_scenes())
def test_the_view_is_the_layers_laid_over_each_other_nearest_first(scene):
    page, _ = seen_plainly(scene)
    np.testing.assert_allclose(photo_view(scene), page, rtol=1e-5, atol=2e-5 * max(1, page.max()))


@given(stacked_scenes(), st.data())
def test_the_view_of_a_window_is_that_window_of_the_view(scene, data):
    page = photo_view(scene)
    rows, columns = (
        sorted(data.draw(st.lists(st.integers(0, n), min_size=2, max_size=2, unique=True))) for n in page.shape[:2]
    )
    window = slice(*rows), slice(*columns)
    np.testing.assert_array_equal(photo_view(scene, window), page[window])


def test_the_view_of_a_window_of_several_bands():
    scene = scene_of(plane("card", texture(1), 2.0, 0.5), plane("wall", texture(2), 0.5), border_px=16)
    window = slice(5, 75), slice(3, 60)
    np.testing.assert_array_equal(photo_view(scene, window), photo_view(scene)[window])


@given(scenes())
def test_the_view_of_any_scene(scene):
    page, _ = seen_plainly(scene)
    np.testing.assert_allclose(photo_view(scene), page, rtol=1e-5, atol=2e-5 * max(1, page.max()))


@given(stacked_scenes())
def test_what_shows_of_each_layer(scene):
    height, width = scene.layers[0].inverse_depth.shape
    rows, columns = slice(height // 3, height), slice(0, (width + 1) // 2)
    page, share = seen_plainly(scene)
    found = shown(scene, (rows, columns))
    for number, layer in enumerate(scene.layers):
        expected = share[number][rows, columns]
        assert (layer.name in found) == bool((expected > 0).any())
        np.testing.assert_allclose(found.get(layer.name, 0 * expected), expected, atol=2e-7)
    total = sum(found.values(), np.zeros(page[rows, columns].shape[:2]))
    np.testing.assert_allclose(total, np.minimum(page[rows, columns][..., 3], 1), atol=1e-5)


@given(stacked_scenes())
def test_what_nothing_covers_or_veils_is_its_own_texel_to_the_bit(scene):
    view = photo_view(scene)
    _, share = seen_plainly(scene)
    alone = (share > 0).sum(axis=0) == 1
    for layer, part in zip(scene.layers, share, strict=True):
        here = alone & (part > 0)
        np.testing.assert_array_equal(view[here], layer.rgba[here])


def test_layers_that_cross_are_sorted_texel_by_texel():
    ramp = np.linspace(0.1, 2, plane("any", (0, 0, 0), 1).inverse_depth.size).reshape(80, 96)
    one, other = plane("one", texture(1), ramp), plane("other", texture(2), ramp[::-1, ::-1])
    view = photo_view(scene_of(one, other))
    nearer = one.inverse_depth >= other.inverse_depth
    assert 0.4 < nearer.mean() < 0.6
    np.testing.assert_array_equal(view, np.where(nearer[..., None], one.rgba, other.rgba))


def test_of_two_layers_at_one_depth_the_first_shows():
    one, other = plane("one", texture(1), 1.0), plane("other", texture(2), 1.0)
    np.testing.assert_array_equal(photo_view(scene_of(one, other)), one.rgba)
    np.testing.assert_array_equal(photo_view(scene_of(other, one)), other.rgba)
