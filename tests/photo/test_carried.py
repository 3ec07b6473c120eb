"""Depth and mattes come to lie over the picture, or are left out with a note: phone photos cropped in every way."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from relens.errors import FileError
from relens.photo import Photo, read_photo
from relens.photo.orientation import inverse, orient_raster

_MATRIX = (40, 44, 20, 18)


def _grey(levels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(levels))


def _photo(
    folder: Path,
    build,
    picture: tuple[int, int],
    depth: np.ndarray,
    matte: np.ndarray,
    reference: tuple[int, int],
    code=1,
) -> Photo:
    """A phone's JPEG: sizes are (width, height), all as stored."""
    data = build(Image.new("RGB", picture, "grey"), _grey(depth), _grey(matte), _MATRIX, reference, code)
    path = folder / "phone.jpg"
    path.write_bytes(data)
    return read_photo(path)


def _levels(photo: Photo) -> np.ndarray:
    assert photo.embedded_depth is not None, photo.notes
    return (photo.embedded_depth.inverse_depth - 0.5) / 2.55 * 255


@pytest.mark.parametrize("code", range(1, 9))
def test_a_strip_of_the_frame_takes_the_middle_of_its_maps(code: int, build_phone_jpeg, tmp_path: Path) -> None:
    # 4:3 taken, 48 x 24 of 48 x 36 kept; the depth map still covers all of it.
    depth = np.repeat(np.arange(18, dtype=np.uint8) * 14, 24).reshape(18, 24)
    matte = np.repeat(np.arange(36, dtype=np.uint8) * 7, 48).reshape(36, 48)
    photo = _photo(tmp_path, build_phone_jpeg, (48, 24), depth, matte, (48, 36), code)
    np.testing.assert_allclose(orient_raster(_levels(photo), inverse(code)), depth[3:15], atol=4)
    matte_back = orient_raster(photo.mattes["portrait"] * 255, inverse(code))
    np.testing.assert_allclose(matte_back, matte[6:30], atol=4)
    k = photo.intrinsics
    assert k.source == "phone matrix" and {k.fx_px, k.fy_px} == {40.0, 44.0}
    assert (k.width_px, k.height_px) == ((48, 24) if code < 5 else (24, 48))
    # The principal point was (20, 18) of the frame: 6 px lower than in the strip.
    assert {k.cx_px, k.cy_px} <= {20.0, 28.0, 12.0}
    [note] = photo.notes
    assert "taken to be the middle" in note


def test_maps_cropped_along_with_the_picture_are_taken_as_they_are(build_phone_jpeg, tmp_path: Path) -> None:
    depth = np.repeat(np.arange(12, dtype=np.uint8) * 20, 24).reshape(12, 24)
    photo = _photo(tmp_path, build_phone_jpeg, (48, 24), depth, depth, (48, 36))
    np.testing.assert_allclose(_levels(photo), depth, atol=4)


def test_a_crop_nobody_noted_leaves_out_maps_and_matrix(build_phone_jpeg, tmp_path: Path) -> None:
    whole = np.arange(18 * 24, dtype=np.uint16).reshape(18, 24).astype(np.uint8)
    photo = _photo(tmp_path, build_phone_jpeg, (30, 30), whole, whole, (48, 36))
    assert photo.embedded_depth is None and not photo.mattes
    assert photo.intrinsics.source != "phone matrix"
    assert [note.split(",")[0] for note in photo.notes] == [
        "the camera took 48x36",
        "the depth map inside",
        "the portrait matte inside",
    ]


def test_a_map_of_any_other_frame_is_left_out(build_phone_jpeg, tmp_path: Path) -> None:
    square, whole = np.arange(400, dtype=np.uint16).reshape(20, 20).astype(np.uint8), np.zeros((18, 24), np.uint8)
    photo = _photo(tmp_path, build_phone_jpeg, (48, 36), square, whole, (48, 36))
    assert photo.embedded_depth is None and list(photo.mattes) == ["portrait"]
    [note] = photo.notes
    assert note == "the depth map inside, 20x20, is left out: it is of another frame than the 48x36 picture"


@pytest.fixture(scope="module")
def phone_bytes(build_phone_jpeg) -> bytes:
    grey = _grey(np.arange(18 * 24, dtype=np.uint16).reshape(18, 24).astype(np.uint8))
    return build_phone_jpeg(Image.new("RGB", (48, 36), "grey"), grey, grey, _MATRIX, (48, 36))


def test_a_damaged_index_of_pictures_is_said(phone_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    path.write_bytes(phone_bytes.replace(b"MPF\0II*\0", b"MPF\0II*\1", 1))
    photo = read_photo(path)
    assert photo.embedded_depth is None and photo.linear.shape == (36, 48, 3)
    [note] = photo.notes
    assert "index is damaged" in note


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(part=st.floats(0, 1), byte=st.integers(0, 255), cut=st.booleans())
def test_damage_anywhere_reads_or_fails_cleanly(
    part: float, byte: int, cut: bool, phone_bytes: bytes, tmp_path: Path
) -> None:
    at = int(part * (len(phone_bytes) - 1))
    rest = b"" if cut else bytes([byte]) + phone_bytes[at + 1 :]
    path = tmp_path / "damaged.jpg"
    path.write_bytes(phone_bytes[:at] + rest)
    try:
        photo = read_photo(path)
    except FileError as error:
        assert "\n" not in str(error)
        return
    assert all("\n" not in note for note in photo.notes)
    if photo.embedded_depth is not None:
        known = photo.embedded_depth.inverse_depth[~np.isnan(photo.embedded_depth.inverse_depth)]
        assert known.size and np.isfinite(known).all() and known.min() >= 0
