"""Pages that come back from an editor: what was painted arrives, what was not keeps its bits, what is wrong is said."""

import io
import zipfile
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from layer_scenes import BLUE, RED, plane, scene_of, texture
from PIL import Image
from small_scene import edit, with_chunk
from strategies import scenes

from relens.edit.pages_in import import_pages
from relens.edit.pages_out import export_pages
from relens.errors import FileError
from relens.photo.colour_space import DISPLAY_P3
from relens.photo.icc import build_icc, parse_icc
from relens.photo.icc import matrix_colour_space as colour_space
from relens.photo.transfer import srgb_decode, srgb_encode


@pytest.fixture
def scene():
    near = np.zeros((80, 96), np.float32)
    near[20:50, 30:70], near[20, 30:70] = 1, 0.25
    inverse_depth = np.where(near > 0, 2.0, np.nan)
    return scene_of(plane("subject", RED, inverse_depth, near), plane("background", texture(1) * 3, 0.5))


@pytest.fixture
def folder(scene, tmp_path):
    export_pages(scene, tmp_path / "pages")
    return tmp_path / "pages"


def assert_untouched(one, other):
    for before, after in zip(one.layers, other.layers, strict=True):
        assert before.rgba is after.rgba and before.inverse_depth is after.inverse_depth


def green(page):
    page[24:30, 40:50, :3] = [0, 65535, 0]
    return page


@settings(max_examples=25, deadline=None)
@given(scenes())
def test_export_then_import_changes_no_bit(tmp_path_factory, scene):
    folder = tmp_path_factory.mktemp("in") / "pages"
    export_pages(scene, folder)
    for source in (folder, folder / "pages.ora"):
        same, report = import_pages(scene, source)
        assert_untouched(scene, same)
        assert not report.changed and not report.notes
    # As an editor saves it: the same pixels in other bytes.
    for page in folder.glob("*.png"):
        edit(page)
    same, report = import_pages(scene, folder)
    assert_untouched(scene, same)
    assert not report.changed


def test_an_edit_of_a_layer_arrives(scene, folder):
    edit(folder / "subject.png", green)
    after, report = import_pages(scene, folder)
    assert [str(page) for page in report.pages] == [
        "photo: unchanged",
        "subject: 60 texels changed, within 10 x 6 at 40, 24",
        "background: unchanged",
    ]
    assert after.layers[1] is scene.layers[1]
    changed = (after.layers[0].rgba != scene.layers[0].rgba).any(axis=2)
    assert changed.sum() == 60 and changed[24:30, 40:50].all()
    np.testing.assert_allclose(after.layers[0].rgba[25, 45], [0, 3, 0, 1], rtol=1e-4)


def test_an_edit_of_the_photo_goes_to_what_shows_there(scene, folder):
    edit(folder / "photo.png", green)
    after, report = import_pages(scene, folder)
    assert report.pages[0].texels == 60
    assert after.layers[1] is scene.layers[1]
    np.testing.assert_allclose(after.layers[0].rgba[25, 45], [0, 3, 0, 1], rtol=1e-4)
    np.testing.assert_allclose(after.canonical["photo"][25, 45], [0, 3, 0, 1], rtol=1e-4)


def test_the_photo_is_painted_over_the_layers(scene, folder):
    def blue(page):
        page[28:40, 40:50, :3] = [65535, 0, 0]
        return page

    edit(folder / "subject.png", blue)
    edit(folder / "photo.png", green)
    after, _ = import_pages(scene, folder)
    np.testing.assert_allclose(after.layers[0].rgba[28, 45, :3], [0, 3, 0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(after.layers[0].rgba[35, 45, :3], [0, 0, 3], rtol=1e-4, atol=1e-6)


def test_alpha_may_change_where_there_is_depth(scene, folder):
    def erase(page):
        page[30:34, 40:44] = 0
        return page

    edit(folder / "subject.png", erase)
    after, report = import_pages(scene, folder)
    assert report.pages[1].texels == 16
    assert (after.layers[0].rgba[30:34, 40:44] == 0).all()


def test_eight_bits_lose_nothing_that_was_not_edited(scene, folder):
    exported = (folder / "background.png").read_bytes()
    for reduce in (lambda page: np.rint(page / 257), lambda page: page >> 8):
        (folder / "background.png").write_bytes(exported)
        edit(folder / "background.png", lambda page, reduce=reduce: reduce(page).astype(np.uint8))
        same, report = import_pages(scene, folder)
        assert_untouched(scene, same)
        assert report.notes == ("background has 8 bits; what was not edited keeps its 16",)
    (folder / "background.png").write_bytes(exported)
    edit(folder / "background.png", lambda page: (green(page) >> 8).astype(np.uint8))
    after, report = import_pages(scene, folder)
    assert report.pages[2].texels == 60
    np.testing.assert_allclose(after.layers[1].rgba[25, 45], [0, 3, 0, 1], rtol=1e-4)


def in_profile(page, icc):
    """The page as an editor converts it to a profile with the sRGB curve."""
    matrix = np.linalg.inv(colour_space(parse_icc(icc)).to_srgb)
    light = srgb_decode(page[..., 2::-1] / np.float32(65535)) @ matrix.T
    page[..., 2::-1] = np.rint(np.clip(srgb_encode(light), 0, 1) * 65535)
    return page


def test_display_p3_is_converted(scene, folder):
    icc = build_icc("Display P3", DISPLAY_P3)
    edit(folder / "background.png", lambda page: in_profile(page, icc))
    with_chunk(folder / "background.png", b"iCCP", b"p3\0\0" + zlib.compress(icc))
    same, report = import_pages(scene, folder)
    assert_untouched(scene, same)
    assert report.notes == ("background was converted from the colour profile 'Display P3' to sRGB",)
    folder.rename(folder.with_name("old"))
    export_pages(scene, folder)
    edit(folder / "background.png", lambda page: green(in_profile(page, icc)))
    with_chunk(folder / "background.png", b"iCCP", b"p3\0\0" + zlib.compress(icc))
    after, report = import_pages(scene, folder)
    assert report.pages[2].texels == 60
    assert report.notes[1] == "background: 60 texels have colours outside sRGB, which were clipped"
    assert after.layers[1].rgba.min() >= 0


def remake(path, change):
    """The OpenRaster file as another program saves it."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)


def stack(old, new):
    def change(members):
        assert old.encode() in members["stack.xml"]
        members["stack.xml"] = members["stack.xml"].replace(old.encode(), new.encode())

    return change


def test_a_layer_of_the_raster_that_was_cut_down_and_painted(scene, folder):
    def change(members):
        page = cv2.imdecode(np.frombuffer(members["data/subject.png"], np.uint8), cv2.IMREAD_UNCHANGED)
        members["data/subject.png"] = cv2.imencode(".png", green(page)[20:50, 30:70])[1].tobytes()
        stack(
            'name="subject" src="data/subject.png" x="0" y="0"', 'name="subject" src="data/subject.png" x="30" y="20"'
        )(members)

    remake(folder / "pages.ora", change)
    after, report = import_pages(scene, folder / "pages.ora")
    assert [page.texels for page in report.pages] == [60, 0]
    np.testing.assert_allclose(after.layers[0].rgba[25, 45], [0, 3, 0, 1], rtol=1e-4)
    same, report = import_pages(scene, folder)
    assert_untouched(scene, same)
    assert report.notes == ("pages.ora was edited, too; import it by its own name",)


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def drop_alpha(path):
    edit(path, lambda page: page[..., :3])


def give_alpha(path):
    edit(path, lambda page: np.full_like(page, 65535))


def grey(path):
    edit(path, lambda page: page[..., 0])


def rename(path):
    path.rename(path.with_name("Layer 1.png"))


def table_profile(path):
    with_chunk(path, b"iCCP", b"x\0\0" + zlib.compress(build_icc("x").replace(b"rXYZ", b"A2B0")))


def eight_bit_p3(path):
    edit(path, lambda page: (page >> 8).astype(np.uint8))
    with_chunk(path, b"iCCP", b"p3\0\0" + zlib.compress(build_icc("Display P3", DISPLAY_P3)))


@pytest.mark.parametrize(
    ("page", "spoil", "problem"),
    [
        ("subject.png", lambda path: edit(path, lambda page: page[1:]), "is 96 x 79 pixels; expected 96 x 80"),
        ("subject.png", drop_alpha, "is 16-bit RGB without alpha; export it as 16-bit RGB with alpha"),
        ("photo.png", drop_alpha, "is 16-bit RGB without alpha"),
        ("subject.png", grey, "is 16-bit grey;"),
        ("subject.png", cut, "damaged or truncated PNG"),
        ("subject.png", lambda path: path.write_bytes(b"GIF89a"), "is not a PNG"),
        ("subject.png", lambda path: path.write_bytes(b""), "is not a PNG"),
        ("subject.png", lambda path: path.unlink(), "is missing; bring it back"),
        ("subject.png", rename, "is missing; perhaps it is Layer 1.png, renamed"),
        ("subject.png", lambda path: path.with_name("new.png").write_bytes(b""), "is no page of this scene"),
        ("subject.png", give_alpha, "texels where the layer has no depth, the first in column 0, row 0; erase"),
        ("photo.png", lambda path: edit(path, lambda page: page // 2), "has another alpha than it had in 7680 texels"),
        ("subject.png", table_profile, r"table \(LUT\) ICC profile; convert it to sRGB"),
        ("subject.png", eight_bit_p3, "is 8-bit and has the colour profile 'Display P3'"),
        ("pages.json", lambda path: path.unlink(), "holds no pages.json"),
        ("pages.json", lambda path: path.write_text("[]"), "is no record of exported pages"),
        (
            "pages.json",
            lambda path: path.write_text(path.read_text().replace('"version": 1', '"version": 2')),
            "is no record of exported pages: version",
        ),
    ],
)
def test_bad_pages(scene, folder, page, spoil, problem):
    spoil(folder / page)
    with pytest.raises(FileError, match=problem) as refused:
        import_pages(scene, folder)
    assert "\n" not in str(refused.value)


def twice(members):
    stack('name="background"', 'name="subject"')(members)
    stack("</stack></image>", '<layer name="background" src="data/background.png"/></stack></image>')(members)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            stack('name="subject"', 'name="Layer 1"'),
            "no layer 'subject'; undo what merged or renamed it into 'Layer 1'",
        ),
        (stack("</stack></image>", '<layer name="new" src="data/subject.png"/></stack></image>'), "has a layer 'new'"),
        (twice, "has 2 layers 'subject'; merge them"),
        (stack('src="data/subject.png"', 'src="data/none.png"'), "holds no data/none.png"),
        (stack('w="96"', 'w="95"'), "is 95 x 80 pixels; expected 96 x 80"),
        (stack('w="96"', 'w="wide"'), "is a damaged OpenRaster file"),
        (stack('opacity="1.0"', 'opacity="0.5"'), "layer 'subject' has opacity 0.5"),
        (stack("svg:src-over", "svg:multiply"), "layer 'subject' blends by svg:multiply"),
        (stack("<image", "<!DOCTYPE x><image"), "defines entities"),
        (stack("</image>", ""), "damaged stack.xml"),
        (lambda members: members.pop("stack.xml"), "holds no stack.xml"),
        (lambda members: members.update(mimetype=b"application/zip"), "is no OpenRaster file"),
        (lambda members: members.update({"data/subject.png": b"x"}), "layer 'subject': is not a PNG"),
    ],
)
def test_bad_rasters(scene, folder, change, problem):
    remake(folder / "pages.ora", change)
    with pytest.raises(FileError, match=problem) as refused:
        import_pages(scene, folder / "pages.ora")
    assert "\n" not in str(refused.value)


def test_what_is_no_raster(scene, folder):
    (folder / "pages.ora").write_bytes(b"no zip")
    with pytest.raises(FileError, match="is a damaged OpenRaster file"):
        import_pages(scene, folder / "pages.ora")
    with pytest.raises(FileError, match="is missing"):
        import_pages(scene, folder / "none.ora")


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (scene_of(plane("subject", RED, 2.0), plane("wall", BLUE, 0.5)), "belongs to a scene of layers subject, back"),
        (scene_of(plane("subject", RED, 1.0), plane("background", BLUE, 0.5)), "belongs to another scene"),
        (
            scene_of(plane("subject", RED, 1.0, border_px=2), plane("background", BLUE, 1, border_px=2), border_px=2),
            "belongs to pages of 96 x 80 pixels, and the scene's are 68 x 52",
        ),
    ],
)
def test_pages_of_another_scene(folder, other, problem):
    with pytest.raises(FileError, match=problem):
        import_pages(other, folder)


def test_pillow_saves_a_page_that_comes_back(scene, folder):
    with Image.open(io.BytesIO((folder / "background.png").read_bytes())) as page:
        page.load()
        page.putpixel((3, 4), (0, 255, 0, 255))
        page.save(folder / "background.png")
    after, report = import_pages(scene, folder)
    assert report.pages[2].texels == 1
    np.testing.assert_allclose(after.layers[1].rgba[4, 3], [0, 3, 0, 1], rtol=1e-4)
