"""Photos are straightened and reduced in linear light; what is transparent or masked does not colour the rest."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from posed_scene import posed_cameras, trace, write_dataset

from relens.camera import Camera
from relens.errors import FileError
from relens.multiview.photos import PhotoRequest, read_photos
from relens.multiview.photos.dataset import list_photos
from relens.multiview.photos.load import load_photo
from relens.photo import srgb_encode


def said_more(folder, **more):
    file = folder / "transforms.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | more))
    return folder


def test_reduced_by_area_in_linear_light(tmp_path):
    write_dataset(tmp_path, count=2, width_px=96, depth=None)
    black_and_white = np.zeros((72, 96, 3), np.uint8)
    black_and_white[:, ::2] = 255
    Image.fromarray(black_and_white).save(tmp_path / "images" / "photo_0.png")
    photo = load_photo(list_photos(tmp_path)[0], 48)
    assert photo.linear.shape == (36, 48, 3)
    np.testing.assert_allclose(photo.linear, 0.5, atol=1e-6)
    expected = replace(posed_cameras(1, 48)[0].intrinsics, source="transforms.json")
    assert photo.camera.intrinsics == expected
    assert load_photo(list_photos(tmp_path)[0], None).linear.shape == (72, 96, 3)
    # What is transparent has no colour of its own.
    clear = np.concatenate([black_and_white, black_and_white[..., :1]], axis=-1)
    clear[:, :20] = [255, 0, 0, 0]
    Image.fromarray(clear).save(tmp_path / "images" / "photo_0.png")
    photo = load_photo(list_photos(tmp_path)[0], 48)
    np.testing.assert_allclose(photo.linear[:, 10:], 1, atol=1e-6)
    assert not photo.mask[:, :10].any() and photo.mask[:, 10:].all()


def test_mixed_sizes(tmp_path):
    write_dataset(tmp_path, count=4, width_px=96, depth=None)
    file = tmp_path / "transforms.json"
    said = json.loads(file.read_text())
    k = posed_cameras(1, 96)[0].intrinsics
    camera = posed_cameras(4, 96)[1]
    codes = np.round(255 * srgb_encode(trace(Camera(k.resized(144, 108), camera.camera_to_world)).linear))
    Image.fromarray(codes.astype(np.uint8)).save(tmp_path / "images" / "photo_1.png")
    said["frames"][1] |= {"w": 144, "h": 108, "fl_x": k.fx_px * 1.5, "fl_y": k.fy_px * 1.5, "cx": 72, "cy": 54}
    file.write_text(json.dumps(said))
    photos = read_photos(tmp_path, PhotoRequest(longest_px=120, box_m=((-1, -1, 1), (1, 1, 3))))
    assert [photo.linear.shape[1] for photo in photos.photos] == [96, 120, 96, 96]
    assert photos.reprojection_px is None or photos.reprojection_px < 0.5


@pytest.mark.parametrize("lens", [{"k1": -0.25, "k2": 0.04, "p1": 0.004, "p2": -0.003}, {"k1": 0.2}])
def test_known_distortion_is_taken_out(tmp_path, lens):
    write_dataset(tmp_path, count=3, width_px=160, depth="npz")
    said_more(tmp_path, **lens)
    k = posed_cameras(1, 160)[0].intrinsics
    pinhole = np.array([[k.fx_px, 0, k.cx_px - 0.5], [0, k.fy_px, k.cy_px - 0.5], [0, 0, 1]])
    bent = np.array([lens.get(name, 0) for name in ("k1", "k2", "p1", "p2")])
    rows, columns = np.mgrid[:120, :160].astype(np.float32)
    straight = cv2.undistortPoints(np.stack([columns, rows], -1).reshape(-1, 1, 2), pinhole, bent, P=pinhole)
    column, row = np.moveaxis(straight.reshape(120, 160, 2).astype(np.float32), -1, 0)
    for index, camera in enumerate(posed_cameras(3, 160)):
        seen = trace(camera)
        taken = cv2.remap(seen.linear, column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        codes = np.round(255 * srgb_encode(np.clip(taken, 0, 1))).astype(np.uint8)
        Image.fromarray(codes).save(tmp_path / "images" / f"photo_{index}.png")
        depth = cv2.remap(1 / seen.inverse_depth, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        np.savez(tmp_path / "depth" / f"photo_{index}.npz", depth=depth)
    photos = read_photos(tmp_path)
    assert not any("distortion" in note for note in photos.notes)
    assert photos.reprojection_px < 0.5
    seen = trace(posed_cameras(3, 160)[1])
    photo = photos.photos[1]
    inside = np.zeros((120, 160), bool)
    inside[12:-12, 12:-12] = True
    off = np.abs(photo.linear - seen.linear).max(axis=2)
    assert np.median(off[inside]) < 0.03
    ratio = photo.prior.inverse_depth / seen.inverse_depth
    assert np.nanquantile(np.abs(ratio[inside] - 1), 0.8) < 0.03
    if lens["k1"] > 0:
        # Pincushion: the corners of the straight picture are not in the photo.
        assert photo.mask is not None and not photo.mask[0, 0] and photo.mask[inside].all()
    else:
        assert photo.mask is None


def test_distortion_without_a_model_stops(tmp_path):
    said_more(write_dataset(tmp_path, count=3), k1=0.1, k4=0.01)
    with pytest.raises(FileError, match=r"photo_0\.png: .*k4=0\.01: OpenCV has no model for it; undistort the photos"):
        read_photos(tmp_path)


def test_a_photo_that_exif_turns(tmp_path):
    write_dataset(tmp_path, count=3, depth=None)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (48, 36)).save(tmp_path / "images" / "photo_0.jpg", exif=exif)
    (tmp_path / "images" / "photo_0.jpg").rename(tmp_path / "images" / "photo_0.png")
    with pytest.raises(
        FileError, match="the photo is 36x48; expected its camera's 48x36; its EXIF orientation turns it"
    ):
        read_photos(tmp_path)
