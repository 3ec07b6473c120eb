"""Data sets that cannot be read say so in one line; COLMAP's and Blender's are read as such."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from posed_scene import posed_cameras, trace, write_dataset
from unchecked import unchecked

from relens.camera import opengl_from_opencv
from relens.errors import FileError, RelensError, ValueRangeError
from relens.multiview.photos import PhotoRequest, read_photos
from relens.multiview.photos.dataset import list_photos
from relens.photo import srgb_encode


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("one photo", r"has only one photo to fit; expected many: of one, `relens lift` makes a scene"),
        ("no frames", r"has no frames; expected a list"),
        ("missing photo", r"lists 4 photos, of which 1 are missing, .*photo_2\.png first"),
        ("unreadable photo", r"photo_2\.png: "),
        ("photo size", r"photo_0\.png: the photo is 48x36; expected its camera's 54x36"),
        ("nan pose", r"frames\[2\]: transform_matrix=NaN or infinite"),
        ("mirrored pose", r"frames\[2\]: transform_matrix=scaled, skewed or mirrored"),
        ("same place", r"all cameras stand at one point"),
        ("mask size", r"small_mask\.png: the mask is 5x5; expected its camera's 48x36"),
        ("missing mask", r"lists 1 mask files, of which 1 are missing"),
        ("missing depth", r"lists 4 depth files, of which 1 are missing, .*none\.npz first"),
        ("depth aspect", r"square\.npz: the depth is 9x9; expected its photo's aspect, 48x36"),
    ],
)
def test_broken_data_sets_are_one_line(tmp_path, broken, message):
    write_dataset(tmp_path, count=4, broken=broken)
    with pytest.raises(RelensError, match=message) as error:
        read_photos(tmp_path)
    assert "\n" not in str(error.value)


def test_what_is_no_data_set(tmp_path):
    with pytest.raises(FileError, match=r"does not exist; expected a transforms\.json"):
        read_photos(tmp_path / "nowhere")
    with pytest.raises(FileError, match=r"is no data set of posed photos; expected a transforms\.json"):
        read_photos(tmp_path)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(FileError, match="is not JSON"):
        read_photos(tmp_path / "photo.jpg")


def test_a_photo_listed_twice(tmp_path):
    file = write_dataset(tmp_path, count=3) / "transforms.json"
    said = json.loads(file.read_text())
    said["frames"].append(said["frames"][0])
    file.write_text(json.dumps(said))
    with pytest.raises(FileError, match=r"lists images/photo_0\.png more than once"):
        list_photos(file)


@pytest.mark.parametrize(
    ("request_of", "message"),
    [
        ({"longest_px": 4}, "longest_px=4"),
        ({"held_out_every": 1}, "held_out_every=1"),
        ({"box_m": ((0, 0, 0), (1, 0, 1))}, "box_m"),
        ({"depth": "network"}, 'depth=.*"files", "none" or a DepthRequest'),
    ],
)
def test_requests_are_checked(request_of, message):
    with unchecked(), pytest.raises(ValueRangeError, match=message):
        PhotoRequest(**request_of)


def test_roles(tmp_path):
    write_dataset(tmp_path, count=6)
    photos = read_photos(tmp_path, PhotoRequest(reference="photo_4.png", held_out_every=3))
    assert [photo.name for photo in photos.compared] == ["images/photo_1.png"]
    np.testing.assert_allclose(photos.photos[4].camera.camera_to_world, np.eye(4), atol=1e-12)
    with pytest.raises(
        ValueRangeError, match=r"reference='photo_9\.png': expected the name of one photo: images/photo_0"
    ):
        read_photos(tmp_path, PhotoRequest(reference="photo_9.png"))
    with pytest.raises(ValueRangeError, match=r"reference='\.png': expected the name of one photo"):
        read_photos(tmp_path, PhotoRequest(reference=".png"))
    write_dataset(tmp_path / "two", count=2)
    with pytest.raises(ValueRangeError, match="of 2 photos, at least two have to be fitted"):
        read_photos(tmp_path / "two", PhotoRequest(held_out_every=2, reference="photo_0.png"))


def test_nerfstudios_own_split(tmp_path):
    file = write_dataset(tmp_path, count=5) / "transforms.json"
    split = {"train_filenames": [], "val_filenames": ["images/photo_1.png"], "test_filenames": ["images/photo_3.png"]}
    file.write_text(json.dumps(json.loads(file.read_text()) | split))
    assert [photo.held_out for photo in list_photos(file)] == [False, True, False, True, False]
    photos = read_photos(tmp_path)
    assert photos.held_out == (1, 3)


def test_blenders_nerf_set(tmp_path):
    """Names without suffix, a field of view instead of a focal length, transparency as mask, tests held out."""
    for split, cameras in (("train", posed_cameras(8, 96, 360)), ("test", posed_cameras(24, 96, 200))):
        frames = []
        for index, camera in enumerate(cameras):
            seen = trace(camera, wall=False)
            rgb = np.round(255 * srgb_encode(seen.linear)).astype(np.uint8)
            alpha = np.where(seen.kind > 0, 255, 0).astype(np.uint8)[..., None]
            (tmp_path / split).mkdir(exist_ok=True)
            Image.fromarray(np.concatenate([rgb, alpha], -1)).save(tmp_path / split / f"r_{index}.png")
            pose = opengl_from_opencv(camera.camera_to_world).tolist()
            frames.append({"file_path": f"./{split}/r_{index}", "rotation": 0.01, "transform_matrix": pose})
        angle = 2 * np.arctan(0.5 / 0.85)
        said = {"camera_angle_x": angle, "frames": frames}
        (tmp_path / f"transforms_{split}.json").write_text(json.dumps(said))
    photos = read_photos(tmp_path, PhotoRequest(depth="none"))
    assert len(photos.fitted) == 8 and len(photos.compared) == 12
    assert photos.arrangement == "around"
    assert {photo.name.split("/")[1] for photo in photos.compared} == {"test"}
    first = photos.fitted[0]
    assert first.camera.intrinsics.fx_px == pytest.approx(0.85 * 96)
    np.testing.assert_array_equal(first.mask, trace(posed_cameras(8, 96, 360)[0], wall=False).kind > 0)


def test_a_colmap_project(tmp_path):
    """The same photos as a COLMAP project and as transforms.json are the same set."""
    pycolmap = pytest.importorskip("pycolmap", reason="pycolmap is not installed: pip install 'relens[colmap]'")
    write_dataset(tmp_path / "json", count=4, width_px=96, depth=None)
    made = pycolmap.Reconstruction()
    k = posed_cameras(1, 96)[0].intrinsics
    lens = [k.fx_px, k.fy_px, k.cx_px, k.cy_px]
    made.add_camera_with_trivial_rig(
        pycolmap.Camera(model="PINHOLE", width=k.width_px, height=k.height_px, params=lens, camera_id=1)
    )
    for index, camera in enumerate(posed_cameras(4, 96)):
        world_to_camera = np.linalg.inv(camera.camera_to_world)[:3]
        image = pycolmap.Image(name=f"photo_{index}.png", camera_id=1, image_id=index + 1)
        made.add_image_with_trivial_frame(image, pycolmap.Rigid3d(world_to_camera))
    model = tmp_path / "project" / "sparse" / "0"
    model.mkdir(parents=True)
    made.write_binary(str(model))
    shutil.copytree(tmp_path / "json" / "images", tmp_path / "project" / "images")
    expected = read_photos(tmp_path / "json")
    for place in (tmp_path / "project", model):
        found = read_photos(place)
        assert [photo.name for photo in found.photos] == [f"photo_{index}.png" for index in range(4)]
        np.testing.assert_allclose(found.box_m, expected.box_m, atol=1e-4)
        for a, b in zip(found.photos, expected.photos, strict=True):
            np.testing.assert_array_equal(a.linear, b.linear)
            np.testing.assert_allclose(a.camera.camera_to_world, b.camera.camera_to_world, atol=1e-6)
