"""What a scene folder keeps, and how its files look to other programs."""

import json
import struct
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from hypothesis import given, settings
from PIL import Image
from small_scene import (
    HEIGHT_PX,
    WIDTH_PX,
    assert_same,
    files,
    small_scene,
    straight,
    unsure_scene,
)
from strategies import scenes

from relens.camera import Camera, Intrinsics
from relens.photo.transfer import srgb_encode
from relens.scene import Layer, Scene
from relens.scene_folder import load_scene, save_scene


@pytest.fixture
def folder(tmp_path):
    save_scene(small_scene(), tmp_path / "me.relens")
    return tmp_path / "me.relens"


@given(scenes())
@settings(max_examples=40)
def test_a_saved_scene_is_the_scene_and_saves_unchanged(scene):
    with tempfile.TemporaryDirectory() as folder:
        save_scene(scene, f"{folder}/a")
        once = load_scene(f"{folder}/a")
        save_scene(once, f"{folder}/b")
        assert_same(load_scene(f"{folder}/b"), once)
        assert files(Path(folder, "a")) == files(Path(folder, "b"))
        gains = [layer["gain"] for layer in json.loads(Path(folder, "a/scene.json").read_text())["layers"]]
    assert once.camera.intrinsics == scene.camera.intrinsics and once.border_px == scene.border_px
    assert (once.uncertainty is None) == (scene.uncertainty is None)
    if scene.uncertainty is not None:
        np.testing.assert_array_equal(once.uncertainty, scene.uncertainty)
    assert (once.source and once.source.data) == (scene.source and scene.source.data)
    for saved, loaded, gain in zip(scene.layers, once.layers, gains, strict=True):
        np.testing.assert_array_equal(loaded.inverse_depth, saved.inverse_depth)
        np.testing.assert_allclose(loaded.rgba[..., 3], saved.rgba[..., 3], atol=0.501 / 65535)
        stored = loaded.rgba[..., 3] > 0
        assert not loaded.rgba[~stored].any()
        # Half a code of the page, and a trace for float32.
        codes = [srgb_encode(straight(rgba)[stored].astype(np.float32) / gain) for rgba in (loaded.rgba, saved.rgba)]
        np.testing.assert_allclose(codes[0], codes[1], atol=0.53 / 65535)


def test_everything_else_is_kept_exactly(folder):
    scene, loaded = small_scene(), load_scene(str(folder))
    assert loaded.camera.intrinsics == scene.camera.intrinsics
    assert (loaded.border_px, loaded.source, loaded.depth_source) == (1, scene.source, "phone")
    assert [layer.name for layer in loaded.layers] == ["subject", "back"]
    assert set(files(folder)) == {
        "scene.json",
        *(
            f"{room}/{name}.{kind}"
            for room, kind in (("canonical", "png"), ("depth", "exr"))
            for name in ("subject", "back")
        ),
        "source/portrait.heic",
    }


@pytest.mark.parametrize("brightest", [0.5, 1.0, 3.7, 60000.0])
def test_highlights_above_1_are_kept_through_the_gain(tmp_path, brightest):
    scene = small_scene(brightest)
    scene.save(tmp_path / "hdr")
    loaded = load_scene(tmp_path / "hdr")
    for saved, back in zip(scene.layers, loaded.layers, strict=True):
        assert straight(back.rgba).max() == pytest.approx(straight(saved.rgba).max(), rel=1e-4)
    gains = [layer["gain"] for layer in json.loads((tmp_path / "hdr/scene.json").read_text())["layers"]]
    peaks = [straight(layer.rgba).max() for layer in scene.layers]
    assert gains == pytest.approx([max(1, peak) for peak in peaks], rel=1e-5)
    assert (min(gains) == 1) == (brightest <= 1)


def test_pages_are_srgb_pngs_with_straight_alpha(folder):
    page = (folder / "canonical/subject.png").read_bytes()
    width, height, bits, colour_type = struct.unpack(">IIBB", page[16:26])
    assert (width, height, bits, colour_type) == (WIDTH_PX, HEIGHT_PX, 16, 6)
    assert page[37:41] == b"sRGB"
    layer = small_scene().layers[0]
    codes = np.asarray(cv2.imread(str(folder / "canonical/subject.png"), -1))[..., [2, 1, 0, 3]]
    np.testing.assert_allclose(codes[..., 3], layer.rgba[..., 3] * 65535, atol=0.51)
    np.testing.assert_allclose(codes[..., :3], srgb_encode(straight(layer.rgba)) * 65535, atol=0.51)
    with Image.open(folder / "canonical/subject.png") as image:
        assert image.mode == "RGBA"  # Pillow reads 16-bit colour as 8-bit, and opens the page


def test_depth_is_one_float_channel_with_its_holes(folder):
    with OpenEXR.File(str(folder / "depth/subject.exr")) as file:
        pixels = file.channels()["inverse_depth"].pixels
    np.testing.assert_array_equal(pixels, small_scene().layers[0].inverse_depth)
    assert np.isnan(pixels[0, 0])


def test_uncertainty_is_one_float_channel_of_the_photos_size_beside_every_layer(tmp_path):
    """Also beside a layer of that name."""
    scene = unsure_scene()
    scene = replace(scene, layers=(scene.layers[0], replace(scene.layers[1], name="uncertainty")))
    save_scene(scene, tmp_path / "a")
    with OpenEXR.File(str(tmp_path / "a/uncertainty.exr")) as file:
        pixels = file.channels()["uncertainty"].pixels
    np.testing.assert_array_equal(pixels, scene.uncertainty)
    loaded = load_scene(tmp_path / "a")
    np.testing.assert_array_equal(loaded.uncertainty, scene.uncertainty)
    np.testing.assert_array_equal(loaded.layers[1].inverse_depth, scene.layers[1].inverse_depth)


def test_only_a_scene_that_knows_its_uncertainty_mentions_it(folder, tmp_path):
    """So that a relens from before there was any reads all other scenes."""
    save_scene(unsure_scene(), tmp_path / "unsure")
    plain, unsure = (json.loads((path / "scene.json").read_text()) for path in (folder, tmp_path / "unsure"))
    assert unsure.pop("uncertainty") is True
    assert plain == unsure and plain["version"] == 2


def test_light_outside_srgb_is_clipped_to_it(tmp_path):
    rgba = np.array([[[-0.1, 0.5, 0.2, 1.0]]], np.float32)
    layer = Layer("wall", rgba, np.ones((1, 1), np.float32))
    save_scene(Scene(Camera(Intrinsics.centred(1.0, 1, 1)), (layer,)), tmp_path / "a")
    np.testing.assert_allclose(load_scene(tmp_path / "a").layers[0].rgba[0, 0], [0, 0.5, 0.2, 1], atol=2e-5)
