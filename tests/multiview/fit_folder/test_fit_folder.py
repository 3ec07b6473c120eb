import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from fitted_pages import exact_sight, mesh, page, photos

from relens.errors import FileError
from relens.lens import Lens
from relens.multiview.fit_folder import is_fit, load_fit, save_fit, save_fitted
from relens.multiview.fit_folder.save import require_fit_path
from relens.multiview.page import render_page
from relens.multiview.page.psnr import psnr_db
from relens.path.transforms_json import read_transforms
from relens.render import shoot

FILES = {"fit.json", "model.gltf", "model.bin", "page.png", "texels.npz", "transforms.json"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fits") / "scene.fit"
    save_fit(folder, photos(), None, mesh(), page())
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    return Path(shutil.copytree(saved, tmp_path / "scene.fit"))


def shot(fitted, camera):
    return shoot(fitted.mesh, Lens(50, 64.0), camera=camera, samples=16, seed=1)


def pinhole(fitted, camera):
    """One ray a pixel."""
    from relens.render.every_ray import homogeneous
    from relens.render.mesh import _OFF_PX, MeshEngine
    from relens.render.rays import pinhole_views

    k, views = camera.intrinsics, pinhole_views(camera)
    at = homogeneous(np.arange(k.width_px * k.height_px), k.width_px, _OFF_PX)
    seen = MeshEngine(fitted.mesh)._gathered(views.origin_m[0], at @ views.direction[0].T)
    return seen.reshape(k.height_px, k.width_px, 4)


def codes(folder):
    return cv2.imread(str(folder / "page.png"), cv2.IMREAD_UNCHANGED)


def change(folder, **values):
    file = folder / "fit.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_a_fit_is_open_files(saved):
    assert {file.name for file in saved.iterdir()} == FILES
    assert is_fit(saved) and not is_fit(saved.parent)
    page_codes = codes(saved)
    assert page_codes.dtype == np.uint16 and page_codes.shape == page().page.shape


def test_a_loaded_fit_is_what_was_saved(saved):
    fitted = load_fit(saved)
    (part,) = fitted.mesh.parts
    assert part.texture == pytest.approx(page().page, abs=1e-4)
    assert [photo.name for photo in fitted.photos] == [photo.name for photo in photos().photos]
    assert [photo.held_out for photo in fitted.photos] == [number == 1 for number in range(7)]
    for photo, given in zip(fitted.photos, photos().photos, strict=True):
        assert (photo.camera.camera_to_world == given.camera.camera_to_world).all()
        assert photo.camera.intrinsics == given.camera.intrinsics
    assert (fitted.camera.camera_to_world == np.eye(4)).all()
    assert fitted.fitted_psnr_db == page().psnr_db and fitted.held_out_psnr_db == page().held_out_psnr_db
    assert fitted.page_size_px == page().page.shape[1::-1]
    assert fitted.settings["page"]["seed"] == 3


def test_the_map_from_points_to_texels_is_saved(saved):
    points = np.random.default_rng(0).uniform([-1, -0.5, 1], [1, 0.6, 3], (300, 3))
    assert (load_fit(saved).field.texels(points) == page().texels(points)).all()


def test_saving_what_was_loaded_keeps_every_bit(saved, tmp_path):
    again = tmp_path / "again.fit"
    save_fitted(again, load_fit(saved))
    for name in FILES - {"model.bin", "model.gltf", "texels.npz"}:
        assert (again / name).read_bytes() == (saved / name).read_bytes(), name
    one, other = (load_fit(place).mesh.parts[0] for place in (saved, again))
    assert (one.vertices_m[one.triangles] == other.vertices_m[other.triangles]).all()
    assert (one.uv == other.uv).all() and (one.texture == other.texture).all()


def test_the_mesh_shows_a_photo(saved):
    photo = photos().photos[2]
    seen = pinhole(load_fit(saved), photo.camera)[..., :3].astype(np.float32)
    assert psnr_db(seen[4:-4, 4:-4], photo.linear[4:-4, 4:-4]) > 20


def test_the_lens_photographs_a_fit(saved):
    fitted = load_fit(saved)
    picture = shot(fitted, fitted.camera)
    assert psnr_db(picture.linear, photos().photos[3].linear) > 15


def test_a_square_painted_on_the_page_shows_in_all_views_and_nowhere_else(folder):
    before = load_fit(folder)
    painted = codes(folder)
    row, column = np.round(before.field.texels(np.array([[0.0, 0.05, 1.55]]))[0]).astype(int)[::-1]
    square = np.zeros(painted.shape[:2], bool)
    square[row - 3 : row + 4, column - 3 : column + 4] = True
    painted[square] = (65535, 0, 65535, 65535)
    cv2.imwrite(str(folder / "page.png"), painted)
    after = load_fit(folder)
    (part,) = after.mesh.parts
    assert (part.texture[~square] == before.mesh.parts[0].texture[~square]).all()
    shown = 0
    for camera in after.cameras:
        changed = (pinhole(after, camera) != pinhole(before, camera)).any(axis=-1)
        # Where the page's own field puts what each pixel sees.
        wide = cv2.dilate(square.astype(np.uint8), np.ones((5, 5))) > 0
        narrow = cv2.erode(square.astype(np.uint8), np.ones((5, 5))) > 0
        on_page = texels_seen(before, camera)
        assert not (changed & ~on_page(wide)).any()
        assert changed[on_page(narrow)].all()
        shown += changed.any()
    assert shown == len(after.cameras)


def texels_seen(fitted, camera):
    """A function from a mask on the page to the pixels whose mesh points lie there."""
    from relens.render.mesh import MeshEngine

    depth_m = MeshEngine(fitted.mesh).pinhole_depth_m(camera)
    rows, columns = np.nonzero(np.isfinite(depth_m))
    points = camera.unproject(np.stack([columns + 0.5, rows + 0.5, 1 / depth_m[rows, columns]], -1))
    at = np.floor(fitted.field.texels(points)).astype(int)

    def pixels(mask):
        seen = np.zeros(depth_m.shape, bool)
        seen[rows, columns] = mask[at[:, 1], at[:, 0]]
        return seen

    return pixels


def test_an_edit_shows_without_the_mesh_too(folder):
    fit, camera = page(), photos().photos[0].camera
    red = replace(fit, page=fit.page * np.float32([1, 0, 0, 1]))
    before, after = render_page(fit, exact_sight, camera), render_page(red, exact_sight, camera)
    assert after[..., 1:].max() == 0 and after[..., 0] == pytest.approx(before[..., 0], abs=1e-6)


@pytest.mark.parametrize("kind", ["8 bit", "no alpha", "twice as large", "profile-free grey"])
def test_what_editors_make_of_a_page_is_read(folder, kind):
    before = load_fit(folder).mesh.parts[0].texture
    edited = codes(folder)
    if kind == "8 bit":
        edited = (edited / 257).round().astype(np.uint8)
    elif kind == "no alpha":
        edited = edited[..., :3]
    elif kind == "twice as large":
        edited = np.kron(edited, np.ones((2, 2, 1), np.uint16))
    else:
        edited = edited[..., 1]
    cv2.imwrite(str(folder / "page.png"), edited)
    fitted = load_fit(folder)
    texture = fitted.mesh.parts[0].texture
    assert texture.shape[:2] == edited.shape[:2]
    opaque = before[..., 3] == 1
    if kind == "8 bit":
        assert texture == pytest.approx(before, abs=5e-3)
    if kind == "no alpha":
        assert texture[opaque] == pytest.approx(before[opaque], abs=1e-6) and (texture[..., 3] == 1).all()
    if kind == "twice as large":
        assert (texture[::2, ::2] == before).all()


def test_under_alpha_0_the_colours_run_on(saved):
    page_codes = codes(saved)
    clear = page_codes[..., 3] == 0
    beside = cv2.dilate((~clear).astype(np.uint8), np.ones((3, 3))) > 0
    assert (page_codes[clear & beside][:, :3].max(axis=1) > 2000).all()


def test_other_programs_see_the_model_and_its_cameras(saved):
    from relens.mesh_file import read_mesh

    (theirs,), (ours,) = read_mesh(saved / "model.gltf").parts, load_fit(saved).mesh.parts
    assert theirs.vertices_m == pytest.approx(ours.vertices_m, abs=1e-5)
    assert theirs.uv == pytest.approx(ours.uv, abs=1e-5)
    assert theirs.texture.shape == ours.texture.shape
    cameras = read_transforms(saved / "transforms.json")
    flip = np.diag([1.0, -1, -1, 1])
    for camera, photo in zip(cameras, photos().photos, strict=True):
        assert flip @ camera.camera.camera_to_world == pytest.approx(photo.camera.camera_to_world)
        assert camera.camera.intrinsics.fx_px == photo.camera.intrinsics.fx_px


def test_light_above_1_comes_back(tmp_path):
    bright = replace(page(), page=page().page * np.float32([3, 3, 3, 1]))
    save_fit(tmp_path / "bright.fit", photos(), None, mesh(), bright)
    assert load_fit(tmp_path / "bright.fit").mesh.parts[0].texture == pytest.approx(bright.page, abs=5e-4)


@pytest.mark.parametrize("name", sorted(FILES - {"transforms.json"}))
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileError, match=name):
        load_fit(folder)


@pytest.mark.parametrize("name", sorted(FILES - {"transforms.json"}))
def test_a_file_cut_short_is_named(folder, name):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(FileError) as error:
        load_fit(folder)
    assert name in str(error.value) or (name == "model.bin" and "model.gltf" in str(error.value))


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"version": 2}, "update relens"),
        ({"format": "relens-scene"}, "expected 'relens-fit'"),
        ({"gain": 0.5}, "gain"),
        ({"reference": 99}, "reference"),
        ({"dataset_from_world": [[1.0]]}, "dataset_from_world"),
        ({"extra": 1}, "extra"),
    ],
    ids=str,
)
def test_what_no_fit_says_is_refused(folder, values, problem):
    change(folder, **values)
    with pytest.raises(FileError, match=problem):
        load_fit(folder)


def test_numbers_that_are_none_are_refused(folder):
    data = bytearray((folder / "model.bin").read_bytes())
    data[:4] = np.float32(np.nan).tobytes()
    (folder / "model.bin").write_bytes(data)
    with pytest.raises(FileError, match="finite"):
        load_fit(folder)


def test_a_page_of_another_shape_is_refused(folder):
    cv2.imwrite(str(folder / "page.png"), codes(folder)[:-9])
    with pytest.raises(FileError, match="same shape"):
        load_fit(folder)


def test_a_page_that_is_no_png_is_refused(folder):
    cv2.imwrite(str(folder / "page.jpg"), np.zeros((9, 9, 3), np.uint8))
    (folder / "page.jpg").rename(folder / "page.png")
    with pytest.raises(FileError, match="not a PNG"):
        load_fit(folder)


def test_only_a_fit_is_replaced(folder, tmp_path):
    require_fit_path(folder)
    require_fit_path(tmp_path / "new.fit")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FileError, match=r"notes\.txt"):
        save_fitted(folder, load_fit(folder))
    (folder / "notes.txt").unlink()
    save_fitted(folder, load_fit(folder))
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match="does not know as a fit"):
        require_fit_path(other)
    with pytest.raises(FileError, match="is a file"):
        require_fit_path(other / "mine.txt")


def test_a_crash_leaves_the_old_fit(folder, monkeypatch):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("relens.multiview.fit_folder.save.write_manifest", crash)
    with pytest.raises(KeyboardInterrupt):
        save_fitted(folder, load_fit(folder))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]


def test_no_such_fit(tmp_path):
    with pytest.raises(FileError, match="no such fit"):
        load_fit(tmp_path / "none.fit")
