from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from relens.photo import read_photo, srgb_decode
from relens.photo.colour_space import DISPLAY_P3, REC_709
from relens.photo.icc import build_icc

_RGBA = np.random.default_rng(3).integers(0, 65536, (5, 4, 4)).astype(np.uint16)


def _read(tmp_path: Path, array: np.ndarray, **options):
    tifffile.imwrite(tmp_path / "a.tif", array, **options)
    return read_photo(tmp_path / "a.tif")


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_16_bit(compression, planar: str, tmp_path: Path) -> None:
    array = _RGBA[..., :3] if planar == "contig" else np.moveaxis(_RGBA[..., :3], 2, 0)
    photo = _read(
        tmp_path, np.ascontiguousarray(array), photometric="rgb", planarconfig=planar, compression=compression
    )
    np.testing.assert_allclose(photo.linear, srgb_decode(_RGBA[..., :3] / 65535.0), atol=1e-6)
    assert photo.encoding == "TIFF 16-bit sRGB"


def test_big_endian(tmp_path: Path) -> None:
    photo = _read(tmp_path, _RGBA[..., :3].copy(), photometric="rgb", byteorder=">")
    np.testing.assert_allclose(photo.linear, srgb_decode(_RGBA[..., :3] / 65535.0), atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_compressed_with_alpha_through_opencv(dtype, tmp_path: Path) -> None:
    # OpenCV writes LZW.
    array = _RGBA if dtype == np.uint16 else (_RGBA / 65535).astype(np.float32)
    data = cv2.imencode(".tif", array[..., [2, 1, 0]], [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1].tobytes()
    (tmp_path / "a.tif").write_bytes(data)
    photo = read_photo(tmp_path / "a.tif")
    values = _RGBA[..., :3] / 65535.0
    np.testing.assert_allclose(photo.linear, values if dtype == np.float32 else srgb_decode(values), atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_are_linear(dtype, tmp_path: Path) -> None:
    light = np.array([[[-0.5, 0.25, 4.0]]], dtype)
    photo = _read(tmp_path, light, photometric="rgb")
    np.testing.assert_array_equal(photo.linear, light.astype(np.float32))
    assert photo.encoding == f"TIFF {np.dtype(dtype).itemsize * 8}-bit float linear"


def test_float_grey_with_profile(tmp_path: Path) -> None:
    photo = _read(tmp_path, np.full((2, 2), 0.5, np.float32), iccprofile=build_icc("gamma 2", REC_709, 2.0))
    np.testing.assert_allclose(photo.linear, np.full((2, 2, 3), 0.25), rtol=1e-5)


def test_16_bit_with_wide_gamut_profile_keeps_the_gamut(tmp_path: Path) -> None:
    green = np.full((1, 1, 3), [0, 65535, 0], np.uint16)
    photo = _read(tmp_path, green, photometric="rgb", iccprofile=build_icc("Display P3", DISPLAY_P3))
    # CSS Color 4: color(display-p3 0 1 0) is color(srgb-linear -0.2249 1.0421 -0.0786).
    np.testing.assert_allclose(photo.linear[0, 0], [-0.2249, 1.0421, -0.0786], atol=3e-4)


def test_straight_and_associated_alpha(tmp_path: Path) -> None:
    straight = np.full((1, 1, 4), [40000, 20000, 0, 32768], np.uint16)
    associated = straight.copy()
    associated[..., :3] //= 2
    for array, kind in ((straight, "unassalpha"), (associated, "assocalpha")):
        photo = _read(tmp_path, array, photometric="rgb", extrasamples=[kind])
        assert photo.alpha is not None
        np.testing.assert_allclose(photo.alpha, 0.5, atol=1e-4)
        np.testing.assert_allclose(photo.linear[0, 0], srgb_decode(straight[0, 0, :3] / 65535.0), atol=1e-4)


def test_grey_with_alpha_and_inverted_grey(tmp_path: Path) -> None:
    photo = _read(
        tmp_path, _RGBA[..., :2].copy(), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]
    )
    np.testing.assert_allclose(photo.linear[..., 2], srgb_decode(_RGBA[..., 0] / 65535.0), atol=1e-6)
    assert photo.alpha is not None
    np.testing.assert_allclose(photo.alpha, _RGBA[..., 1] / 65535, atol=1e-6)
    photo = _read(tmp_path, np.zeros((2, 2), np.uint16), photometric="miniswhite")
    np.testing.assert_allclose(photo.linear, 1)


def test_a_thumbnail_is_no_second_page(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as tiff:
        tiff.write(_RGBA[..., :3].copy(), photometric="rgb")
        tiff.write(_RGBA[:2, :2, :3].copy(), photometric="rgb", subfiletype=1)
    assert read_photo(tmp_path / "a.tif").linear.shape == (5, 4, 3)
