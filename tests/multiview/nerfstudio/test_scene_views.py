from pathlib import Path

import numpy as np
import pytest
from fitted_pages import mesh, page, photos
from small_scene import small_scene

from relens import Lens, shoot
from relens.errors import FileError, ValueRangeError
from relens.multiview.fit_folder import load_fit, save_fit
from relens.multiview.nerfstudio.scene_views import fit_views, is_scene, scene_views


@pytest.fixture
def scene_folder(tmp_path: Path) -> Path:
    small_scene().save(tmp_path / "small.relens")
    return tmp_path / "small.relens"


def test_a_scene_is_seen_from_around_its_photo(scene_folder: Path) -> None:
    scene = small_scene()
    views = scene_views(scene_folder, 5, 0.02)
    assert is_scene(scene_folder) and not is_scene(scene_folder.parent)
    eyes_m = np.array([photo.camera.eye_m for photo in views.photos])
    assert np.allclose(np.linalg.norm(eyes_m, axis=1), [0, *[0.02] * 4])
    assert np.allclose(eyes_m[1:].mean(axis=0), 0, atol=1e-12)
    for photo in views.photos[::2]:
        picture = shoot(scene, Lens(1, 128), camera=photo.camera, samples=1, engine="reference")
        assert np.abs(photo.linear - picture.linear).max() < 0.02
        assert np.allclose(1 / photo.prior.inverse_depth, picture.depth_m, rtol=1e-3)
    assert views.photos[0].mask is None


def test_a_scene_needs_two_views(scene_folder: Path) -> None:
    with pytest.raises(ValueRangeError, match="at least two"):
        scene_views(scene_folder, 1)


def test_a_fit_is_seen_from_where_its_photos_were(tmp_path: Path) -> None:
    folder = tmp_path / "scene.fit"
    save_fit(folder, photos(), None, mesh(), page())
    views, fit = fit_views(folder), load_fit(folder)
    assert len(views.photos) == len(fit.photos)
    assert views.held_out == tuple(index for index, photo in enumerate(fit.photos) if photo.held_out)
    assert np.array_equal(views.box_m, fit.box_m)
    for photo, original in zip(views.photos, photos().photos, strict=True):
        assert np.allclose(photo.camera.camera_to_world, original.camera.camera_to_world, atol=1e-6)
        shown = np.ones(photo.linear.shape[:2], bool) if photo.mask is None else photo.mask
        assert shown.mean() > 0.5
        assert np.abs(photo.linear - original.linear)[shown].mean() < 0.06


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        scene_views(tmp_path)
    with pytest.raises(FileError):
        fit_views(tmp_path)
