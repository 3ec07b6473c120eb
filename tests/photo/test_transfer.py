import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.photo import srgb_decode, srgb_encode


@pytest.mark.parametrize(
    ("encoded", "linear"),
    # IEC 61966-2-1, worked out by hand: the two ends, the junction, and middle grey.
    [(0.0, 0.0), (0.04045, 0.04045 / 12.92), (0.5, 0.21404114), (1.0, 1.0)],
)
def test_known_values(encoded: float, linear: float) -> None:
    assert srgb_decode(np.array([encoded], np.float32))[0] == pytest.approx(linear, abs=2e-7)
    assert srgb_encode(np.array([linear], np.float32))[0] == pytest.approx(encoded, abs=2e-6)


@given(st.floats(-4, 64, width=32))
def test_encode_and_decode_are_inverse_also_outside_the_gamut(linear: float) -> None:
    there = srgb_encode(np.array([linear], np.float32))
    assert srgb_decode(there)[0] == pytest.approx(linear, rel=2e-5, abs=1e-7)


@given(st.floats(0, 16, width=32))
def test_the_curve_is_odd(linear: float) -> None:
    both = srgb_encode(np.array([linear, -linear], np.float32))
    assert both[0] == -both[1]


def test_the_curve_rises_everywhere() -> None:
    # The published constants leave a step of 3e-8 at the junction, under float32 here.
    assert (np.diff(srgb_encode(np.linspace(-0.1, 1.5, 100_001, dtype=np.float32))) >= 0).all()


def test_every_16_bit_code_survives() -> None:
    codes = np.arange(65536)
    there_and_back = srgb_encode(srgb_decode((codes / 65535).astype(np.float32)))
    assert (np.round(there_and_back * 65535) == codes).all()


def test_shape_is_kept_across_blocks() -> None:
    picture = np.random.default_rng(0).random((700, 500, 3)).astype(np.float32)
    np.testing.assert_allclose(srgb_encode(picture)[699, 499], srgb_encode(picture[699, 499]))
    assert srgb_encode(picture).shape == picture.shape
