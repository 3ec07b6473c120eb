"""Change: the selected texels take the new colour by as much as they are selected; all else keeps its bits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of, texture
from stacked_scenes import bits, stacked_scenes
from unchecked import unchecked

from relens.edit import Selection, Where, changed, select
from relens.errors import ValueRangeError


def two_layers():
    return scene_of(plane("card", texture(1), 2.0, 0.5), plane("wall", texture(2), 1.0))


def selected(scene, names, rng):
    """Random coverage, a third of it none and a third whole, in a window off the middle."""
    height, width = scene.layers[0].inverse_depth.shape
    window = slice(height // 3, height), slice(0, (width + 1) // 2)
    size = window[0].stop - window[0].start, window[1].stop
    parts = {name: np.clip(rng.random(size) * 3 - 1, 0, 1).astype(np.float32) for name in names}
    return Selection(window, {name: part for name, part in parts.items() if part.any()})


@given(stacked_scenes(), st.integers(0, 2**32))
def test_every_texel_changes_by_as_much_as_it_is_selected(scene, seed):
    rng = np.random.default_rng(seed)
    selection = selected(scene, [layer.name for layer in scene.layers if rng.random() < 0.6], rng)
    paint = rng.random(3).astype(np.float32)
    before = bits(scene)
    after = changed(scene, selection, lambda patch: np.broadcast_to(paint, patch.colour.shape))
    assert bits(scene) == before
    for old, new in zip(scene.layers, after.layers, strict=True):
        if old.name not in selection.coverage:
            assert new is old
            continue
        part = np.zeros(old.inverse_depth.shape, np.float32)
        part[selection.window] = selection.coverage[old.name]
        alpha = old.rgba[..., 3:]
        assert new.inverse_depth is old.inverse_depth
        np.testing.assert_array_equal(new.rgba[..., 3:], alpha)
        np.testing.assert_array_equal(new.rgba[part == 0], old.rgba[part == 0])
        np.testing.assert_array_equal(new.rgba[part == 1][:, :3], (paint * alpha)[part == 1])
        mixed = old.rgba[..., :3] * (1 - part[..., None]) + paint * alpha * part[..., None]
        np.testing.assert_allclose(new.rgba[..., :3], mixed, rtol=1e-5, atol=1e-6 * max(1, old.rgba.max()))


def test_half_selected_is_the_mean():
    scene = scene_of(plane("wall", (0.5, 0.25, 1.0), 1.0))
    half = Selection((slice(2, 4), slice(5, 8)), {"wall": np.full((2, 3), 0.5, np.float32)})
    (wall,) = changed(scene, half, lambda patch: 0 * patch.colour + np.float32(0.75)).layers
    np.testing.assert_array_equal(wall.rgba[2:4, 5:8], np.broadcast_to([0.625, 0.5, 0.875, 1], (2, 3, 4)))


def test_an_edit_sees_what_is_selected_and_no_more():
    scene = two_layers()
    part = np.zeros((30, 40), np.float32)
    part[7:9, 11:20], part[8, 15] = 0.5, 0
    selection, patches = Selection((slice(10, 40), slice(20, 60)), {"card": part}), []

    def look(patch):
        patches.append(patch)
        return patch.colour

    changed(scene, selection, look)
    (patch,) = patches
    card = scene.layers[0]
    assert patch.layer is card and patch.window == (slice(17, 19), slice(31, 40))
    np.testing.assert_array_equal(patch.coverage, part[7:9, 11:20])
    np.testing.assert_array_equal(patch.alpha, card.rgba[17:19, 31:40, 3])
    np.testing.assert_array_equal(patch.inverse_depth, card.inverse_depth[17:19, 31:40])
    np.testing.assert_allclose(patch.colour, texture(1)[17:19, 31:40], rtol=1e-6)
    # An edit that works in place would take away what half selected texels are mixed with, or change the scene.
    for array in (patch.colour, patch.alpha, patch.inverse_depth, patch.coverage):
        with pytest.raises(ValueError, match="read-only"):
            array *= 2


def test_a_selection_of_nothing_changes_nothing():
    scene = two_layers()
    nothing = Selection((slice(0, 80), slice(0, 96)), {"card": np.zeros((80, 96), np.float32)})
    assert bits(changed(scene, nothing, lambda patch: patch.colour + 1)) == bits(scene)


def test_texels_without_the_layer_may_become_anything():
    alpha = np.ones((80, 96), np.float32)
    alpha[:, :20] = 0
    scene = scene_of(plane("card", 0.5, 2.0, alpha))
    every = Selection((slice(0, 80), slice(0, 96)), {"card": np.full((80, 96), 0.5, np.float32)})

    def inverted(patch):
        return np.where(patch.alpha[..., None] > 0, 1, np.full_like(patch.colour, np.inf))

    with np.errstate(all="raise"):
        (card,) = changed(scene, every, inverted).layers
    np.testing.assert_array_equal(card.rgba, np.where(alpha[..., None] > 0, np.float32([0.75, 0.75, 0.75, 1]), 0))


@pytest.mark.parametrize("bad", [-1e-6, math.nan, math.inf])
def test_colours_that_are_no_light_are_refused(bad):
    scene, selection = two_layers(), select(two_layers(), Where(brush_px=((20, 20),), radius_px=4))
    before = bits(scene)

    def spoil(patch):
        new = patch.colour.copy()
        new[3, 4, 1] = bad
        return new

    with pytest.raises(ValueRangeError, match="edit=colours that are negative or not finite"):
        changed(scene, selection, spoil)
    assert bits(scene) == before


def test_colours_of_another_size_are_refused():
    selection = select(two_layers(), Where(brush_px=((20, 20),), radius_px=4))
    with unchecked(), pytest.raises(ValueRangeError, match="edit=colours of shape"):
        changed(two_layers(), selection, lambda patch: patch.colour[..., :1])
