"""A binary COLMAP model that ends before what it announces is refused; pycolmap would read on for hours."""

import numpy as np
import pytest

from relens.errors import FileError
from relens.path.colmap import read_colmap

pycolmap = pytest.importorskip("pycolmap", reason="pycolmap is not installed: pip install 'relens[colmap]'")


@pytest.fixture
def folder(tmp_path):
    """Two cameras in one rig, with points and tracks."""
    options = pycolmap.SyntheticDatasetOptions()
    options.num_rigs, options.num_cameras_per_rig, options.num_frames_per_rig, options.num_points3D = 1, 2, 2, 5
    pycolmap.synthesize_dataset(options).write_binary(str(tmp_path))
    return tmp_path


def test_a_whole_model_is_read(folder):
    assert len(read_colmap(folder)) == 4


@pytest.mark.parametrize("name", ["cameras", "images", "points3D", "rigs", "frames"])
def test_cut_short_anywhere(folder, name):
    file = folder / f"{name}.bin"
    whole = file.read_bytes()
    for size in (0, 4, 8, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:size])
        with pytest.raises(FileError, match=f"{name}.bin: is cut short" if size < 8 or size > 8 else ""):
            read_colmap(folder)


def test_a_count_beyond_the_file(folder):
    file = folder / "points3D.bin"
    file.write_bytes(np.uint64(1 << 62).tobytes() + file.read_bytes()[8:])
    with pytest.raises(FileError, match=r"points3D\.bin: is cut short"):
        read_colmap(folder)
