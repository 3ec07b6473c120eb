"""Relight: highlights alone are lifted, a burnt-out core in its rim's colour, and their discs by just that light."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, grid, lens_with_blur, plane, scene_of, texture
from stacked_scenes import bits

import relens
from relens.edit.relight import Relight
from relens.edit.selection import Where
from relens.errors import ValueRangeError

_Y = np.array([0.2126, 0.7152, 0.0722])
SIZE_PX = 12


def spot(row, column, sigma_px=1.5):
    """A lamp of brightness 1 at a pixel of the photo."""
    y, x = grid()
    return np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * sigma_px**2))[..., None]


def wall_with(light, base=0.05):
    return scene_of(plane("wall", (base + light).astype(np.float32), 1.0))


def rgb(scene):
    return scene.layers[-1].rgba[..., :3].astype(np.float64)


@pytest.mark.parametrize("stops", [1.0, 3.0])
def test_a_defocused_disc_gains_the_light_that_its_lamp_gained(stops):
    lamp = spot(HEIGHT_PX / 2, WIDTH_PX / 2) * np.array([0.9, 0.6, 0.3])
    scene = wall_with(lamp)
    lit = Relight(stops, size_px=SIZE_PX)(scene)
    lens = lens_with_blur(16, 1.0, 0.2)
    before, after = (relens.shoot(s, lens, samples=128).linear.astype(np.float64) for s in (scene, lit))
    gained = (after - before).sum(axis=(0, 1))
    np.testing.assert_allclose(gained, (rgb(lit) - rgb(scene)).sum(axis=(0, 1)), rtol=0.02)
    # The brightest texel is lifted by all stops, and the disc is wider than the lamp.
    peak = np.unravel_index(rgb(scene).sum(axis=2).argmax(), rgb(scene).shape[:2])
    np.testing.assert_allclose(rgb(lit)[peak], rgb(scene)[peak] * 2**stops, rtol=1e-3)
    y, x = np.mgrid[:HEIGHT_PX, :WIDTH_PX] + 0.5
    disc = np.hypot(y - HEIGHT_PX / 2, x - WIDTH_PX / 2)
    assert (after - before)[(disc > 4) & (disc < 7)].min() > 0
    assert np.abs(after - before)[disc > 14].max() < 1e-6


@given(st.floats(0.1, 6), st.floats(0, 0.9), st.integers(0, 2**32))
def test_the_lift_rises_with_brightness_from_none_at_the_threshold(stops, threshold, seed):
    rng = np.random.default_rng(seed)
    height = rng.uniform(0.2, 0.9)
    scene = wall_with(spot(rng.uniform(10, 38), rng.uniform(10, 54)) * height)
    before = bits(scene)
    old, new = rgb(scene)[..., 0], rgb(Relight(stops, threshold, SIZE_PX)(scene))[..., 0]
    assert bits(scene) == before
    quiet = old <= threshold * old.max()
    np.testing.assert_array_equal(new[quiet], old[quiet])
    order = np.argsort(old, axis=None)
    lift = np.log2(new / old).ravel()[order]
    assert (np.diff(lift) > -1e-4).all()
    assert lift[-1] == pytest.approx(stops if old.max() > 0.2 else lift.max(), rel=1e-3)


def test_what_is_large_or_hardly_brighter_stays():
    large = np.zeros((80, 96, 1))
    large[20:60, 20:60] = 0.95
    faint = spot(40, 60) * 0.04
    lamp = spot(8, 56) * 0.8
    old, lit = wall_with(large + faint + lamp), Relight(3, size_px=SIZE_PX)(wall_with(large + faint + lamp))
    changed = np.argwhere((rgb(old) != rgb(lit)).any(axis=2)) - BORDER_PX + 0.5
    assert len(changed) > 4
    assert np.abs(changed - (8, 56)).max() < 4


def test_a_burnt_out_core_is_lit_in_its_rims_colour():
    lamp = np.minimum(spot(24, 32, 2.5) * np.array([6, 3, 1.5]), 1)
    scene = wall_with(np.minimum(lamp, 0.95))
    old, new = rgb(scene), rgb(Relight(4, size_px=20)(scene))
    core = (old >= 0.985).all(axis=2)
    assert core.any()
    np.testing.assert_allclose((new @ _Y)[core], 16 * (old @ _Y)[core], rtol=1e-4)
    assert (new[core][:, 0] > 1.1 * new[core][:, 1]).all() and (new[core][:, 1] > 1.1 * new[core][:, 2]).all()
    # And a white lamp with a hard edge stays white, whatever is around.
    paint = np.full((80, 96, 3), (0.1, 0.05, 0.0))
    paint[40:44, 50:54] = 1
    lit = rgb(Relight(4, size_px=20)(wall_with(paint, 0)))
    np.testing.assert_allclose(lit[40:44, 50:54], 16, rtol=1e-4)


def test_only_what_is_selected_sets_the_measure_and_is_lit():
    scene = wall_with(spot(24, 12) * 0.9 + spot(24, 50) * 0.3)
    lit = Relight(2, size_px=SIZE_PX, where=Where(brush_px=((50, 24),), radius_px=6))(scene)
    gain = rgb(lit)[..., 0] / rgb(scene)[..., 0]
    assert gain[:, : BORDER_PX + 40].max() == 1
    assert gain.max() == pytest.approx(4, rel=0.05)


def test_unlit_layers_are_the_same():
    scene = scene_of(plane("card", texture(1) * 0.01, 2.0, 0.0), plane("wall", 0.05 + spot(24, 32) * 0.9, 1.0))
    lit = Relight(2, size_px=SIZE_PX)(scene)
    assert lit.layers[0] is scene.layers[0] and lit.layers[1] is not scene.layers[1]
    assert Relight(0)(scene) is scene


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (Relight(stops=-1), "stops"),
        (Relight(threshold=1), "threshold"),
        (Relight(size_px=-1), "size_px"),
        (Relight(where=Where(layer="sky")), "layer"),
        (Relight(), "without highlights"),
    ],
)
def test_what_is_out_of_range_is_named(edit, named):
    with pytest.raises(ValueRangeError, match=named):
        edit(scene_of(plane("wall", 0.5, 1.0)))
