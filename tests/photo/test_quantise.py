import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.photo import srgb_decode, srgb_encode
from relens.photo.quantise import quantise


@given(st.integers(0, 255), st.integers(1, 300))
def test_codes_stay_codes(code: int, width: int) -> None:
    linear = np.broadcast_to(srgb_decode(np.array([[[code / 255]]], np.float32)), (3, width, 3))
    assert (quantise(linear, None, 8) == code).all()


def test_a_gradient_has_no_bands_and_keeps_its_mean() -> None:
    # A ramp across 1.5 steps of 8 bits: rounding would give two flat bands; dither follows the ramp.
    encoded = np.linspace(100, 101.5, 512, dtype=np.float32)[None, :, None] / 255
    linear = np.ascontiguousarray(np.broadcast_to(srgb_decode(encoded), (512, 512, 3)))
    written = quantise(linear, None, 8)
    blocks = written[..., 0].reshape(512, 16, 32).mean(axis=(0, 2))
    wanted = (encoded[0, :, 0] * 255).reshape(16, 32).mean(axis=1)
    np.testing.assert_allclose(blocks, wanted, atol=0.03)
    assert np.abs(written / 255 - encoded).max() < 1 / 255


def test_neutrals_stay_neutral_and_the_pattern_is_fixed() -> None:
    grey = np.random.default_rng(0).random((40, 400, 1)).astype(np.float32) * np.ones(3, np.float32)
    written = quantise(grey, None, 8)
    assert (written == written[..., :1]).all()
    np.testing.assert_array_equal(written, quantise(grey, None, 8))


def test_16_bits_are_rounded() -> None:
    linear = np.random.default_rng(0).random((30, 50, 3)).astype(np.float32)
    assert np.abs(quantise(linear, None, 16) / 65535 - srgb_encode(linear)).max() < 0.52 / 65535


@pytest.mark.parametrize("bits", [8, 16])
def test_light_outside_the_range_is_clipped(bits: int) -> None:
    written = quantise(np.full((1, 1, 3), [-1, 0.0, 7], np.float32), None, bits)
    assert written[0, 0].tolist() == [0, 0, 2**bits - 1]


def test_premultiplied_light_is_written_straight() -> None:
    colour = srgb_decode(np.array([[[200 / 255, 100 / 255, 0]]], np.float32))
    written = quantise(colour * np.float32(0.2), np.full((1, 1), 0.2, np.float32), 8)
    assert written[0, 0].tolist() == [200, 100, 0, 51]
    assert quantise(np.zeros((1, 1, 3), np.float32), np.zeros((1, 1), np.float32), 8)[0, 0].tolist() == [0, 0, 0, 0]
