"""A window of a level is what halving the whole scene has there."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of
from strategies import scenes
from unchecked import unchecked

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.render.halved import halved
from relens.scene import Layer, Scene
from relens.viewer import levels as levels_module
from relens.viewer.box import Box
from relens.viewer.levels import Levels
from relens.viewer.packed_layer import packed_layer


@pytest.fixture
def tiny(monkeypatch):
    """Levels down to a few pixels."""
    monkeypatch.setattr(levels_module, "_SMALL_PX", 2)


@given(scenes(), st.data())
def test_a_cut_is_a_window_of_the_halved_scene(scene, data):
    with pytest.MonkeyPatch.context() as patch, unchecked():
        patch.setattr(levels_module, "_SMALL_PX", 2)
        levels = Levels(scene)
        for size in levels.sizes:
            assert (size.intrinsics, size.border_px) == (scene.camera.intrinsics, scene.border_px)
            page = size.page
            left = data.draw(st.integers(page.left, page.right - 1))
            top = data.draw(st.integers(page.top, page.bottom - 1))
            box = Box(
                left, top, data.draw(st.integers(left + 1, page.right)), data.draw(st.integers(top + 1, page.bottom))
            )
            for full, whole in zip(levels.scene.layers, scene.layers, strict=True):
                rgba, inverse_depth = levels.cut(full, box, size.level)
                np.testing.assert_allclose(rgba, whole.rgba[box.window(page)], rtol=1e-6, atol=1e-30)
                np.testing.assert_allclose(inverse_depth, whole.inverse_depth[box.window(page)], rtol=1e-6)
            scene = halved(scene)


@given(st.integers(-40, 40), st.integers(-40, 40), st.integers(1, 40), st.integers(1, 40))
def test_a_box_is_rounded_outwards(left, top, width, height):
    box = Box(left, top, left + width, top + height)
    half = box.halved()
    assert box.within(half.doubled()) == box
    assert half.doubled().within(box.grown(1)) == half.doubled()


def flat_scene(width_px, height_px, border_px=0):
    size = height_px + 2 * border_px, width_px + 2 * border_px
    layer = Layer("wall", np.ones((*size, 4), np.float32), np.ones(size, np.float32))
    return Scene(Camera(Intrinsics.centred(100.0, width_px, height_px)), (layer,), border_px)


def test_the_last_level_is_small():
    sizes = Levels(flat_scene(1401, 1000, 3)).sizes
    assert [(at.level, at.intrinsics.width_px, at.intrinsics.height_px, at.border_px) for at in sizes] == [
        (0, 1401, 1000, 3),
        (1, 701, 500, 2),
        (2, 351, 250, 1),
    ]
    assert len(Levels(flat_scene(500, 600)).sizes) == 1


def test_levels_that_no_picture_file_holds_are_left_out():
    levels = Levels(flat_scene(16380, 20, 2))
    assert [at.level for at in levels.sizes] == [1]
    with pytest.raises(ValueRangeError, match="level=0: expected 1 to 1"):
        levels.size(0)


def test_the_largest_within_so_many_megapixels(tiny):
    levels = Levels(flat_scene(64, 64))
    assert levels.within(64 * 64e-6).level == 0
    assert levels.within(32 * 32e-6).level == 1
    assert levels.within(1e-9).level == levels.sizes[-1].level


def test_an_edit_keeps_what_was_packed_of_other_layers():
    scene = scene_of(plane("front", (1, 0, 0), 2.0, 0.5), plane("wall", (0, 0, 1), 1.0))
    made = []

    def pack_all(levels):
        for layer in levels.scene.layers:

            def make(layer=layer):
                made.append(layer.name)
                return packed_layer(Box(0, 0, 2, 2), layer.rgba[:2, :2], layer.inverse_depth[:2, :2])

            levels.kept(layer, 0, make)

    levels = Levels(scene)
    pack_all(levels)
    pack_all(levels)
    assert made == ["front", "wall"]
    front = replace(scene.layers[0], rgba=scene.layers[0].rgba * np.float32(0.5))
    pack_all(levels.edited(scene.with_layer(front)))
    assert made == ["front", "wall", "front"]
