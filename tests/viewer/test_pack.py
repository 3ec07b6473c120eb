"""What the page unpacks is the scene, to the steps of the format."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of, texture
from strategies import scenes
from unchecked import unchecked

from relens.errors import RelensError, ValueRangeError
from relens.render.halved import halved
from relens.viewer import levels as levels_module
from relens.viewer.edit_state import EditState
from relens.viewer.levels import Levels
from relens.viewer.pack import Changed, packed
from relens.viewer.unpack import unpacked

EDITS = EditState(3, ("paint", "heal"), ("recolour",), True)


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(levels_module, "_SMALL_PX", 300)


def portrait():
    row, column = grid()
    head = np.hypot(row - HEIGHT_PX / 2, column - WIDTH_PX / 2) < 10
    near = np.where(head, 2 + 0.001 * column, np.nan).astype(np.float32)
    return scene_of(plane("subject-1", texture(1, 8), near, head), plane("wall", texture(2, 8), 0.5 + 0.001 * row))


@settings(max_examples=50)
@given(scenes())
def test_planes_come_back_to_their_steps(scene):
    with unchecked():
        found = unpacked(packed(Levels(scene), 0, EditState()))
        page = Levels(scene).size(0).page
    for layer, part, record in zip(scene.layers, found.layers, found.content["layers"], strict=True):
        alpha, inverse_depth = layer.rgba[..., 3], layer.inverse_depth
        window = part.box.window(page)
        outside = alpha.copy()
        outside[window] = 0
        assert part.name == layer.name and not outside.any()
        assert np.abs(part.alpha - np.minimum(alpha[window], 1)).max() <= 0.5 / 255 + 1e-5
        known = ~np.isnan(inverse_depth[window])
        step = max(record["depth_step"], 1e-6 * np.nanmax(inverse_depth, initial=0))
        assert np.abs(part.inverse_depth - inverse_depth[window])[known].max(initial=0) <= 0.51 * step


def test_what_is_said_of_a_scene(tiny):
    scene = portrait()
    found = unpacked(packed(Levels(scene), 1, EDITS))
    content, half = found.content, halved(scene)
    k = half.camera.intrinsics
    assert content["kind"] == "scene" and content["revision"] == 3 and content["level"] == 1
    assert content["history"] == {"revision": 3, "done": ["paint", "heal"], "undone": ["recolour"], "saved": True}
    assert content["camera"] == {
        "fx_px": k.fx_px, "fy_px": k.fy_px, "cx_px": k.cx_px, "cy_px": k.cy_px,
        "width_px": WIDTH_PX // 2, "height_px": HEIGHT_PX // 2,
    }  # fmt: skip
    assert content["border_px"] == half.border_px == BORDER_PX // 2
    assert [(layer.name, layer.subject) for layer in found.layers] == [("subject-1", True), ("wall", False)]
    assert content["uncertainty"] is None and found.uncertainty is None


def test_a_layer_is_cut_to_what_shows_and_a_little_more():
    head = unpacked(packed(Levels(portrait()), 0, EDITS)).layers[0]
    alpha = portrait().layers[0].rgba[..., 3]
    columns = np.flatnonzero(alpha.any(axis=0)) - BORDER_PX
    assert (head.box.left, head.box.right) == (columns[0] - 2, columns[-1] + 3)
    # Beyond the silhouette the surface runs on.
    assert head.inverse_depth.min() > 1.9


def test_colours_are_those_of_the_halved_scene(tiny):
    half, levels = halved(portrait()), Levels(portrait())
    for layer, part in zip(half.layers, unpacked(packed(levels, 1, EDITS)).layers, strict=True):
        rgba = layer.rgba[part.box.window(levels.size(1).page)]
        light = part.light * part.alpha[..., None]
        assert np.sqrt(np.mean((light - rgba[..., :3]) ** 2)) < 0.02


def test_a_layer_that_shows_nowhere_keeps_its_place():
    scene = scene_of(plane("ghost", (1, 1, 1), 1.0, 0.0), plane("wall", (0, 0, 1), 1.0))
    ghost, wall = unpacked(packed(Levels(scene), 0, EDITS)).layers
    assert (ghost.name, ghost.box.width_px, ghost.box.height_px) == ("ghost", 1, 1)
    assert not ghost.alpha.any() and wall.alpha.all()


@settings(max_examples=25)
@given(st.data())
def test_a_patch_is_a_window_of_the_whole(data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels_module, "_SMALL_PX", 300)
        levels = Levels(portrait())
        level = data.draw(st.sampled_from([at.level for at in levels.sizes]))
        height, width = levels.scene.layers[1].inverse_depth.shape
        top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        window = (
            slice(top, data.draw(st.integers(top + 1, height))),
            slice(left, data.draw(st.integers(left + 1, width))),
        )
        whole = unpacked(packed(levels, level, EDITS)).layers[1]
        found = unpacked(packed(levels, level, EDITS, [Changed("wall", window, depth=True)]))
    (part,) = found.layers
    assert found.content["kind"] == "patch" and part.name == "wall"
    # Every full-size texel of the window lies in the box.
    scale = 2**level
    assert part.box.left * scale <= left - BORDER_PX and part.box.right * scale >= window[1].stop - BORDER_PX
    there = part.box.window(whole.box)
    np.testing.assert_array_equal(part.alpha, whole.alpha[there])
    np.testing.assert_allclose(part.inverse_depth, whole.inverse_depth[there], atol=2e-4)


def test_a_patch_of_colours_leaves_the_depth():
    levels = Levels(portrait())
    window = (slice(20, 30), slice(40, 44))
    red = levels.scene.layers[1].rgba.copy()
    red[window][..., :3] = (0.5, 0, 0)
    edited = levels.edited(levels.scene.with_layer(replace(levels.scene.layers[1], rgba=red)))
    (part,) = unpacked(packed(edited, 0, EDITS, [Changed("wall", window)])).layers
    assert part.inverse_depth is None
    assert part.light[..., 0].min() > 0.45 and part.light[..., 1:].max() < 0.02


def test_no_change_is_an_empty_patch():
    found = unpacked(packed(Levels(portrait()), 0, EDITS, []))
    assert found.content["kind"] == "patch" and not found.layers


def test_uncertainty_is_a_quarter_as_large():
    sigma = np.full((HEIGHT_PX, WIDTH_PX), 0.1, np.float32)
    sigma[:, :4], sigma[:, 4:8] = np.nan, 3.0
    found = unpacked(packed(Levels(replace(portrait(), uncertainty=sigma)), 0, EDITS)).uncertainty
    assert found.shape == (HEIGHT_PX // 4, WIDTH_PX // 4)
    assert (found[:, :2] == 0.5).all()
    np.testing.assert_allclose(found[:, 2:], 0.1, atol=0.5 * 0.5 / 255)


def test_mistakes():
    levels = Levels(portrait())
    with pytest.raises(ValueRangeError, match="level=7: expected 0 to 0"):
        packed(levels, 7, EDITS)
    with pytest.raises(ValueRangeError, match="layer='sky': expected one of subject-1, wall"):
        packed(levels, 0, EDITS, [Changed("sky", (slice(0, 1), slice(0, 1)))])


def test_a_pack_that_is_cut_off():
    data = packed(Levels(portrait()), 0, EDITS)
    with pytest.raises(RelensError, match="cut off"):
        unpacked(data[:-10])
