import math
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from unchecked import unchecked

from relens import lens_preset
from relens.aperture import Aperture
from relens.errors import FileError, ValueRangeError
from relens.lens import Lens
from relens.lens_preset import LensPreset, preset_names, read_aperture_image, read_preset

_NAMES = sorted(path.stem for path in (Path(__file__).parents[1] / "configs" / "lenses").glob("*.yaml"))


@pytest.mark.parametrize("name", _NAMES)
def test_every_preset_is_found_by_name(name: str) -> None:
    assert name.startswith(f"{read_preset(name).focal_length_mm:g}mm-f{read_preset(name).f_number:g}-")


def test_the_names_are_those_of_the_files() -> None:
    assert sorted(preset_names()) == _NAMES


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("focal_length_mm: 40\nblades: 6\n")
    assert read_preset(str(path)) == LensPreset(focal_length_mm=40, blades=6)


def test_no_keys_are_the_default_lens() -> None:
    assert LensPreset().lens() == Lens(85, 1.4)


def test_every_key_reaches_the_lens(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(
        "focal_length_mm: 40\nf_number: 2\nblades: 6\ncurvature: 0.5\nrotation_deg: 90\nsqueeze: 1.5\nprofile: -0.5\n"
        "cats_eye: 0.7\ntilt_deg: 3\nswing_deg: -2\naxial_colour: 0.001\nlateral_colour: -0.002\nbreathing: yes\n"
        "t_stop: 2.3\nvignetting: true\nsensor_width_mm: 23.5\n"
    )
    aperture = Aperture(6, math.pi / 2, 0.5, 1.5, profile=-0.5, cats_eye=0.7)
    tilt_rad, swing_rad = math.radians(3), math.radians(-2)
    expected = Lens(40, 2, 1.2, aperture, tilt_rad, swing_rad, 0.001, -0.002, True, 2.3, True, 23.5)
    assert read_preset(str(path)).lens(1.2) == expected


def test_an_image_beside_the_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    cv2.imwrite(str(folder / "ring.png"), np.array([[0, 188, 255]], np.uint8))
    (folder / "mine.yaml").write_text("image: ring.png\n")
    monkeypatch.chdir(tmp_path)
    image = read_preset("mine/mine.yaml").lens().aperture.image
    assert image == read_aperture_image(folder / "ring.png")
    assert image is not None
    # Linear light: 188 of 255 in sRGB is half the light.
    np.testing.assert_allclose(image.transmission[0, :, 0], [0, 0.5, 1], atol=0.005)


def test_images_have_colour_and_holes(tmp_path: Path) -> None:
    path = tmp_path / "gel.png"
    blue_green_red_alpha = [[0, 0, 255, 255], [0, 255, 0, 255], [255, 0, 0, 255], [255, 255, 255, 0]]
    cv2.imwrite(str(path), np.array([blue_green_red_alpha], np.uint8))
    transmission = read_aperture_image(path).transmission
    np.testing.assert_allclose(transmission[0], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], atol=1e-5)


def test_an_image_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "words.png"
    path.write_text("no picture")
    with pytest.raises(FileError, match=r"words\.png"):
        read_aperture_image(path)
    cv2.imwrite(str(path), np.zeros((4, 4), np.uint8))
    with pytest.raises(ValueRangeError, match="some light through"):
        read_aperture_image(path)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(FileError, match=f"no such lens; expected a YAML file or one of: {_NAMES[0]}"):
        read_preset("no-such-lens")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected only the keys focal_length_mm"),
        ("- 1\n- 2", "expected only the keys"),
        ("focal_length_mm: 50\naperture: 2", "expected only the keys"),
        ("f_number: 0.1", "f_number=0.1: expected 0.5 to 128"),
        ("blades: 2", "blades=2: expected 0 for a disc"),
        ("f_number: fast", "is no lens"),
        ("rotation_deg: .inf", "a finite angle"),
        ("image: none.png", "none.png"),
        ("image: 5", "image=5: expected the path of an image file"),
        ("t_stop: 1", "t_stop=1: expected the f-number (1.4) or more"),
        ("breathing: 1", "breathing=1: expected True or False"),
        ("tilt_deg: 80", "tilt_rad=1.39"),
        ("swing_deg: left", "swing_deg=left: expected a finite angle in degrees"),
        ("sensor_width_mm: 0", "sensor_width_mm=0: expected 1 to 500 mm"),
        ("f_number: [1, 2", "is not YAML"),
        ("!!python/object/apply:os.getcwd []", "is not YAML"),
        ("\0", "is not YAML"),
        ("# " + "x" * 70000, "too large"),
    ],
)
def test_a_file_that_describes_no_lens(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with unchecked(), pytest.raises(FileError) as caught:
        read_preset(str(path))
    assert problem in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "is not YAML" in problem or "\n" not in str(caught.value)


@pytest.mark.parametrize("key", [field.name for field in fields(LensPreset)])
@pytest.mark.parametrize("value", ["[1, 2]", "{a: 1}", "2020-01-01", ".nan", "!!binary aGk="])
def test_no_key_takes_what_is_neither_number_nor_name(tmp_path: Path, key: str, value: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(f"{key}: {value}")
    with unchecked(), pytest.raises(FileError, match=rf"bad\.yaml: is no lens: {key}"):
        read_preset(str(path))


def test_a_wheel_without_presets_says_so(monkeypatch) -> None:
    monkeypatch.setattr(lens_preset, "_FOLDERS", ())
    with pytest.raises(FileError, match="none installed"):
        read_preset("50mm")


@pytest.mark.parametrize("text", ["blades: !!bool 3", 'blades: !!int ""', "blades: !!timestamp x", "blades: !!float _"])
def test_tags_that_do_not_fit_are_no_yaml(tmp_path, text):
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(FileError, match=r"a\.yaml: is (not YAML|no lens)"):
        read_preset(str(file))


def test_lists_by_aliases_are_not_written_out(tmp_path):
    file = tmp_path / "a.yaml"
    names = ["curvature", "rotation_deg", "squeeze", "profile", "cats_eye", "tilt_deg", "swing_deg", "axial_colour"]
    lines = [f"{name}: &k{i + 1} [{', '.join(9 * [f'*k{i}'])}]" for i, name in enumerate(names)]
    file.write_text("\n".join(["focal_length_mm: &k0 [1]", *lines, "blades: *k8"]))
    with pytest.raises(FileError, match="focal_length_mm is a list; expected a number or a word"):
        read_preset(str(file))
