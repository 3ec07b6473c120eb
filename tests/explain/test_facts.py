import json
from pathlib import Path

import numpy as np
import pytest
from layer_scenes import BLUE, RED, grid, plane, scene_of
from PIL import Image

from relens.camera import Intrinsics
from relens.errors import FileError, RelensError
from relens.explain.facts import facts_of, photo_facts, scene_line
from relens.photo import Capture, EmbeddedDepth, Photo, write_image
from relens.scene_folder import save_scene


def _values(path: Path) -> dict:
    facts = facts_of(path)
    assert all("\n" not in fact.text and fact.text for fact in facts)
    assert len({fact.key for fact in facts}) == len(facts)
    return json.loads(json.dumps({fact.key: fact.value for fact in facts}, allow_nan=False))


def _scene():
    row, column = grid()
    square = (abs(column - 32) < 8) & (abs(row - 24) < 8)
    return scene_of(plane("near", RED, 2.0, square), plane("wall", BLUE, 0.0))


def test_a_photo(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "photo.jpg")
    values = _values(tmp_path / "photo.jpg")
    assert values["file"] == {"path": str(tmp_path / "photo.jpg"), "kind": "photo"}
    assert values["size_px"] == [40, 30]
    assert values["encoding"].startswith("JPEG 8-bit")
    assert values["intrinsics"]["cx_px"] == 20
    assert values["depth"] is None
    assert values["mattes_px"] == {}


def test_a_phone_portrait() -> None:
    inverse_depth = np.array([[0.5, 2.0], [np.nan, 1.0]], np.float32)
    photo = Photo(
        np.zeros((8, 6, 3), np.float32),
        Intrinsics.centred(3.0, 6, 8, "phone matrix"),
        embedded_depth=EmbeddedDepth(inverse_depth, "absolute"),
        mattes={"portrait": np.zeros((4, 3), np.float32)},
        capture=Capture("Apple", "iPhone 14", 2.69, 30, 1.9),
    )
    facts = {fact.key: fact for fact in photo_facts(photo)}
    assert facts["depth"].value == {"size_px": [2, 2], "range_m": [0.5, 2.0], "accuracy": "absolute"}
    assert facts["depth"].text == "2 x 2 px, 0.500 m to 2.00 m, accuracy absolute"
    assert facts["mattes_px"].text == "portrait 3 x 4"
    assert facts["capture"].text == "Apple iPhone 14, 2.69 mm, 30 mm in 35 mm film, f/1.9"
    assert facts["view_deg"].value[0] == pytest.approx(90)
    assert facts["intrinsics"].text.endswith("(from phone matrix)")


def test_a_scene_folder(tmp_path: Path) -> None:
    save_scene(_scene(), tmp_path / "a.relens")
    values = _values(tmp_path / "a.relens")
    assert values["file"]["kind"] == "scene folder"
    assert values["size_px"] == [64, 48]
    assert values["border_px"] == 16
    near, wall = values["layers"]
    assert (near["name"], near["range_m"]) == ("near", [0.5, 0.5])
    assert near["coverage"] == pytest.approx(256 / (96 * 80))
    assert (wall["range_m"], wall["coverage"]) == ([None, None], 1)


def test_a_scene_in_one_line() -> None:
    assert scene_line(_scene()) == "64 x 48 px, 2 layers, border 16 px, depth 0.500 m to inf (unknown)"


def test_a_depth_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", depth=np.array([[0.5, 4.0], [np.inf, np.nan]], np.float32))
    values = _values(tmp_path / "d.npz")
    assert values["file"]["kind"] == "depth file"
    assert values["depth_size_px"] == [2, 2]
    assert values["depth_range_m"] == [0.5, None]
    assert (values["unknown"], values["infinite"]) == (0.25, 0.25)


def test_a_picture_that_may_be_depth_is_described_as_both(tmp_path: Path) -> None:
    Image.fromarray(np.array([[500, 2000]], np.uint16)).save(tmp_path / "mm.png")
    values = _values(tmp_path / "mm.png")
    assert values["file"]["kind"] == "photo"
    assert values["depth_range_m"] == [0.5, 2.0]


def test_a_rendered_exr_has_colours_and_depth(tmp_path: Path) -> None:
    write_image(tmp_path / "a.exr", np.zeros((2, 3, 3), np.float32), depth_m=np.full((2, 3), 1.5, np.float32))
    values = _values(tmp_path / "a.exr")
    assert values["encoding"].startswith("EXR")
    assert values["depth_range_m"] == [1.5, 1.5]


@pytest.mark.parametrize("name", ["missing.jpg", "missing.npz", "missing.tif", "text.png", "text.pfm", "folder"])
def test_anything_else_is_one_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    for text in ("text.png", "text.pfm"):
        (tmp_path / text).write_text("no picture")
    with pytest.raises(RelensError) as caught:
        facts_of(tmp_path / name)
    assert isinstance(caught.value, FileError)
    assert name in str(caught.value)
