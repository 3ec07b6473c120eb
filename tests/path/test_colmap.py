"""A COLMAP model gives the cameras with which COLMAP itself projects: the same pixels for the same points."""

import numpy as np
import pytest

from relens.errors import FileError, MissingPackageError
from relens.path.colmap import read_colmap

pycolmap = pytest.importorskip("pycolmap", reason="pycolmap is not installed: pip install 'relens[colmap]'")

POSES = {"b.jpg": ([0.1, -0.2, 0.3, 0.9], [0.1, 0.2, 3.0]), "a.jpg": ([0.0, 0.5, 0.1, 0.8], [-0.4, 0.1, 2.5])}


def model(kind="PINHOLE", params=(500, 510, 322, 238)):
    made = pycolmap.Reconstruction()
    made.add_camera_with_trivial_rig(
        pycolmap.Camera(model=kind, width=640, height=480, params=list(params), camera_id=1)
    )
    for image_id, (name, (quaternion, translation)) in enumerate(POSES.items(), start=1):
        rotation = pycolmap.Rotation3d(np.array(quaternion) / np.linalg.norm(quaternion))
        image = pycolmap.Image(name=name, camera_id=1, image_id=image_id)
        made.add_image_with_trivial_frame(image, pycolmap.Rigid3d(rotation, np.array(translation)))
    return made


@pytest.mark.parametrize("kind", ["text", "binary"])
def test_points_fall_on_colmaps_own_pixels(tmp_path, kind):
    made = model()
    getattr(made, f"write_{kind}")(str(tmp_path))
    cameras = {posed.name: posed for posed in read_colmap(tmp_path)}
    assert set(cameras) == set(POSES)
    for image in made.images.values():
        posed = cameras[image.name]
        assert posed.note == "" and posed.camera.intrinsics.source == "COLMAP"
        for point in ([0.1, 0.2, 0.3], [-0.3, 0.1, 0.5]):
            expected = image.project_point(np.array(point, np.float64))
            np.testing.assert_allclose(posed.camera.project(np.array(point))[:2], expected, atol=1e-9)


def test_distortion_is_noted_and_fisheyes_are_refused(tmp_path):
    model("OPENCV", (500, 510, 322, 238, 0.01, 0, 0, -0.002)).write_text(str(tmp_path))
    [posed, _] = read_colmap(tmp_path)
    assert posed.note == "lens distortion is not taken out: k1=0.01, p2=-0.002"
    assert (posed.camera.intrinsics.fx_px, posed.camera.intrinsics.fy_px) == (500, 510)
    model("SIMPLE_RADIAL", (500, 322, 238, 0)).write_text(str(tmp_path))
    assert read_colmap(tmp_path)[0].note == ""
    model("OPENCV_FISHEYE", (500, 510, 322, 238, 0, 0, 0, 0)).write_text(str(tmp_path))
    with pytest.raises(FileError, match=r"image \d \([ab]\.jpg\): camera model=OPENCV_FISHEYE: expected a pinhole"):
        read_colmap(tmp_path)


def text_model(tmp_path, images, cameras="1 PINHOLE 640 480 500 500 320 240\n", points=""):
    for name, text in (("cameras", cameras), ("images", images), ("points3D", points)):
        if text is not None:
            (tmp_path / f"{name}.txt").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": ""}, r"has no registered image"),
        ({"images": "1 1 0 0 0 nan 2 3 1 a.jpg\n\n"}, r"is no COLMAP model that pycolmap"),
        ({"images": "1 1 0 0 0\n\n"}, r"is no COLMAP model that pycolmap"),
        ({"images": "1 1 0 0 0 1 2 3 9 a.jpg\n\n"}, r"is no COLMAP model that pycolmap"),
        ({"images": "", "cameras": "1 FOO 640 480 500\n"}, r"is no COLMAP model .*Camera model does not exist"),
        ({"images": "", "points": None}, r"lacks points3D\.txt; expected a COLMAP model"),
    ],
)
def test_a_broken_model_is_one_line(tmp_path, changes, message):
    folder = text_model(tmp_path, **changes)
    with pytest.raises(FileError, match=message) as error:
        read_colmap(folder)
    assert str(error.value).startswith(f"{folder}: ")


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(FileError, match=r"is no COLMAP model; expected a folder with cameras, images and points3D"):
        read_colmap(tmp_path)


def test_without_pycolmap_it_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pycolmap", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'relens\[colmap\]'"):
        read_colmap(tmp_path)
