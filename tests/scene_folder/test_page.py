"""A page's codes are those of the sRGB curve, rounded to the nearest, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import layers

from relens.photo.transfer import srgb_decode, srgb_encode
from relens.scene_folder.page import decode_page, encode_page, page_gain

CODES = np.float32(65535)


def rounded(values):
    return (values * CODES + np.float32(0.5)).astype(np.uint16)


def straight_of(rgba):
    alpha = np.clip(rgba[..., 3:], 0, 1)
    return np.divide(rgba[..., :3], alpha, out=np.zeros_like(rgba[..., :3]), where=rounded(alpha) > 0)


def codes_of(rgba, gain):
    colour = rounded(srgb_encode(np.clip(straight_of(rgba) / np.float32(gain), 0, 1)))
    return np.dstack([colour[..., ::-1], rounded(np.clip(rgba[..., 3], 0, 1))])


def opaque(light):
    """A page that holds each value in all three colours."""
    return np.repeat(np.append(light, np.ones_like(light[:1])), 4).reshape(1, -1, 4) * [1, 1, 1, 0] + [0, 0, 0, 1]


def test_all_around_every_code():
    # Where one code goes over into the next, each float within a few steps.
    edges = srgb_decode((np.arange(65535) + np.float32(0.5)) / CODES)
    bits = edges.view(np.int32) + np.arange(-40, 41, dtype=np.int32)[:, None]
    page = opaque(np.clip(bits.reshape(-1).view(np.float32), 0, 1)).astype(np.float32)
    found, gain = encode_page(page)
    assert gain == 1
    np.testing.assert_array_equal(found, codes_of(page, 1))
    assert len(np.unique(found[..., 0])) == 65536


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=200), st.floats(1, 1e5, width=32))
@settings(deadline=None)
def test_any_light_and_gain(light, gain):
    page = opaque(np.float32(light)).astype(np.float32)
    for brighter in (np.float32(1), np.float32(gain), np.float32(-1)):
        page[..., 0] *= brighter
        np.testing.assert_array_equal(encode_page(page, float(gain))[0], codes_of(page, gain))


@given(st.data())
@settings(deadline=None)
def test_pages_of_soft_edges(data):
    rgba = data.draw(layers("page", data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9)))).rgba
    codes, gain = encode_page(rgba)
    np.testing.assert_array_equal(codes, codes_of(rgba, gain))
    assert gain == page_gain(rgba) == page_gain(rgba[:, ::-1])
    assert gain == pytest.approx(max(1, straight_of(rgba).max()), rel=1e-5)


def test_a_page_of_soft_light():
    rng = np.random.default_rng(1)
    page = rng.random((500, 500, 4), np.float32)
    page[..., :3] *= page[..., 3:] * np.float32(7.3)
    np.testing.assert_array_equal(encode_page(page, 5.1)[0], codes_of(page, 5.1))


def test_decoding_is_the_curve_times_gain_times_alpha():
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 65536, (256, 256, 4)).astype(np.uint16)
    codes[..., 0], codes[:9, ..., 3] = np.arange(65536).reshape(256, 256), 0
    rgba = decode_page(codes, 3.5)
    alpha = codes[..., 3:] / CODES
    np.testing.assert_array_equal(rgba[..., 3:], alpha)
    np.testing.assert_array_equal(rgba[..., :3], srgb_decode(codes[..., 2::-1] / CODES) * np.float32(3.5) * alpha)


def test_the_brightest_texel_of_a_page_has_the_highest_code():
    page = np.array([[[0.5, 0.2, 0, 0.25], [9, 9, 9, 0], [-4, 0, 0, 1]]], np.float32)
    codes, gain = encode_page(page)
    assert gain == 2 and codes[0, 0, 2] == 65535
    assert not codes[0, 1].any()
