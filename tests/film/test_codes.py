"""Codes are those of every other picture that relens writes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.film.codes import codes_of
from relens.photo.quantise import quantise
from relens.photo.transfer import srgb_decode


@pytest.mark.parametrize(("bit_depth", "dtype"), [(8, np.uint8), (16, np.uint16)])
def test_they_are_those_of_pictures(bit_depth: int, dtype: type) -> None:
    # From far under the first code to over white, all octaves alike.
    linear = np.exp2(np.random.default_rng(1).uniform(-18, 0.5, (90, 67, 3))).astype(np.float32)
    codes, pictures = codes_of(linear, bit_depth), quantise(linear, None, bit_depth)
    assert codes.dtype == dtype
    off = np.abs(codes.astype(int) - pictures)
    assert off.max() <= 1 and (off > 0).mean() < 0.01


@given(st.integers(0, 255))
def test_a_code_comes_back_as_itself(code: int) -> None:
    linear = np.full((40, 40, 3), srgb_decode(np.array([code / 255], np.float32)), np.float32)
    assert (codes_of(linear, 8) == code).all()
    assert np.abs(codes_of(linear, 16).astype(int) - 257 * code).max() <= 1


def test_between_two_codes_the_dither_keeps_the_mean() -> None:
    linear = np.full((128, 128, 3), srgb_decode(np.array([100.3 / 255], np.float32)), np.float32)
    assert abs(codes_of(linear, 8).mean() - 100.3) < 0.02


def test_strange_light_is_clipped() -> None:
    linear = np.array([[[np.nan, -1, 0], [np.inf, 1, 7]]], np.float32)
    assert codes_of(linear, 16).tolist() == [[[0, 0, 0], [65535, 65535, 65535]]]
    assert codes_of(linear, 8).tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_light_may_be_part_of_another_array() -> None:
    rgba = np.random.default_rng(2).random((80, 30, 4), np.float32)
    np.testing.assert_array_equal(codes_of(rgba[..., :3], 8), codes_of(rgba[..., :3].copy(), 8))
