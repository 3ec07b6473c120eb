from pathlib import Path

import numpy as np
import pytest
from fitted_pages import mesh, page, photos
from small_scene import small_scene

from relens.camera import Camera, Intrinsics
from relens.errors import FileError, ValueRangeError
from relens.multiview.fit_folder import load_fit, save_fit
from relens.multiview.nerfstudio.scene_views import fit_views, is_scene, scene_views
from relens.scene import Layer, Scene


def test_a_scene_is_seen_from_around_its_photo(tmp_path: Path) -> None:
    rgba = np.ones((12, 16, 4), np.float32)
    rgba[..., :3] = np.random.default_rng(3).random((12, 16, 3))
    wall = Layer("wall", rgba, np.full((12, 16), 0.5, np.float32))
    Scene(Camera(Intrinsics.centred(100, 12, 8)), (wall,), border_px=2).save(tmp_path / "wall.relens")
    views = scene_views(tmp_path / "wall.relens", 5, 0.02)
    assert is_scene(tmp_path / "wall.relens") and not is_scene(tmp_path)
    eyes_m = np.array([photo.camera.eye_m for photo in views.photos])
    assert np.allclose(np.linalg.norm(eyes_m, axis=1), [0, *[0.02] * 4])
    assert np.allclose(eyes_m[1:].mean(axis=0), 0, atol=1e-12)
    # At 2 m, 20 mm are a pixel: what stands to the right sees everything a pixel further to the left.
    for photo, (right_px, down_px) in zip(views.photos, [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)], strict=True):
        seen = rgba[2 + down_px : 10 + down_px, 2 + right_px : 14 + right_px, :3]
        assert np.abs(photo.linear - seen).max() < 0.01
        assert photo.mask is None and photo.prior is not None
        assert np.allclose(photo.prior.inverse_depth, 0.5)


def test_a_scene_needs_two_views(tmp_path: Path) -> None:
    small_scene().save(tmp_path / "small.relens")
    with pytest.raises(ValueRangeError, match="at least two"):
        scene_views(tmp_path / "small.relens", 1)


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
