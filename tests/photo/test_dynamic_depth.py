"""Google's second depth format, from files built here after its specification."""

import struct
from pathlib import Path

import numpy as np
import pytest
from google_depth_files import dynamic_depth_jpeg, grey, levels_of, metres_of, packet, picture, read_written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.errors import FileError
from relens.photo.dynamic_depth_intrinsics import dynamic_depth_intrinsics
from relens.photo.orientation import inverse, orient_raster
from relens.photo.xmp import parse_xmp

RELIEF = np.linspace(0.4, 3.9, 24 * 16).reshape(16, 24)
FACTS = {"Format": "RangeInverse", "Near": "0.25", "Far": "4", "Units": "Meters"}
LEVELS = levels_of(RELIEF, 0.25, 4, True)


@pytest.mark.parametrize(("padding", "before"), [(0, b""), (7, b""), (0, b"a film"), (3, b"\xff\xd8 no picture")])
def test_depth_comes_back_in_metres(padding: int, before: bytes, tmp_path: Path) -> None:
    photo = read_written(tmp_path, dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS, padding=padding, before=before))
    np.testing.assert_allclose(metres_of(photo), RELIEF, rtol=1e-3)
    assert photo.embedded_depth is not None and photo.embedded_depth.accuracy == "absolute" and photo.notes == ()


def test_items_are_found_from_the_end_where_an_editor_put_something_between(tmp_path: Path) -> None:
    data = dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS)
    at = data.index(b"\x89PNG")
    np.testing.assert_allclose(metres_of(read_written(tmp_path, data[:at] + b"wedge" + data[at:])), RELIEF, rtol=1e-3)


@pytest.mark.parametrize("form", ["RangeInverse", "RangeLinear"])
def test_diopters(form: str, tmp_path: Path) -> None:
    # Near and far in 1/m, as everything else in the map is.
    levels = levels_of(1 / RELIEF, 4.0, 0.2, form == "RangeInverse")
    facts = {"Format": form, "Near": "4.0", "Far": "0.2", "Units": "Diopters"}
    np.testing.assert_allclose(
        metres_of(read_written(tmp_path, dynamic_depth_jpeg(picture(), grey(levels), facts))), RELIEF, 1e-3
    )


def test_no_units_is_relative(tmp_path: Path) -> None:
    photo = read_written(tmp_path, dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS | {"Units": "None"}))
    assert photo.embedded_depth is not None and photo.embedded_depth.accuracy == "relative"


def test_no_confidence_is_unknown(tmp_path: Path) -> None:
    confidence = np.repeat(np.array([[0, 255]], np.uint8), 12, axis=1).repeat(16, axis=0)
    photo = read_written(tmp_path, dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS, confidence=grey(confidence)))
    assert photo.embedded_depth is not None
    np.testing.assert_array_equal(np.isnan(photo.embedded_depth.inverse_depth), confidence == 0)


def test_a_segmentation_is_no_depth(tmp_path: Path) -> None:
    photo = read_written(
        tmp_path, dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS | {"ItemSemantic": "Segmentation"})
    )
    assert photo.embedded_depth is None and photo.notes == ()


@pytest.mark.parametrize("code", range(1, 9))
def test_depth_follows_every_orientation(code: int, tmp_path: Path) -> None:
    stored = orient_raster(LEVELS, inverse(code))
    size = (48, 32) if code < 5 else (32, 48)
    photo = read_written(tmp_path, dynamic_depth_jpeg(picture(*size, code), grey(stored), FACTS))
    np.testing.assert_allclose(metres_of(photo), RELIEF, rtol=1e-3)


# ------------------------------------------------------------------------------------------------------------ damage


def test_depth_that_was_stripped_is_said(tmp_path: Path) -> None:
    data = dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS)
    photo = read_written(tmp_path, data[: data.index(b"\x89PNG")])
    assert photo.embedded_depth is None and photo.linear.shape == (32, 48, 3)
    [note] = photo.notes
    assert note.startswith("the depth map inside is left out: announces a depth map that is not there")


_FILE = dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS, confidence=grey(LEVELS), padding=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(end=st.integers(1, len(_FILE)))
def test_a_file_cut_anywhere_reads_or_fails_cleanly(end: int, tmp_path: Path) -> None:
    try:
        photo = read_written(tmp_path, _FILE[:end])
    except FileError as error:
        assert "\n" not in str(error)
        return
    assert photo.linear.shape == (32, 48, 3)
    # The confidence map lies last: without it there is no file to slice.
    assert (photo.embedded_depth is not None) == (end == len(_FILE)) or photo.notes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(at=st.integers(2, len(_FILE) - 1), byte=st.integers(0, 255))
def test_any_byte_wrong_reads_or_fails_cleanly(at: int, byte: int, tmp_path: Path) -> None:
    data = bytearray(_FILE)
    data[at] = byte
    try:
        photo = read_written(tmp_path, bytes(data))
    except FileError as error:
        assert "\n" not in str(error)
        return
    if photo.embedded_depth is not None:
        known = photo.embedded_depth.inverse_depth[~np.isnan(photo.embedded_depth.inverse_depth)]
        assert known.size and np.isfinite(known).all() and known.min() >= 0


_LENGTH = b'Length="%d"' % len(grey(LEVELS))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_LENGTH, b'Length="99999999999999999999"'),
        (_LENGTH, b'Length="-5"'),
        (_LENGTH, b'Length="inf"'),
        (b'Near="0.25"', b'Near="nan"'),
        (b'Far="4"', b'Far="nan"'),
        (b'Near="0.25"', b'Near="1e-300"'),
        (b'Near="0.25"', b'Near="4"'),
        (b"C:Directory", b"C:Tircetory"),
        (b'DataURI="android/depthmap"', b'DataURI="android/mephisto"'),
    ],
)
def test_nonsense_in_the_directory_is_left_out_and_said(old: bytes, new: bytes, tmp_path: Path) -> None:
    photo = read_written(tmp_path, _edited(old, new))
    assert photo.embedded_depth is None and photo.linear.shape == (32, 48, 3)
    [note] = photo.notes
    assert note.startswith("the depth map inside is left out: ")


@pytest.mark.parametrize("padding", [b"0", b"99999999999999999999", b"inf", b"-1", b"x"])
def test_a_wrong_padding_is_made_up_for_from_the_end(padding: bytes, tmp_path: Path) -> None:
    photo = read_written(tmp_path, _edited(b'Padding="5"', b'Padding="%b"' % padding))
    np.testing.assert_allclose(metres_of(photo), RELIEF, rtol=1e-3)


def _edited(old: bytes, new: bytes) -> bytes:
    """The file with another text in its packet, whose segment grows along."""
    assert old in _FILE
    data = _FILE.replace(old, new)
    at = data.index(b"http://ns.adobe.com/xap/1.0/") - 2
    size = struct.unpack(">H", data[at : at + 2])[0] + len(data) - len(_FILE)
    return data[:at] + struct.pack(">H", size) + data[at + 2 :]


# -------------------------------------------------------------------------------------------------------- intrinsics

_MODEL = {"FocalLengthX": "3000", "FocalLengthY": "3010", "ImageWidth": "4000", "ImageHeight": "3000"}


def _intrinsics(model: dict[str, str], width: int = 2000, height: int = 1500) -> Intrinsics | None:
    data = dynamic_depth_jpeg(picture(), grey(LEVELS), FACTS, model)
    start = data.index(b"<x:xmpmeta")
    xmp = parse_xmp(data[start : data.index(b"</x:xmpmeta>") + 12])
    assert xmp is not None
    return dynamic_depth_intrinsics(xmp, width, height)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ({}, (1000, 750)),
        ({"PrincipalPointX": "0.51", "PrincipalPointY": "0.49"}, (1020, 735)),
        # As Android writes it.
        ({"PrincipalPointX": "2020.0", "PrincipalPointY": "1480.0"}, (1010, 740)),
        ({"PrincipalPointX": "9000.0", "PrincipalPointY": "1480.0"}, (1000, 750)),
        ({"PrincipalPointX": "nan", "PrincipalPointY": "0.5"}, (1000, 750)),
    ],
)
def test_the_imaging_model_is_scaled_to_the_photo(point: dict[str, str], expected: tuple[float, float]) -> None:
    k = _intrinsics(_MODEL | point)
    assert k is not None
    assert (k.fx_px, k.fy_px) == (1500, 1505) and (k.cx_px, k.cy_px) == pytest.approx(expected)
    assert (k.width_px, k.height_px, k.source) == (2000, 1500, "phone imaging model")


@pytest.mark.parametrize(
    "wrong", [{"FocalLengthX": "0.75"}, {"FocalLengthX": "nan"}, {"ImageWidth": "0"}, {"ImageHeight": "4000"}]
)
def test_a_model_of_nonsense_or_of_another_frame_is_none(wrong: dict[str, str]) -> None:
    assert _intrinsics(_MODEL | wrong) is None


def test_no_model_is_none() -> None:
    xmp = parse_xmp(packet('xmlns:a="urn:a/" a:b="1"'))
    assert xmp is not None and dynamic_depth_intrinsics(xmp, 40, 30) is None
