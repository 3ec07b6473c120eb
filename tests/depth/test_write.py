from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from relens.depth import read_depth
from relens.depth.write import require_depth_path, write_depth, write_uncertainty
from relens.errors import FileError

_FLOATS = (".exr", ".npz", ".npy", ".pfm", ".tif", ".tiff")
_RELIEF = arrays(np.float32, (3, 5), elements=st.sampled_from([0.0, np.nan, 0.25, 1.0, 3.7, 40.0]))


@pytest.mark.parametrize("suffix", _FLOATS)
@given(relief=_RELIEF.filter(lambda relief: not np.isnan(relief).all()))
@settings(max_examples=15)
def test_what_is_written_is_read_back(relief: np.ndarray, suffix: str, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("depth") / f"depth{suffix}"
    write_depth(path, relief)
    np.testing.assert_allclose(read_depth(path).inverse_depth, relief, rtol=1e-6)


@given(arrays(np.float32, (3, 5), elements=st.floats(0.25, 40, width=32)))
@settings(max_examples=15)
def test_png_holds_millimetres(tmp_path_factory, relief: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("depth") / "depth.png"
    write_depth(path, relief)
    assert np.abs(1 / read_depth(path).inverse_depth - 1 / relief).max() <= 0.00051


@pytest.mark.parametrize("far", [0.0, 1 / 70])
def test_png_refuses_what_it_cannot_hold(tmp_path: Path, far: float) -> None:
    with pytest.raises(FileError, match=r"at most 65\.535 m in a PNG; write \.exr"):
        write_depth(tmp_path / "depth.png", np.array([[far, 1.0]], np.float32))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["depth.jpg", "depth", "missing/depth.exr"])
def test_a_path_that_cannot_work_is_refused_early(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match=r"expected one of|does not exist"):
        require_depth_path(tmp_path / name)
    with pytest.raises(FileError):
        write_depth(tmp_path / name, np.ones((2, 2), np.float32))


def test_uncertainty_is_written_as_it_is(tmp_path: Path) -> None:
    sigma = np.array([[0.01, np.nan], [0.2, 0.3]], np.float32)
    write_uncertainty(tmp_path / "u.npz", sigma)
    assert np.array_equal(np.load(tmp_path / "u.npz")["uncertainty"], sigma, equal_nan=True)
    with pytest.raises(FileError, match=r"uncertainty cannot be written as \.png"):
        write_uncertainty(tmp_path / "u.png", sigma)
