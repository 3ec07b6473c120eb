"""Pages: by name, read-only, replaced one at a time."""

import numpy as np
import pytest
from layer_scenes import RED, plane, scene_of, texture

from relens.canonical import PHOTO
from relens.errors import ValueRangeError


@pytest.fixture
def scene():
    return scene_of(plane("card", RED, 1.0, 0.5), plane("wall", texture(1), 0.3))


def test_pages_are_the_photo_and_the_layers_front_to_back(scene):
    assert list(scene.canonical) == [PHOTO, "card", "wall"] and len(scene.canonical) == 3
    np.testing.assert_array_equal(scene.canonical["wall"], scene.layers[1].rgba)
    assert PHOTO in scene.canonical and "sky" not in scene.canonical
    with pytest.raises(KeyError):
        scene.canonical["sky"]


def test_pages_are_read_only_and_the_layers_stay_writable(scene):
    for name in scene.canonical:
        with pytest.raises(ValueError, match="read-only"):
            scene.canonical[name][0, 0] = 0
    assert scene.layers[0].rgba.flags.writeable


def test_a_page_replaced_leaves_the_others_as_they_are(scene):
    page = scene.canonical["card"] * np.float32(0.5)
    after = scene.with_page("card", page)
    np.testing.assert_array_equal(after.canonical["card"], page)
    assert after.layers[1] is scene.layers[1] and after.layers[0].inverse_depth is scene.layers[0].inverse_depth
    np.testing.assert_array_equal(scene.canonical["card"][..., 3], np.float32(0.5))


def test_a_layer_named_photo_is_its_own_page():
    scene = scene_of(plane(PHOTO, RED, 1.0, 0.5), plane("wall", texture(1), 0.3))
    assert list(scene.canonical) == [PHOTO, "wall"]
    np.testing.assert_array_equal(scene.canonical[PHOTO], scene.layers[0].rgba)


@pytest.mark.parametrize("shape", [(80, 95, 4), (79, 96, 4)])
def test_pages_of_another_shape_say_what_is_expected(scene, shape):
    for name in scene.canonical:
        with pytest.raises(ValueRangeError, match=r"\(80, 96, 4\): the photo with its border"):
            scene.with_page(name, np.ones(shape, np.float32))


def test_an_unknown_page_says_which_there_are(scene):
    with pytest.raises(ValueRangeError, match=r"page='sky'.*one of photo, card, wall"):
        scene.with_page("sky", scene.layers[0].rgba)
