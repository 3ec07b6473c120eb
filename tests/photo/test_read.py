"""Reading whole files: the two real portraits, and all orientations."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image
from PIL.ExifTags import Base

from relens.photo import read_photo, srgb_encode
from relens.photo.exif import load_exif

# ---------------------------------------------------------------------------------------------- the real portraits


@pytest.fixture(scope="module")
def heic_photo(heic_portrait: Path):
    return read_photo(heic_portrait)


def test_heic_portrait(heic_photo) -> None:
    k = heic_photo.intrinsics
    assert heic_photo.linear.shape == (3088, 2316, 3)
    assert heic_photo.encoding == "HEIC 8-bit Display P3"
    assert (k.fx_px, k.fy_px, k.cx_px) == (pytest.approx(2720.718), pytest.approx(2720.718), 1158)
    assert k.cy_px == pytest.approx(1544, abs=1e-3)
    assert k.source == "phone matrix"
    depth = heic_photo.embedded_depth
    assert depth.accuracy == "absolute" and depth.inverse_depth.shape == (640, 480)
    assert (depth.inverse_depth.min(), depth.inverse_depth.max()) == (
        pytest.approx(0.49365234),
        pytest.approx(3.4023438),
    )
    assert sorted(heic_photo.mattes) == ["glasses", "hair", "portrait", "skin", "teeth"]
    assert all(matte.shape == (1544, 1158) and matte.min() >= 0 for matte in heic_photo.mattes.values())
    assert heic_photo.mattes["portrait"].max() == 1
    assert heic_photo.capture.model == "iPhone 14" and heic_photo.capture.f_number == 1.9
    assert heic_photo.alpha is None
    assert heic_photo.file.name == "portrait.heic" and len(heic_photo.file.data) == 1054811


def test_heic_portrait_is_nearest_where_the_matte_is(heic_photo) -> None:
    depth = cv2.resize(heic_photo.embedded_depth.inverse_depth, (1158, 1544))
    portrait = heic_photo.mattes["portrait"]
    assert np.median(depth[portrait > 0.9]) > 2.0 > np.median(depth[portrait < 0.1])


def test_jpeg_portrait(jpeg_portrait: Path) -> None:
    photo = read_photo(jpeg_portrait)
    assert photo.linear.shape == (3088, 2316, 3)
    assert photo.encoding == "JPEG 8-bit Display P3"
    assert photo.intrinsics.fx_px == pytest.approx(2890.6306)
    assert photo.intrinsics.cx_px == pytest.approx(1163.1044)
    depth = photo.embedded_depth
    assert depth is not None and depth.accuracy == "absolute" and depth.inverse_depth.shape == (640, 480)
    assert (depth.inverse_depth.min(), depth.inverse_depth.max()) == (pytest.approx(0.554199), pytest.approx(2.808594))
    assert list(photo.mattes) == ["portrait"] and photo.mattes["portrait"].shape == (1544, 1158)


@pytest.mark.parametrize(("kind", "argument"), [(b"irot", 1), (b"irot", 3), (b"imir", 0)])
def test_heic_is_turned_once(heic_portrait: Path, heic_photo, tmp_path: Path, kind: bytes, argument: int) -> None:
    # The real file with another rotation property, and with an EXIF orientation that must not be applied on top.
    data = bytearray(heic_portrait.read_bytes())
    at = data.index(b"irot")
    data[at : at + 5] = kind + bytes([argument])
    exif = data.index(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x01")
    data[exif + 9] = 6
    path = tmp_path / "turned.heic"
    path.write_bytes(data)
    photo = read_photo(path)

    def turn(raster: np.ndarray) -> np.ndarray:
        return raster[::-1] if kind == b"imir" else np.rot90(raster, argument)

    np.testing.assert_array_equal(photo.linear, turn(heic_photo.linear))
    assert photo.embedded_depth is not None
    np.testing.assert_array_equal(photo.embedded_depth.inverse_depth, turn(heic_photo.embedded_depth.inverse_depth))
    np.testing.assert_array_equal(photo.mattes["portrait"], turn(heic_photo.mattes["portrait"]))
    k = photo.intrinsics
    assert (k.height_px, k.width_px) == photo.linear.shape[:2]
    assert k.source == "phone matrix"
    # The principal point lies 0.0001 px above the middle of the stored picture.
    offset = 1544 - heic_photo.intrinsics.cy_px
    assert (k.cx_px, k.cy_px) == {
        (b"irot", 1): (pytest.approx(1544 - offset), 1158),
        (b"irot", 3): (pytest.approx(1544 + offset), 1158),
        (b"imir", 0): (1158, pytest.approx(1544 + offset)),
    }[kind, argument]


# ------------------------------------------------------------------------------------------------ all orientations

# How the upright picture is laid down in the file for each code, and where its principal point (20, 18) and its focal
# lengths (40, 44) then are, worked out by hand for 48 x 32.
_STORED = {
    1: (None, (40, 44, 20, 18)),
    2: (Image.Transpose.FLIP_LEFT_RIGHT, (40, 44, 28, 18)),
    3: (Image.Transpose.ROTATE_180, (40, 44, 28, 14)),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, (40, 44, 20, 14)),
    5: (Image.Transpose.TRANSPOSE, (44, 40, 18, 20)),
    6: (Image.Transpose.ROTATE_90, (44, 40, 18, 28)),
    7: (Image.Transpose.TRANSVERSE, (44, 40, 14, 28)),
    8: (Image.Transpose.ROTATE_270, (44, 40, 14, 20)),
}


def _lay(raster: np.ndarray, code: int) -> Image.Image:
    image = Image.fromarray(raster)
    return image if code == 1 else image.transpose(_STORED[code][0])


@pytest.mark.parametrize("code", _STORED)
def test_phone_jpeg_in_every_orientation(code: int, corners: np.ndarray, build_phone_jpeg, tmp_path: Path) -> None:
    depth = np.zeros((16, 24), np.uint8)
    depth[:8, :8] = 255
    matte = np.full((16, 24), 255, np.uint8)
    matte[8:, 16:] = 0
    stored = _lay(corners, code)
    data = build_phone_jpeg(stored, _lay(depth, code), _lay(matte, code), _STORED[code][1], stored.size, code)
    path = tmp_path / "phone.jpg"
    path.write_bytes(data)
    photo = read_photo(path)
    k = photo.intrinsics
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px) == (40, 44, 20, 18, 48, 32)
    np.testing.assert_allclose(srgb_encode(photo.linear), corners / 255, atol=0.03)
    assert photo.embedded_depth is not None and photo.embedded_depth.accuracy == "absolute"
    np.testing.assert_allclose(photo.embedded_depth.inverse_depth, 0.5 + 2.55 * (depth / 255), atol=0.03)
    np.testing.assert_allclose(photo.mattes["portrait"], matte / 255, atol=0.02)
    # Read as written on: upright.
    exif = load_exif(photo.exif)
    assert (exif[Base.Orientation], exif[Base.Make]) == (1, "Maker")


@pytest.mark.parametrize("code", _STORED)
@pytest.mark.parametrize("suffix", [".png", ".png 16", ".webp", ".tif", ".tif 16", ".tif float"])
def test_every_format_in_every_orientation(suffix: str, code: int, corners, build_png, tmp_path: Path) -> None:
    stored = np.asarray(_lay(corners, code))
    exif = Image.Exif()
    exif[0x0112] = code
    path = tmp_path / ("photo" + suffix.split()[0])
    orientation_tag = [(0x0112, 3, 1, code, True)]
    if suffix == ".png 16":
        path.write_bytes(build_png(stored.astype(np.uint16) * 257, [(b"eXIf", exif.tobytes()[6:])]))
    elif suffix == ".tif 16":
        tifffile.imwrite(path, stored.astype(np.uint16) * 257, photometric="rgb", extratags=orientation_tag)
    elif suffix == ".tif float":
        tifffile.imwrite(path, (stored / 255).astype(np.float32), photometric="rgb", extratags=orientation_tag)
    else:
        Image.fromarray(stored).save(path, exif=exif, lossless=True)
    photo = read_photo(path)
    values = photo.linear if suffix == ".tif float" else srgb_encode(photo.linear)
    np.testing.assert_allclose(values, corners / 255, atol=1e-4)
    assert (photo.intrinsics.width_px, photo.intrinsics.height_px) == (48, 32)


@pytest.mark.parametrize("code", _STORED)
def test_compressed_16_bit_tiff_in_every_orientation(code: int, corners: np.ndarray, tmp_path: Path) -> None:
    # LZW goes through another decoder, one that would turn the picture by itself.
    path = tmp_path / "photo.tif"
    stored = np.asarray(_lay(corners[..., 0].copy(), code)).astype(np.uint16) * 257
    Image.fromarray(stored).save(path, compression="tiff_lzw", tiffinfo={274: code})
    np.testing.assert_allclose(srgb_encode(read_photo(path).linear[..., 1]), corners[..., 0] / 255, atol=1e-4)


# ------------------------------------------------------------------------------------------------ phones' variations


def test_relative_depth_and_distances(corners: np.ndarray, build_phone_jpeg, tmp_path: Path) -> None:
    grey = Image.fromarray(np.full((16, 24), 255, np.uint8))
    data = build_phone_jpeg(
        Image.fromarray(corners), grey, grey, (40, 40, 24, 16), (48, 32), kind="depth", accuracy="relative"
    )
    path = tmp_path / "phone.jpg"
    path.write_bytes(data)
    depth = read_photo(path).embedded_depth
    assert depth is not None and depth.accuracy == "relative"
    np.testing.assert_allclose(depth.inverse_depth, 1 / 3.05, rtol=0.01)


def test_user_focal_length(corners: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(corners).save(path)
    k = read_photo(path, fx_px=321.5).intrinsics
    assert (k.fx_px, k.cx_px, k.cy_px, k.source) == (321.5, 24, 16, "user")
