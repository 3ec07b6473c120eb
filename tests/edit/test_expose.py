"""Expose: stops multiply light exactly; whites move along and across the locus; a picked grey becomes grey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, plane, scene_of, texture
from stacked_scenes import bits, stacked_scenes
from unchecked import unchecked

from relens.edit.expose import Expose
from relens.edit.selection import Where
from relens.errors import ValueRangeError

_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WALL = Where(layer="wall")


def two_layers():
    return scene_of(plane("card", texture(1), 2.0, 0.5), plane("wall", texture(2), 1.0))


def grey_after(**options):
    """What becomes of a grey of 0.25."""
    scene = scene_of(plane("wall", 0.25, 1.0))
    return np.float64(Expose(**options)(scene).layers[0].rgba[5, 5, :3])


def xy(light):
    xyz = _XYZ @ light
    return xyz[:2] / xyz.sum()


def uv(light):
    x, y = xy(light)
    return np.array([4 * x, 6 * y]) / (-2 * x + 12 * y + 3)


def mired(light):
    """McCamy's formula: another road to correlated colour temperature than Krystek's locus."""
    x, y = xy(light)
    n = (x - 0.3320) / (0.1858 - y)
    return 1e6 / (449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33)


@pytest.mark.parametrize("stops", [1, -3, 20])
def test_whole_stops_are_exact(stops):
    scene = two_layers()
    before = bits(scene)
    after = Expose(stops, where=WALL)(scene)
    assert bits(scene) == before
    assert after.layers[0] is scene.layers[0]
    np.testing.assert_array_equal(after.layers[1].rgba[..., :3], scene.layers[1].rgba[..., :3] * np.float32(2.0**stops))


@given(stacked_scenes(), st.floats(-10, 10))
def test_stops_there_and_back_are_nothing(scene, stops):
    if not any((layer.rgba[..., 3] > 0.01).any() for layer in scene.layers):
        return
    back = Expose(-stops)(Expose(stops)(scene))
    for old, new in zip(scene.layers, back.layers, strict=True):
        np.testing.assert_allclose(new.rgba, old.rgba, rtol=2e-6)


def test_nothing_asked_is_the_same_scene():
    scene = two_layers()
    assert Expose()(scene) is scene


@pytest.mark.parametrize("warmth", [-60, -20, 30, 120])
def test_warmth_is_a_shift_in_mired_at_one_luminance(warmth):
    light = grey_after(warmth_mired=warmth)
    assert mired(light) - mired(np.ones(3)) == pytest.approx(warmth, rel=0.04, abs=0.5)
    assert (_XYZ @ light)[1] == pytest.approx(0.25, rel=1e-3)


@pytest.mark.parametrize("warmth", [-50.0, 0.0, 100.0])
@pytest.mark.parametrize("tint", [-20.0, 8.0])
def test_tint_is_duv_across_the_locus(warmth, tint):
    plain, tinted = grey_after(warmth_mired=warmth), grey_after(warmth_mired=warmth, tint=tint)
    assert np.linalg.norm(uv(tinted) - uv(plain)) == pytest.approx(abs(tint) / 1000, rel=0.1)
    green = tinted / plain
    assert (green[1] < min(green[0], green[2])) == (tint > 0)
    assert mired(tinted) - mired(plain) == pytest.approx(0, abs=4)


def test_saturated_colours_stay_light():
    after = Expose(warmth_mired=300, where=WALL)(scene_of(plane("wall", (0.0, 0.1, 1.0), 1.0)))
    assert after.layers[0].rgba.min() >= 0
    assert Expose(warmth_mired=-80, tint=50)(scene_of(plane("wall", (1.0, 0.0, 0.0), 1.0))).layers[0].rgba.min() >= 0


def test_a_picked_grey_becomes_grey_whatever_grain_is_on_it():
    card = np.float32([0.5, 0.4, 0.2])
    colour = texture(3)
    colour[BORDER_PX + 16 : BORDER_PX + 25, BORDER_PX + 26 : BORDER_PX + 35] = card
    colour[BORDER_PX + 20, BORDER_PX + 30] = 9, 0, 0
    colour[BORDER_PX + 19, BORDER_PX + 31] = 0, 9, 9
    scene = scene_of(plane("wall", colour, 1.0))
    light = Expose(neutral_px=(30.5, 20.5))(scene).layers[0].rgba[BORDER_PX + 17, BORDER_PX + 27, :3]
    np.testing.assert_allclose(light, np.full(3, (_XYZ @ card)[1]), rtol=1e-3)


def test_the_grey_is_what_the_photo_shows_not_a_hidden_page():
    scene = scene_of(plane("card", (0.4, 0.2, 0.2), 2.0, 0.5), plane("wall", (0.2, 0.4, 0.2), 1.0))
    after = Expose(neutral_px=(0, 0))(scene)
    shown = after.layers[0].rgba[20, 20, :3] + 0.5 * after.layers[1].rgba[20, 20, :3]
    assert np.ptp(shown) < 1e-4
    assert Expose(neutral_px=(64, 48), where=WALL)(scene).layers[0] is scene.layers[0]


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (Expose(stops=99), "stops"),
        (Expose(warmth_mired=-100), "warmth_mired"),
        (Expose(tint=float("nan")), "tint"),
        (Expose(neutral_px=(65.0, 0.0)), "neutral_px"),
        (Expose(neutral_px=(10.0, -1.0)), "neutral_px"),
        (Expose(where=Where(layer="sky")), "layer"),
    ],
)
def test_what_is_out_of_range_is_named(edit, named):
    with pytest.raises(ValueRangeError, match=named):
        edit(two_layers())


def test_half_a_grey_point_is_refused():
    with unchecked(), pytest.raises(ValueRangeError, match="neutral_px="):
        Expose(neutral_px=(10.0,))(two_layers())


def test_black_is_no_grey():
    with pytest.raises(ValueRangeError, match="neutral_px"):
        Expose(neutral_px=(10.0, 10.0))(scene_of(plane("wall", (0.5, 0.0, 0.5), 1.0)))
