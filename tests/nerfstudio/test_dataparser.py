from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from posed_scene import posed_cameras, write_dataset

from relens.camera import Camera, opencv_from_opengl
from relens.errors import RelensError
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.multiview.nerfstudio.open_nerfstudio import cameras_of
from relens.photo import srgb_encode


def _parsed(data: Path, split: str = "train", **settings):
    from relens.multiview.nerfstudio.dataparser import RelensDataParserConfig

    return RelensDataParserConfig(data=data, **settings).setup().get_dataparser_outputs(split)


def _frame(outputs) -> ModelFrame:
    to_model = np.eye(4)
    to_model[:3] = outputs.dataparser_transform.numpy()
    return ModelFrame(to_model, outputs.dataparser_scale)


def test_nerfstudio_knows_it_by_name() -> None:
    from nerfstudio.configs.dataparser_configs import all_dataparsers

    assert type(all_dataparsers["relens-data"]).__name__ == "RelensDataParserConfig"


def test_cameras_go_there_and_back(photos_folder: Path) -> None:
    outputs = _parsed(photos_folder, held_out_every=0)
    back = cameras_of(outputs.cameras, _frame(outputs))
    expected = posed_cameras(8, 48)
    assert len(back) == len(expected) == len(outputs.image_filenames)
    for camera, other in zip(back, expected, strict=True):
        assert np.allclose(camera.camera_to_world, other.camera_to_world, atol=1e-5)
        assert camera.intrinsics.fx_px == pytest.approx(other.intrinsics.fx_px)


def test_a_data_set_of_another_unit_and_world_is_undone(tmp_path: Path) -> None:
    similarity = 3.0 * np.array([[0.0, 1, 0, 0.5], [0, 0, 1, -1], [1, 0, 0, 2], [0, 0, 0, 1 / 3]])
    folder = write_dataset(tmp_path / "turned", count=4, width_px=48, dataset_from_world=similarity)
    outputs = _parsed(folder, held_out_every=0)
    frame = _frame(outputs)
    photos = outputs.metadata["photo_set"]
    for camera, photo, ours in zip(
        cameras_of(outputs.cameras, frame), photos.fitted, posed_cameras(4, 48), strict=True
    ):
        assert np.allclose(camera.eye_m, (similarity @ [*ours.eye_m, 1])[:3], atol=1e-4)
        # The photo set's own metres, through its own frame.
        inside = outputs.metadata["frame"].point(photo.camera.eye_m)
        assert np.allclose(inside, frame.point(camera.eye_m), atol=1e-4)


def test_what_is_to_be_fitted_fills_the_box_of_two(photos_folder: Path) -> None:
    aabb = _parsed(photos_folder).scene_box.aabb.numpy()
    assert (aabb[1] - aabb[0]).max() == pytest.approx(2, rel=1e-5)
    assert np.allclose(aabb.mean(axis=0), 0, atol=1e-5)


def test_the_model_stands_upright(photos_folder: Path) -> None:
    outputs = _parsed(photos_folder, held_out_every=0)
    pose = np.eye(4)
    pose[:3] = outputs.cameras.camera_to_worlds[4].numpy()
    assert opencv_from_opengl(pose)[2, 1] < -0.9


def test_photos_come_as_they_were_read(photos_folder: Path) -> None:
    outputs = _parsed(photos_folder, held_out_every=0)
    for file, photo in zip(outputs.image_filenames, outputs.metadata["photo_set"].fitted, strict=True):
        codes = np.asarray(Image.open(file), float) / 255
        assert np.abs(codes - srgb_encode(photo.linear)).max() <= 0.51 / 255


def test_held_out_photos_are_for_evaluation(photos_folder: Path) -> None:
    from relens.multiview.nerfstudio.dataparser import RelensDataParserConfig

    parser = RelensDataParserConfig(data=photos_folder, held_out_every=3).setup()
    train, test = (parser.get_dataparser_outputs(split) for split in ("train", "val"))
    names = [{file.name for file in outputs.image_filenames} for outputs in (train, test)]
    assert names[0] and names[1] and not names[0] & names[1]
    assert len(names[0] | names[1]) == 8


def test_masks_come_along(tmp_path: Path) -> None:
    outputs = _parsed(write_dataset(tmp_path / "masked", count=4, masks=True))
    mask = np.asarray(Image.open(outputs.mask_filenames[0]))
    assert set(np.unique(mask)) == {0, 255}


def test_a_scene_folder_is_photographed_from_around_its_photo(tmp_path: Path) -> None:
    from small_scene import small_scene

    from relens import Scene

    scene: Scene = small_scene()
    scene.save(tmp_path / "small.relens")
    outputs = _parsed(tmp_path / "small.relens", views=3, reach_m=0.02)
    photos = outputs.metadata["photo_set"].photos
    assert len(photos) == len(outputs.image_filenames) == 3
    assert np.allclose(photos[0].camera.camera_to_world, np.eye(4))
    assert np.linalg.norm(photos[2].camera.eye_m) == pytest.approx(0.02)
    back: Camera = cameras_of(outputs.cameras, _frame(outputs))[1]
    assert np.allclose(back.camera_to_world, photos[1].camera.camera_to_world, atol=1e-5)


def test_photos_that_cannot_be_fitted_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RelensError):
        _parsed(write_dataset(tmp_path / "one", count=4, broken="one photo"))
