from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from relens.errors import FileError
from relens.photo import read_photo
from relens.photo.colour_space import DISPLAY_P3, matrix_to_srgb

_LIGHT = (np.random.default_rng(5).random((4, 6, 3)) * 8 - 0.5).astype(np.float32)


def _read(tmp_path: Path, channels: dict, **header):
    path = str(tmp_path / "a.exr")
    OpenEXR.File({"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION, **header}, channels).write(
        path
    )
    return read_photo(path)


def test_light_is_taken_as_it_is(tmp_path: Path) -> None:
    photo = _read(tmp_path, {"RGB": _LIGHT})
    np.testing.assert_array_equal(photo.linear, _LIGHT)
    assert photo.encoding == "EXR float linear"


def test_half_and_grey(tmp_path: Path) -> None:
    photo = _read(tmp_path, {"Y": _LIGHT[..., 0].astype(np.float16)})
    np.testing.assert_array_equal(photo.linear[..., 2], _LIGHT[..., 0].astype(np.float16))
    assert photo.encoding == "EXR half grey linear"


def test_premultiplied_colour_comes_out_straight(tmp_path: Path) -> None:
    rgba = np.concatenate([_LIGHT * 0.25, np.full((4, 6, 1), 0.25, np.float32)], axis=2)
    rgba[0, 0] = 0.5, 0.5, 0.5, 0.0
    photo = _read(tmp_path, {"RGBA": rgba})
    np.testing.assert_allclose(photo.linear[1:], _LIGHT[1:], rtol=1e-6)
    # Light without coverage (a glow) has no straight form; it stays as it is.
    np.testing.assert_allclose(photo.linear[0, 0], 0.5)
    assert photo.alpha is not None and photo.alpha[1, 1] == 0.25


def test_chromaticities_are_converted(tmp_path: Path) -> None:
    numbers = tuple(float(x) for pair in DISPLAY_P3 for x in pair)
    photo = _read(tmp_path, {"RGB": _LIGHT}, chromaticities=numbers)
    matrix = matrix_to_srgb(DISPLAY_P3)
    assert matrix is not None
    np.testing.assert_allclose(photo.linear, _LIGHT @ matrix.T, atol=1e-4)


def test_chroma_is_refused(tmp_path: Path) -> None:
    plane = _LIGHT[..., 0].copy()
    with pytest.raises(FileError, match="luminance and chroma"):
        _read(tmp_path, {"Y": plane, "RY": plane, "BY": plane})
