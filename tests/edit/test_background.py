"""Background: another picture behind the subject, covering the pages, at its distance; the subject keeps its bits."""

import math

import cv2
import numpy as np
import pytest
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of, texture
from stacked_scenes import bits

from relens.canonical.photo_view import photo_view
from relens.edit import Where
from relens.edit.background import Background
from relens.errors import FileError, ValueRangeError
from relens.photo import srgb_decode

ROW, COLUMN = grid()
DISC = np.clip((14 - np.hypot(COLUMN - 32, ROW - 24)) / 3, 0, 1).astype(np.float32)


def portrait():
    return scene_of(
        plane("subject-1", texture(1), 2.0, DISC), plane("front-1", 0.2, 0.8, ROW > 30), plane("background", 0.7, 0.5)
    )


def written(path, shape=(HEIGHT_PX, WIDTH_PX), channels=3):
    picture = np.random.default_rng(7).integers(0, 256, (*shape, channels), np.uint8)
    assert cv2.imwrite(str(path), picture)
    return path, srgb_decode(picture[..., 2::-1] / np.float32(255)).astype(np.float32)


@pytest.mark.parametrize("distance_m", [0.6, 3.0, math.inf])
def test_the_picture_lies_behind_the_subject_at_its_distance(tmp_path, distance_m):
    path, picture = written(tmp_path / "sea.png")
    scene = portrait()
    before = bits(scene)
    after = Background(path, distance_m)(scene)
    assert bits(scene) == before
    assert after.layers[0] is scene.layers[0] and not after.layers[1].rgba.any()
    rear = after.layers[2]
    np.testing.assert_array_equal(rear.inverse_depth, np.float32(1 / distance_m))
    np.testing.assert_array_equal(rear.rgba[..., 3], 1)
    inner = rear.rgba[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX, :3]
    np.testing.assert_allclose(inner, picture, atol=1e-6)
    # Soft edges: the subject's own colours over the picture.
    expected = scene.layers[0].rgba[..., :3] + (1 - DISC[..., None]) * rear.rgba[..., :3]
    np.testing.assert_allclose(photo_view(after)[..., :3], expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(20, 200), (200, 20), (5, 5), (48, 400), (1, 1)])
def test_any_picture_covers_all_pages_its_middle_in_the_photos(tmp_path, shape):
    ramp = np.linspace(0, 1, max(shape))
    grey = np.broadcast_to(ramp if shape[1] == max(shape) else ramp[:, None], shape)
    cv2.imwrite(str(tmp_path / "ramp.png"), (grey * 65535).astype(np.uint16))
    rear = Background(tmp_path / "ramp.png")(portrait()).layers[2]
    np.testing.assert_array_equal(rear.rgba[..., 3], 1)
    if max(shape) > 10:
        middle = rear.rgba[BORDER_PX + HEIGHT_PX // 2, BORDER_PX + WIDTH_PX // 2, 0]
        np.testing.assert_allclose(middle, srgb_decode(np.array([0.5], np.float32)), atol=0.02)


def test_the_border_goes_on_with_the_picture_or_mirrors_it(tmp_path):
    path, picture = written(tmp_path / "wide.png", (HEIGHT_PX, WIDTH_PX + 2 * BORDER_PX))
    page = Background(path)(portrait()).layers[2].rgba[..., :3]
    np.testing.assert_allclose(page[BORDER_PX:-BORDER_PX], picture, atol=1e-6)
    np.testing.assert_array_equal(page[BORDER_PX - 1], page[BORDER_PX])
    np.testing.assert_array_equal(page[0], page[2 * BORDER_PX - 1])


def test_a_picture_nearer_than_the_subject_is_refused_and_told_how_far(tmp_path):
    path, _ = written(tmp_path / "sea.png")
    with pytest.raises(ValueRangeError, match=r"distance_m=0.4: expected at least 0.5,"):
        Background(path, 0.4)(portrait())
    Background(path, 0.5)(portrait())


@pytest.mark.parametrize("distance_m", [0, -1, math.nan])
def test_distances_that_are_none_are_refused(tmp_path, distance_m):
    path, _ = written(tmp_path / "sea.png")
    with pytest.raises(ValueRangeError, match="distance_m="):
        Background(path, distance_m)(portrait())


def test_pictures_that_do_not_serve_are_refused(tmp_path):
    with pytest.raises(FileError, match="none"):
        Background(tmp_path / "none.png")(portrait())
    path, _ = written(tmp_path / "clear.png", channels=4)
    with pytest.raises(FileError, match="transparent"):
        Background(path)(portrait())


def test_something_has_to_be_kept_and_the_last_layer_is_not(tmp_path):
    path, _ = written(tmp_path / "sea.png")
    with pytest.raises(ValueRangeError, match="subject=none"):
        Background(path)(scene_of(plane("wall", 0.5, 1.0)))
    with pytest.raises(ValueRangeError, match="background, the last layer"):
        Background(path, where=Where(layer="background"))(portrait())
