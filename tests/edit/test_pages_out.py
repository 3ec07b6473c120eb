"""What an editor finds: PNGs, and an OpenRaster file that the standard's own rules describe."""

import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
import pytest
from layer_scenes import BLUE, RED, plane, scene_of, texture
from PIL import Image

from relens.edit.pages_out import export_pages
from relens.errors import FileError
from relens.scene_folder import save_scene


@pytest.fixture
def scene():
    near = np.zeros((80, 96), np.float32)
    near[20:50, 30:70], near[20, 30:70] = 1, 0.25
    return scene_of(plane("subject", RED, 2.0, near), plane("background", texture(1) * 3, 0.5))


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_of_pages(scene, tmp_path):
    written = export_pages(scene, tmp_path / "pages")
    names = ["photo.png", "subject.png", "background.png", "pages.ora", "pages.json"]
    assert [path.name for path in written] == names
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == sorted(names)
    with Image.open(tmp_path / "pages" / "subject.png") as page:
        assert page.size == (96, 80) and page.info["srgb"] == 0
        # The gain is the background's 3; Pillow reads 16 bits as 8.
        assert page.getpixel((50, 30))[3] == 255 and page.getpixel((0, 0)) == (0, 0, 0, 0)
    assert (tmp_path / "pages" / "subject.png").read_bytes()[24:26] == b"\x10\x06"
    record = json.loads((tmp_path / "pages" / "pages.json").read_text())
    assert (record["format"], record["version"], record["layers"]) == ("relens-pages", 1, ["subject", "background"])
    assert (record["width_px"], record["height_px"], record["border_px"]) == (96, 80, 16)
    assert record["gain"] == pytest.approx(3, rel=1e-4)


def test_an_open_raster_file(scene, tmp_path):
    export_pages(scene, tmp_path / "pages")
    written = files(tmp_path / "pages")
    assert written["pages.ora"][30:54] == b"mimetypeimage/openraster"
    with zipfile.ZipFile(tmp_path / "pages" / "pages.ora") as raster:
        assert raster.testzip() is None
        first = raster.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        image = ElementTree.fromstring(raster.read("stack.xml"))
        assert (image.tag, image.get("w"), image.get("h")) == ("image", "96", "80")
        group, *layers = image.findall("stack/*")
        assert [layer.get("name") for layer in layers] == ["subject", "background"]
        for layer in layers:
            assert raster.read(layer.get("src")) == written[f"{layer.get('name')}.png"]
            assert layer.get("visibility") == "visible"
        assert (group.tag, group.get("visibility")) == ("stack", "hidden")
        masks = {layer.get("name"): raster.read(layer.get("src")) for layer in group}
        assert list(masks) == ["subject matte", "subject mask", "background mask"]
        for name in ("subject matte", "subject mask"):
            with Image.open(io.BytesIO(masks[name])) as mask:
                assert mask.mode == "I;16"
                alpha = scene.layers[0].rgba[..., 3]
                np.testing.assert_allclose(np.asarray(mask) / 65535, alpha, atol=1e-5)
        assert raster.read("mergedimage.png") == written["photo.png"]
        with Image.open(io.BytesIO(raster.read("Thumbnails/thumbnail.png"))) as small:
            assert max(small.size) <= 256


def test_the_same_scene_gives_the_same_files_and_replaces_them(scene, tmp_path):
    export_pages(scene, tmp_path / "pages")
    before = files(tmp_path / "pages")
    export_pages(scene, tmp_path / "pages")
    assert files(tmp_path / "pages") == before


def test_without_a_subject_there_is_no_matte(tmp_path):
    export_pages(scene_of(plane("background", BLUE, 0.5)), tmp_path / "pages")
    with zipfile.ZipFile(tmp_path / "pages" / "pages.ora") as raster:
        assert b"matte" not in raster.read("stack.xml")


def test_a_layer_called_photo(tmp_path):
    written = export_pages(scene_of(plane("photo", BLUE, 0.5)), tmp_path / "pages")
    assert [path.name for path in written] == ["photo.png", "pages.ora", "pages.json"]


def edit_a_page(folder):
    (folder / "subject.png").write_bytes((folder / "background.png").read_bytes())


def test_what_would_be_lost_stays(scene, tmp_path):
    folder = tmp_path / "pages"
    for spoil, problem in (
        (edit_a_page, "holds subject.png, edited since the export"),
        (lambda folder: (folder / "notes.txt").write_text("mine"), "holds notes.txt, which is no part of an export"),
        (lambda folder: (folder / "pages.json").unlink(), "is a folder of other files"),
        (lambda folder: (folder / "pages.json").write_text("{"), "is no record of exported pages"),
    ):
        export_pages(scene, folder)
        spoil(folder)
        before = files(folder)
        with pytest.raises(FileError, match=problem):
            export_pages(scene, folder)
        assert files(folder) == before
        folder.rename(tmp_path / str(len(list(tmp_path.iterdir()))))


def test_a_scene_is_not_replaced_by_its_pages(scene, tmp_path):
    save_scene(scene, tmp_path / "me.relens")
    with pytest.raises(FileError, match="other files"):
        export_pages(scene, tmp_path / "me.relens")


def test_a_crash_leaves_nothing(scene, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("relens.edit.pages_out.write_record", fail)
    with pytest.raises(FileError, match="No space left"):
        export_pages(scene, tmp_path / "pages")
    assert not list(tmp_path.iterdir())
