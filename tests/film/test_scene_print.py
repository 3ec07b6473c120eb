"""Fingerprints tell exactly which blocks have other colours, and whether anything else differs."""

from dataclasses import replace

import numpy as np
import pytest
from film_scene import two_planes
from hypothesis import given
from hypothesis import strategies as st

from relens.film.scene_print import ScenePrint, read_print, scene_print, write_print
from relens.render.repaint import recoloured
from relens.scene import Layer, Scene

SCENE = two_planes()
PRINT = scene_print(SCENE)
HEIGHT, WIDTH = SCENE.layers[0].inverse_depth.shape


def _changed(name: str, row: int, column: int, channel: int, step: float = 0.01) -> Scene:
    layer = next(each for each in SCENE.layers if each.name == name)
    rgba, depth = layer.rgba.copy(), layer.inverse_depth.copy()
    if channel < 4:
        rgba[row, column, channel] = np.abs(rgba[row, column, channel] - np.float32(step))
    else:
        depth[row, column] += np.float32(step)
    return SCENE.with_layer(Layer(name, rgba, depth))


@given(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(0, 2), st.sampled_from([0.01, 1e-6]))
def test_it_finds_the_blocks_that_comparing_finds(row: int, column: int, channel: int, step: float) -> None:
    other = _changed("wall", row, column, channel, step)
    expected, found = recoloured(SCENE, other), scene_print(other).recoloured(PRINT)
    assert expected is not None and found is not None
    assert found.keys() == expected.keys() == {"wall"}
    np.testing.assert_array_equal(found["wall"], expected["wall"])
    assert scene_print(other).digest != PRINT.digest


@pytest.mark.parametrize("channel", [3, 4])
def test_alpha_and_depth_are_no_colours(channel: int) -> None:
    other = scene_print(_changed("disc", 40, 48, channel))
    assert other.recoloured(PRINT) is None
    assert other.digest != PRINT.digest


def test_other_cameras_borders_and_layers_are_other_scenes() -> None:
    k = SCENE.camera.intrinsics
    others = [
        replace(SCENE, camera=replace(SCENE.camera, intrinsics=replace(k, fx_px=99.0))),
        replace(SCENE, layers=SCENE.layers[::-1]),
        replace(SCENE, layers=SCENE.layers[1:]),
    ]
    for other in map(scene_print, others):
        assert other.recoloured(PRINT) is None and other.digest != PRINT.digest


def test_the_same_scene_has_the_same(tmp_path) -> None:
    again = scene_print(two_planes())
    assert again.digest == PRINT.digest
    assert again.recoloured(PRINT) == {}


def test_words_about_the_focal_length_do_not_count() -> None:
    k = replace(SCENE.camera.intrinsics, source="exif")
    assert scene_print(replace(SCENE, camera=replace(SCENE.camera, intrinsics=k))).digest == PRINT.digest


def test_it_comes_back_from_its_file(tmp_path) -> None:
    write_print(PRINT, tmp_path / "scene.npz")
    read = read_print(tmp_path / "scene.npz")
    assert isinstance(read, ScenePrint)
    assert read.digest == PRINT.digest and read.recoloured(PRINT) == {}


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_file_that_is_none(tmp_path, content: bytes | None) -> None:
    path = tmp_path / "scene.npz"
    write_print(PRINT, path)
    path.write_bytes(path.read_bytes()[:-300] if content is None else content)
    assert read_print(path) is None
    assert read_print(tmp_path / "missing.npz") is None
