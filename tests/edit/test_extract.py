"""Extract: what is selected stays, bit for bit where wholly; everything else is transparent, from any view."""

import numpy as np
import pytest
from layer_scenes import grid, lens_with_blur, plane, scene_of, texture
from stacked_scenes import bits

import relens
from relens.edit import Where, select
from relens.edit.extract import Extract
from relens.errors import ValueRangeError

ROW, COLUMN = grid()


def soft_disc(radius_px, softness_px=3.0):
    away = np.hypot(COLUMN - 32, ROW - 24)
    return np.clip((radius_px - away) / softness_px, 0, 1).astype(np.float32)


def portrait(radius_px=14):
    """A soft-edged subject of two sheets, the second hidden but for nothing, before a wall."""
    return scene_of(
        plane("subject-1", texture(1), 2.0, soft_disc(radius_px)),
        plane("subject", texture(2), 1.5, soft_disc(9)),
        plane("background", texture(3), 0.5),
    )


def test_the_subject_keeps_its_bits_hidden_sheets_and_faint_edges_included():
    scene = portrait()
    before = bits(scene)
    after = Extract(Where(subject=True))(scene)
    assert bits(scene) == before
    assert after.layers[0] is scene.layers[0] and after.layers[1] is scene.layers[1]
    assert not after.layers[2].rgba.any()
    assert after.layers[2].inverse_depth is scene.layers[2].inverse_depth
    assert [layer.name for layer in after.layers] == [layer.name for layer in scene.layers]


def test_alpha_is_kept_by_as_much_as_it_is_selected_and_colours_stay():
    scene, where = portrait(24), Where(brush_px=((32, 24),), radius_px=7.3, feather_px=0)
    after = Extract(where)(scene)
    selection = select(scene, where)
    part = np.zeros(COLUMN.shape, np.float32)
    part[selection.window] = selection.coverage["subject-1"]
    # The stroke lies well within the solid subject, whose hidden sheet is selected as it is.
    for number in (0, 1):
        expected = scene.layers[number].rgba * part[..., None]
        np.testing.assert_allclose(after.layers[number].rgba, expected, atol=1e-7)
    assert not after.layers[2].rgba.any()


def test_a_cut_out_is_transparent_through_a_wide_lens_and_keeps_soft_edges_pure():
    red = scene_of(plane("subject", (1.0, 0.0, 0.0), 2.0, soft_disc(12)), plane("background", (0.0, 0.0, 1.0), 0.5))
    cut = Extract(Where(subject=True))(red)
    picture = relens.shoot(cut, lens_with_blur(8, 2.0, 1.0), samples=64)
    assert picture.alpha is not None
    assert picture.alpha[:4].max() == 0 and picture.alpha[24, 32] > 0.99
    assert picture.linear[..., 2].max() == 0
    np.testing.assert_allclose(picture.linear[..., 0], picture.alpha, atol=1e-5)


def test_it_survives_the_scene_folder(tmp_path):
    cut = Extract(Where(subject=True))(portrait())
    cut.save(tmp_path / "cut.relens")
    loaded = relens.load_scene(tmp_path / "cut.relens")
    for one, other in zip(cut.layers, loaded.layers, strict=True):
        np.testing.assert_allclose(other.rgba, one.rgba, atol=1e-3)
        np.testing.assert_array_equal(other.rgba[..., 3] > 0, one.rgba[..., 3] > 1e-5)


def test_a_page_is_kept_alone():
    scene = portrait()
    after = Extract(Where(layer="subject"))(scene)
    assert after.layers[1] is scene.layers[1]
    assert not after.layers[0].rgba.any() and not after.layers[2].rgba.any()


def test_all_of_it_is_no_change():
    scene = portrait()
    assert all(new is old for new, old in zip(Extract()(scene).layers, scene.layers, strict=True))


def test_nothing_selected_is_an_error():
    with pytest.raises(ValueRangeError, match="selection=empty"):
        Extract(Where(depth_m=(50, 60)))(portrait())
