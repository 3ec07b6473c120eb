import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from relens.photo.colour_space import DISPLAY_P3, REC_709, REC_2020, SRGB, ColourSpace, matrix_to_srgb
from relens.photo.icc import IccError, build_icc, convert_with_cms, matrix_colour_space, parse_icc


def _space(data: bytes) -> ColourSpace:
    space = matrix_colour_space(parse_icc(data))
    assert space is not None
    return space


def _matrix(data: bytes) -> np.ndarray:
    matrix = _space(data).to_srgb
    assert matrix is not None
    return matrix


def test_built_profile_is_valid_for_littlecms() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(build_icc("Display P3", DISPLAY_P3)))
    assert ImageCms.getProfileDescription(profile).strip() == "Display P3"


def test_srgb_profiles_are_srgb_itself() -> None:
    assert _space(build_icc("sRGB")) is SRGB
    assert _space(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()) is SRGB


def test_display_p3_profile_gives_the_primaries_matrix() -> None:
    data, published = build_icc("Display P3", DISPLAY_P3), matrix_to_srgb(DISPLAY_P3)
    assert _space(data).name == "Display P3" and published is not None
    np.testing.assert_allclose(_matrix(data), published, atol=2e-4)


@pytest.mark.parametrize("primaries", [DISPLAY_P3, REC_2020])
def test_neutrals_stay_exactly_neutral(primaries) -> None:
    np.testing.assert_allclose(_matrix(build_icc("wide", primaries)).sum(axis=1), 1, atol=1e-12)


def test_agrees_with_littlecms_inside_the_gamut() -> None:
    colours = np.random.default_rng(0).integers(60, 190, (16, 16, 3)).astype(np.uint8)
    data = build_icc("Display P3", DISPLAY_P3)
    ours = _space(data).curves[0](colours / 255) @ _matrix(data).T
    theirs = np.asarray(convert_with_cms(Image.fromarray(colours), parse_icc(data)))
    # LittleCMS clips what sRGB cannot show.
    np.testing.assert_allclose(np.maximum(ours, 0), SRGB.curves[0](theirs / 255), atol=0.006)


@given(st.floats(0.5, 3.5))
def test_gamma_profiles(gamma: float) -> None:
    space = _space(build_icc("gamma", REC_709, gamma))
    assert space.curves[0](np.array([0.5]))[0] == pytest.approx(0.5 ** (round(gamma * 65536) / 65536), abs=2e-3)


def _with_curve(curve: bytes) -> bytes:
    """An sRGB profile in which all three curves point at other bytes."""
    data = bytearray(build_icc("sRGB"))
    for index in range(struct.unpack(">I", data[128:132])[0]):
        at = 132 + 12 * index
        if data[at + 1 : at + 4] == b"TRC":
            struct.pack_into(">II", data, at + 4, len(data), len(curve))
    return bytes(data) + curve


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


_CURVES = {
    "identity": (b"curv\0\0\0\0" + struct.pack(">I", 0), 0.5, 0.5),
    "one gamma": (b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0200), 0.5, 0.25),
    "table": (b"curv\0\0\0\0" + struct.pack(">I3H", 3, 0, 13107, 65535), 0.75, 0.6),
    "type 0": (b"para\0\0\0\0\0\0\0\0" + _fixed(2), 0.5, 0.25),
    "type 1, above": (b"para\0\0\0\0\0\1\0\0" + _fixed(2, 2, -0.5), 0.5, 0.25),
    "type 1, below": (b"para\0\0\0\0\0\1\0\0" + _fixed(2, 2, -0.5), 0.125, 0.0),
    "type 2, above": (b"para\0\0\0\0\0\2\0\0" + _fixed(2, 1, 0, 0.125), 0.5, 0.375),
    "type 3, below": (b"para\0\0\0\0\0\3\0\0" + _fixed(2, 1, 0, 0.25, 0.5), 0.25, 0.0625),
    "type 4, above": (b"para\0\0\0\0\0\4\0\0" + _fixed(2, 1, 0, 0.25, 0.5, 0.125, 0.0625), 0.5, 0.375),
    "type 4, below": (b"para\0\0\0\0\0\4\0\0" + _fixed(2, 1, 0, 0.25, 0.5, 0.125, 0.0625), 0.25, 0.125),
}


@pytest.mark.parametrize(("curve", "encoded", "linear"), _CURVES.values(), ids=_CURVES)
def test_every_curve_type(curve: bytes, encoded: float, linear: float) -> None:
    space = _space(_with_curve(curve))
    assert space.curves[0](np.array([encoded]))[0] == pytest.approx(linear, abs=1e-4)


@pytest.mark.parametrize("curve", [b"zzzz" + bytes(20), b"para\0\0\0\0\0\x09\0\0", b"curv\0\0\0\0\0\0\0\x09", b""])
def test_damaged_curves(curve: bytes) -> None:
    with pytest.raises(IccError, match="ICC profile"):
        _space(_with_curve(curve))


@pytest.mark.parametrize("data", [b"", b"garbage" * 40, build_icc("x")[:140]])
def test_damaged_profiles(data: bytes) -> None:
    with pytest.raises(IccError, match="ICC profile"):
        _space(data)


@given(st.integers(0, 500), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(position: int, value: int) -> None:
    data = bytearray(build_icc("Display P3", DISPLAY_P3))
    data[position] = value
    try:
        space = matrix_colour_space(parse_icc(bytes(data)))
    except IccError:
        return
    assert space is None or space.curves
