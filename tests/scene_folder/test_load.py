"""Pages that an editor changed, and folders that no scene can be read from."""

import os
import shutil
import struct
import zlib
from typing import Any

import numpy as np
import OpenEXR
import pytest
from PIL import Image
from small_scene import (
    BACK,
    DEPTH,
    HEIGHT_PX,
    JSON,
    UNSURE,
    WIDTH_PX,
    assert_same,
    edit,
    set_json,
    small_scene,
    srgb_profile,
    unsure_scene,
    with_chunk,
)

from relens.errors import FileError
from relens.scene_folder import load_scene, save_scene


@pytest.fixture
def folder(tmp_path):
    save_scene(small_scene(), tmp_path / "me.relens")
    return tmp_path / "me.relens"


def test_a_page_painted_in_an_editor_shows(folder):
    before = load_scene(folder)

    def paint(page):
        page[2, 3] = [0, 0, 65535, 65535]  # blue first: red
        return page

    edit(folder / "canonical/back.png", paint)
    after = load_scene(folder)
    np.testing.assert_allclose(after.layers[1].rgba[2, 3], [1, 0, 0, 1], atol=1e-6)
    changed = (after.layers[1].rgba != before.layers[1].rgba).any(axis=2)
    assert changed.sum() == 1 and changed[2, 3]


def test_an_srgb_profile_from_an_editor_is_read(folder):
    before = load_scene(folder)
    edit(folder / "canonical/back.png")
    with_chunk(folder / "canonical/back.png", b"iCCP", b"editor\0\0" + zlib.compress(srgb_profile()))
    assert_same(load_scene(folder), before)


def test_files_of_a_file_browser_do_not_matter(folder):
    (folder / "canonical/.DS_Store").write_bytes(b"x")
    assert_same(load_scene(folder), load_scene(folder))
    save_scene(small_scene(), folder)


def edit_back(folder, change):
    edit(folder / BACK, change)


def write_depth(folder, pixels, channel="inverse_depth"):
    OpenEXR.File({}, {channel: pixels}).write(str(folder / "depth/back.exr"))


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path, position):
    data = bytearray(path.read_bytes())
    data[position] ^= 0xFF
    path.write_bytes(data)


def other_profile(folder):
    profile = bytearray(srgb_profile())
    offset = profile.index(b"rXYZ", 128)
    (start,) = struct.unpack(">I", profile[offset + 4 : offset + 8])
    profile[start + 8 : start + 12] = struct.pack(">i", int(0.6 * 65536))
    with_chunk(folder / "canonical/back.png", b"iCCP", b"editor\0\0" + zlib.compress(bytes(profile)))


def depth_like(value, dtype: Any = np.float32, width_px=WIDTH_PX):
    return np.full((HEIGHT_PX, width_px), value, dtype)


def doubled(page):
    return page.repeat(2, 0).repeat(2, 1)


def to_8_bit(page):
    return (page >> 8).astype(np.uint8)


BROKEN: list[tuple[str, str, str, Any]] = [
    ("folder missing", "me.relens", "no such scene", shutil.rmtree),
    ("a file", "me.relens", "is a file", lambda f: (shutil.rmtree(f), f.write_text("x"))),
    ("no scene.json", "me.relens", "holds no scene.json", lambda f: (f / JSON).unlink()),
    ("scene.json a folder", JSON, "not a file", lambda f: ((f / JSON).unlink(), (f / JSON).mkdir())),
    ("bad JSON", JSON, "Invalid JSON", lambda f: (f / JSON).write_text("{")),
    ("empty JSON", JSON, "Invalid JSON", lambda f: (f / JSON).write_text("")),
    ("not text", JSON, "Invalid JSON", lambda f: (f / JSON).write_bytes(b"\xff\xfe\0")),
    ("deep JSON", JSON, "JSON", lambda f: (f / JSON).write_text("[" * 100_000)),
    ("a list", JSON, "not a scene description", lambda f: (f / JSON).write_text("[]")),
    ("huge JSON", JSON, "expected at most", lambda f: (f / JSON).write_text(" " * (2 << 20))),
    ("other format", JSON, "'gltf'; expected 'relens-scene'", lambda f: set_json(f, "format", value="gltf")),
    ("newer version", JSON, "version 3; .* reads versions 1 to 2: update", lambda f: set_json(f, "version", value=3)),
    ("older version", JSON, "version 0; this relens reads versions 1 to 2", lambda f: set_json(f, "version", value=0)),
    ("version as text", JSON, "version", lambda f: set_json(f, "version", value="1")),
    ("unknown field", JSON, "wings: Extra", lambda f: set_json(f, "wings", value=1)),
    ("missing field", JSON, r"layers\.0\.gain: .* required", lambda f: set_json(f, "layers", 0, value={"name": "a"})),
    ("no layers", JSON, "layers", lambda f: set_json(f, "layers", value=[])),
    ("focal length text", JSON, r"camera\.fx_px", lambda f: set_json(f, "camera", "fx_px", value="100")),
    ("focal length 0", JSON, r"camera\.fx_px", lambda f: set_json(f, "camera", "fx_px", value=0)),
    ("focal length NaN", JSON, r"camera\.fx_px", lambda f: set_json(f, "camera", "fx_px", value=float("nan"))),
    ("centre infinite", JSON, r"camera\.cx_px", lambda f: set_json(f, "camera", "cx_px", value=float("inf"))),
    ("width 0", JSON, r"camera\.width_px", lambda f: set_json(f, "camera", "width_px", value=0)),
    ("width a fraction", JSON, r"camera\.width_px", lambda f: set_json(f, "camera", "width_px", value=7.5)),
    ("border negative", JSON, "border_px", lambda f: set_json(f, "border_px", value=-1)),
    ("bomb", JSON, "pages of 900000002 x 6 pixels", lambda f: set_json(f, "camera", "width_px", value=900_000_000)),
    ("gain 0", JSON, r"layers\.1\.gain", lambda f: set_json(f, "layers", 1, "gain", value=0)),
    ("gain huge", JSON, r"layers\.1\.gain", lambda f: set_json(f, "layers", 1, "gain", value=1e39)),
    ("layer twice", JSON, "names that differ", lambda f: set_json(f, "layers", 1, "name", value="subject")),
    ("layer path", JSON, r"layers\.1\.name", lambda f: set_json(f, "layers", 1, "name", value="../../etc/passwd")),
    ("layer newline", JSON, r"layers\.1\.name", lambda f: set_json(f, "layers", 1, "name", value="back\n")),
    ("layer empty", JSON, r"layers\.1\.name", lambda f: set_json(f, "layers", 1, "name", value="")),
    ("source path", JSON, "source.*plain file name", lambda f: set_json(f, "source", value="../scene.json")),
    ("source absolute", JSON, "source.*plain file name", lambda f: set_json(f, "source", value="/etc/passwd")),
    ("source parent", JSON, "source.*plain file name", lambda f: set_json(f, "source", value="..")),
    ("source missing", "source/portrait.heic", "is missing", lambda f: (f / "source/portrait.heic").unlink()),
    ("page missing", BACK, "is missing", lambda f: (f / BACK).unlink()),
    ("page a folder", BACK, "is not a file", lambda f: ((f / BACK).unlink(), (f / BACK).mkdir())),
    ("page a pipe", BACK, "is not a file", lambda f: ((f / BACK).unlink(), os.mkfifo(f / BACK))),
    ("page empty", BACK, "is not a PNG", lambda f: (f / BACK).write_bytes(b"")),
    ("page a JPEG", BACK, "is not a PNG", lambda f: Image.new("RGB", (9, 6)).save(f / BACK, "JPEG")),
    ("page cut", BACK, "damaged PNG: .*ends early", lambda f: cut(f / BACK)),
    ("page damaged", BACK, "damaged PNG: wrong checksum", lambda f: flip(f / BACK, -30)),
    ("page header damaged", BACK, "damaged PNG", lambda f: flip(f / BACK, 13)),
    ("page without pixels", BACK, "damaged PNG", lambda f: no_pixels(f / BACK)),
    ("page larger", BACK, "is 18 x 12 pixels; expected 9 x 6,", lambda f: edit_back(f, doubled)),
    ("page turned", BACK, "is 6 x 9 pixels; expected 9 x 6", lambda f: edit_back(f, lambda p: p.swapaxes(0, 1))),
    ("page 8-bit", BACK, "8-bit RGB with alpha; export it as 16-bit", lambda f: edit_back(f, to_8_bit)),
    ("page without alpha", BACK, "16-bit RGB without alpha; export", lambda f: edit_back(f, lambda p: p[..., :3])),
    ("page grey", BACK, "16-bit grey; export", lambda f: edit_back(f, lambda p: p[..., 0])),
    ("page wide gamut", BACK, "convert it to sRGB", other_profile),
    ("profile damaged", BACK, "colour profile", lambda f: with_chunk(f / BACK, b"iCCP", b"editor\0\0junk")),
    ("page huge", BACK, "expected at most", lambda f: os.truncate(f / BACK, 80 << 20)),
    ("depth missing", DEPTH, "is missing", lambda f: (f / DEPTH).unlink()),
    ("depth a folder", DEPTH, "is missing", lambda f: ((f / DEPTH).unlink(), (f / DEPTH).mkdir())),
    ("depth empty", DEPTH, "damaged", lambda f: (f / DEPTH).write_bytes(b"")),
    ("depth a PNG", DEPTH, "not an OpenEXR file", lambda f: shutil.copy(f / BACK, f / DEPTH)),
    ("depth cut", DEPTH, "damaged", lambda f: cut(f / DEPTH)),
    ("depth header cut", DEPTH, "damaged", lambda f: (f / DEPTH).write_bytes((f / DEPTH).read_bytes()[:60])),
    ("depth damaged", DEPTH, "damaged", lambda f: (write_depth(f, depth_like(1)), flip(f / DEPTH, -6))),
    ("depth smaller", DEPTH, "is 8 x 6 pixels; expected 9 x 6", lambda f: write_depth(f, depth_like(1, width_px=8))),
    ("depth other channel", DEPTH, "channels Z; expected one", lambda f: write_depth(f, depth_like(1), "Z")),
    ("depth half floats", DEPTH, "float16.*expected 32-bit", lambda f: write_depth(f, depth_like(1, np.float16))),
    ("depth integers", DEPTH, "uint32.*expected 32-bit", lambda f: write_depth(f, depth_like(1, np.uint32))),
    ("depth negative", DEPTH, "negative or infinite", lambda f: write_depth(f, depth_like(-1))),
    ("depth infinitely near", DEPTH, "negative or infinite", lambda f: write_depth(f, depth_like(np.inf))),
    ("depth NaN under alpha", BACK, "54 pixels have alpha but no depth", lambda f: write_depth(f, depth_like(np.nan))),
]  # fmt: skip


def no_pixels(path):
    data = path.read_bytes()
    start = data.index(b"IDAT") - 4
    path.write_bytes(data[:start] + data[data.index(b"IEND") - 4 :])


@pytest.mark.parametrize("culprit, problem, damage", [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_folder_is_one_line_that_names_the_file(folder, culprit, problem, damage):
    damage(folder)
    with pytest.raises(FileError, match=problem) as caught:
        load_scene(folder)
    message = str(caught.value)
    path = folder if culprit == folder.name else folder / culprit
    assert message.startswith(f"{path}: ") and len(message.splitlines()) == 1


def write_unsure(folder, pixels, channel="uncertainty"):
    OpenEXR.File({}, {channel: pixels}).write(str(folder / UNSURE))


def unsure_like(value, dtype: Any = np.float32):
    return depth_like(value, dtype)[1:-1, 1:-1].copy()


BROKEN_UNSURE: list[tuple[str, str, str, Any]] = [
    ("missing", UNSURE, "is missing", lambda f: (f / UNSURE).unlink()),
    ("cut", UNSURE, "damaged", lambda f: cut(f / UNSURE)),
    ("as large as a page", UNSURE, "is 9 x 6 pixels; expected 7 x 4", lambda f: write_unsure(f, depth_like(1))),
    ("a depth", UNSURE, "inverse_depth; expected one, unc", lambda f: write_unsure(f, unsure_like(1), "inverse_depth")),
    ("half floats", UNSURE, "float16.*expected 32-bit", lambda f: write_unsure(f, unsure_like(1, np.float16))),
    ("negative", UNSURE, "negative or infinite values of unc", lambda f: write_unsure(f, unsure_like(-1))),
    ("infinite", UNSURE, "negative or infinite values of unc", lambda f: write_unsure(f, unsure_like(np.inf))),
    ("said to be a number", JSON, "uncertainty: Input should be", lambda f: set_json(f, "uncertainty", value=1)),
]  # fmt: skip


@pytest.mark.parametrize(
    "culprit, problem, damage", [row[1:] for row in BROKEN_UNSURE], ids=[row[0] for row in BROKEN_UNSURE]
)
def test_a_broken_uncertainty_is_one_line_that_names_the_file(tmp_path, culprit, problem, damage):
    save_scene(unsure_scene(), tmp_path / "a")
    damage(tmp_path / "a")
    with pytest.raises(FileError, match=problem) as caught:
        load_scene(tmp_path / "a")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'a' / culprit}: ") and len(message.splitlines()) == 1


def test_a_scene_from_before_there_was_uncertainty_loads(folder):
    assert "uncertainty" not in (folder / JSON).read_text()
    before = load_scene(folder)
    assert before.uncertainty is None
    set_json(folder, "uncertainty", value=False)
    assert_same(load_scene(folder), before)
