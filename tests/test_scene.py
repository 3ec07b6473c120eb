import math

import numpy as np
import pytest
from hypothesis import given
from strategies import scenes
from unchecked import any_type, unchecked

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.scene import Layer, Scene


def page(height_px=3, width_px=4, value=0.5):
    return np.full((height_px, width_px, 4), value, np.float32)


def depths(height_px=3, width_px=4, value=1.0):
    return np.full((height_px, width_px), value, np.float32)


def layer(name="wall", height_px=3, width_px=4):
    return Layer(name, page(height_px, width_px), depths(height_px, width_px))


def camera(width_px=4, height_px=3):
    return Camera(Intrinsics.centred(10.0, width_px, height_px))


def with_value(array, index, value):
    array[index] = value
    return array


@given(scenes())
def test_scenes_hold_what_they_are_given(scene):
    replaced = scene.with_layer(scene.layers[-1])
    assert replaced.layers == scene.layers and replaced.camera is scene.camera


def test_a_layer_is_replaced_by_name():
    scene = Scene(camera(), (layer("a"), layer("b")))
    painted = Layer("b", page(value=0.25), depths())
    assert [known.rgba[0, 0, 0] for known in scene.with_layer(painted).layers] == [0.5, 0.25]
    assert scene.layers[1].rgba[0, 0, 0] == 0.5
    with pytest.raises(ValueRangeError, match="layer=c: expected one of"):
        scene.with_layer(layer("c"))


@pytest.mark.parametrize(
    "rgba, inverse_depth, problem",
    [
        (page(2), depths(), "of one size"),
        (page()[..., :3], depths(), "of one size"),
        (page()[..., 0], depths(), "of one size"),
        (page(0), depths(0), "at least one pixel"),
        (with_value(page(), (1, 1, 0), math.nan), depths(), "finite"),
        (with_value(page(), (1, 1, 3), math.nan), depths(), "finite"),
        (with_value(page(), (1, 1, 2), -math.inf), depths(), "finite"),
        (with_value(page(), (1, 1, 3), -0.1), depths(), "alpha"),
        (with_value(page(), (1, 1, 3), 1.1), depths(), "alpha"),
        (page(), with_value(depths(), (1, 1), -0.1), "inverse depth"),
        (page(), with_value(depths(), (1, 1), math.inf), "inverse depth"),
        (page(), with_value(depths(), (1, 1), -math.inf), "inverse depth"),
        (page(), with_value(depths(), (1, 1), math.nan), "NaN under alpha"),
    ],
)
def test_pages_no_lens_can_photograph_are_refused(rgba, inverse_depth, problem):
    with unchecked(), pytest.raises(ValueRangeError, match=problem):
        Layer("wall", rgba, inverse_depth)


@pytest.mark.parametrize("name", ["", "Wall", "a b", "../a", "a/b", "a.b", "é", "a" * 65, "a\n"])
def test_layer_names_are_plain(name):
    with pytest.raises(ValueRangeError, match="layer name"):
        Layer(name, page(), depths())


def test_empty_texels_need_no_depth_and_infinity_is_a_depth():
    rgba = with_value(page(), (0, 0), 0)
    inverse_depth = with_value(with_value(depths(), (0, 0), math.nan), (0, 1), 0)
    assert np.isnan(Layer("wall", rgba, inverse_depth).inverse_depth[0, 0])


def test_arrays_and_numbers_of_every_kind_become_plain_ones():
    with unchecked():
        wall = any_type(Layer)("wall", np.full((3, 4, 4), 0.5), np.ones((3, 4), int))
        scene = any_type(Scene)(camera(), [wall], np.int64(0))
    assert wall.rgba.dtype == wall.inverse_depth.dtype == np.float32
    assert type(scene.border_px) is int and type(scene.layers) is tuple


@pytest.mark.parametrize(
    "arguments, problem",
    [
        ({"layers": ()}, "at least one layer"),
        ({"layers": (layer("a"), layer("a"))}, "names that differ"),
        ({"layers": (layer("a", 4, 4),)}, "photo and border"),
        ({"layers": (layer("a"), layer("b", 5, 6))}, "photo and border"),
        ({"border_px": 1}, "photo and border"),
        ({"border_px": -1}, "border_px"),
        ({"border_px": 0.5}, "border_px"),
        ({"border_px": math.nan}, "border_px"),
        ({"camera": camera(5, 3)}, "photo and border"),
        ({"camera": camera().moved(x_m=0.01)}, "identity"),
    ],
)
def test_scenes_that_do_not_fit_together_are_refused(arguments, problem):
    with unchecked(), pytest.raises(ValueRangeError, match=problem):
        Scene(**{"camera": camera(), "layers": (layer(),), **arguments})


def test_uncertainty_is_of_the_photos_grid_whatever_the_border():
    with unchecked():
        scene = any_type(Scene)(camera(), (layer("wall", 7, 8),), border_px=2, uncertainty=np.full((3, 4), 0.5))
    assert scene.uncertainty.dtype == np.float32 and scene.uncertainty.shape == (3, 4)
    assert scene.with_layer(layer("wall", 7, 8)).uncertainty is scene.uncertainty
    assert Scene(camera(), (layer(),)).uncertainty is None


@pytest.mark.parametrize(
    "uncertainty, problem",
    [
        (depths(4, 4), r"\(3, 4\) \(the photo\)"),
        (depths(5, 6), "the photo"),
        (depths()[0], "the photo"),
        (with_value(depths(), (1, 1), -0.1), "below 0"),
        (with_value(depths(), (1, 1), math.inf), "infinite"),
        (with_value(depths(), (1, 1), -math.inf), "below 0"),
    ],
)
def test_uncertainty_that_is_none_is_refused(uncertainty, problem):
    with unchecked(), pytest.raises(ValueRangeError, match=f"uncertainty.*{problem}"):
        Scene(camera(), (layer("wall", 5, 6),), border_px=1, uncertainty=uncertainty)


def test_a_border_widens_every_page():
    assert Scene(camera(), (layer("wall", 7, 8),), border_px=2).border_px == 2
