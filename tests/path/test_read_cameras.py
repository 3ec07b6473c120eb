"""read_cameras finds the file's kind by itself and puts cameras in the order of their names."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from relens.errors import FileError
from relens.path.read_cameras import read_cameras

FILES = Path(__file__).parent / "files"


def test_numbers_in_names_count_as_numbers(tmp_path):
    names = ["r_10", "r_9", "r_1", "q_11", "r_1b"]
    frames = [{"file_path": name, "transform_matrix": np.eye(4).tolist()} for name in names]
    file = tmp_path / "transforms_train.json"
    file.write_text(json.dumps({"w": 8, "h": 6, "fl_x": 9, "frames": frames}))
    assert [posed.name for posed in read_cameras(file)] == ["q_11", "r_1", "r_1b", "r_9", "r_10"]


def test_a_folder_holds_a_transforms_json(tmp_path):
    shutil.copy(FILES / "nerfstudio_transforms.json", tmp_path / "transforms.json")
    assert len(read_cameras(tmp_path)) == 4


def test_a_folder_holds_a_colmap_model(tmp_path):
    pytest.importorskip("pycolmap", reason="pycolmap is not installed: pip install 'relens[colmap]'")
    (tmp_path / "cameras.txt").write_text("1 PINHOLE 640 480 500 500 320 240\n")
    (tmp_path / "images.txt").write_text("1 1 0 0 0 1 2 3 1 b.jpg\n\n2 1 0 0 0 4 5 6 1 a.jpg\n\n")
    (tmp_path / "points3D.txt").write_text("")
    cameras = read_cameras(tmp_path)
    assert [posed.name for posed in cameras] == ["a.jpg", "b.jpg"]
    np.testing.assert_allclose(cameras[0].camera.eye_m, [-4, -5, -6])


def test_anything_else_is_refused(tmp_path):
    for place in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FileError, match=r"holds no cameras; expected a transforms\.json or the folder of a COLMAP"):
            read_cameras(place)
