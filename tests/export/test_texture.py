"""Pages for other programs: straight colours, no dark rims, and the PNG they are stored as."""

import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from relens.export.texture import page_of, png_bytes
from relens.photo import srgb_decode, srgb_encode

_ORANGE = np.float32([0.8, 0.35, 0.05])


def _disc(radius_px, size_px=48, soft_px=4.0, colour=_ORANGE):
    """A soft disc of one colour, premultiplied."""
    row, column = np.indices((size_px, size_px)) + 0.5
    distance = np.hypot(row - size_px / 2, column - size_px / 2)
    alpha = np.clip((radius_px - distance) / soft_px, 0, 1).astype(np.float32)
    return np.dstack([colour * alpha[..., None], alpha])


def _codes(linear):
    return srgb_encode(np.asarray(linear, np.float32)).astype(np.float64) * 255


def test_soft_edges_have_the_colour_of_the_thing_and_so_does_what_is_clear():
    page = page_of(_disc(12))
    alpha = page[..., 3]
    assert ((alpha > 0) & (alpha < 255)).sum() > 100 and (alpha == 0).sum() > 1000
    # One code for the dither.
    assert np.abs(page[..., :3] - _codes(_ORANGE)).max() <= 1


@given(radius=st.floats(4, 20), soft=st.floats(0.5, 6), shift=st.floats(0.05, 0.95))
def test_linear_filtering_finds_no_halo(radius, soft, shift):
    page = page_of(_disc(radius, soft_px=soft)).astype(np.float32)
    # What a viewer does between two texels: colour and alpha each on their own.
    between = (1 - shift) * page[:, :-1] + shift * page[:, 1:]
    seen = between[..., 3] > 0
    assert np.abs(between[seen][:, :3] - _codes(_ORANGE)).max() <= 1


def test_two_colours_run_on_each_from_its_own_side():
    rgba = np.zeros((16, 128, 4), np.float32)
    rgba[:, :32], rgba[:, 96:] = [1, 0, 0, 1], [0, 0, 1, 1]
    page = page_of(rgba)
    assert (page[:, 32:40, :3] == [255, 0, 0]).all() and (page[:, 88:96, :3] == [0, 0, 255]).all()
    assert (page[..., 3] == 255 * (rgba[..., 3])).all()


def test_colours_run_on_no_farther_than_they_are_needed():
    rgba = np.zeros((300, 300, 4), np.float32)
    rgba[140:160, 140:160] = [0.5, 0.5, 0.5, 1]
    page = page_of(rgba)
    row, column = np.indices((300, 300)) - 149.5
    assert not page[np.maximum(np.abs(row), np.abs(column)) > 10 + 64].any()
    assert (page[..., 3] > 0).sum() == 400
    assert (page[140:160, 160:164, :3] > 180).all()


@pytest.mark.parametrize("first", [128, 140, 141, 150, 163])
def test_colours_run_on_to_every_side(first):
    rgba = np.zeros((300, 300, 4), np.float32)
    inside = slice(first, first + 20)
    rgba[inside, inside] = [0.5, 0.5, 0.5, 1]
    page = page_of(rgba)
    rim = slice(first - 1, first + 21)
    assert np.abs(page[rim, rim, :3] - _codes(0.5)).max() <= 1


@given(st.integers(0, 999))
def test_opaque_light_comes_back(seed):
    light = np.random.default_rng(seed).random((5, 9, 3), np.float32)
    page = page_of(np.dstack([light, np.ones((5, 9), np.float32)]))
    assert np.abs(page[..., :3] - _codes(light)).max() <= 1 and (page[..., 3] == 255).all()


def test_8_bit_pictures_come_back_byte_for_byte():
    codes = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    linear = srgb_decode(codes.astype(np.float32) / 255).astype(np.float32)
    page = page_of(np.dstack([linear, np.ones((20, 30), np.float32)]))
    np.testing.assert_array_equal(page[..., :3], codes)


def test_light_above_white_is_clipped_and_not_wrapped():
    page = page_of(np.full((4, 4, 4), [7.0, 1.5, 0.0, 1.0], np.float32))
    assert (page == [255, 255, 0, 255]).all()


@pytest.mark.parametrize(
    ("shape", "texture_px", "expected"),
    [((40, 100), 50, (20, 50)), ((100, 40), 25, (25, 10)), ((30, 30), 30, (30, 30)), ((2, 200), 16, (1, 16))],
)
def test_reduced_pages_keep_their_shape_and_light(shape, texture_px, expected):
    rgba = np.full((*shape, 4), [0.2, 0.4, 0.1, 0.5], np.float32)
    page = page_of(rgba, texture_px)
    assert page.shape == (*expected, 4)
    assert np.abs(page - np.append(_codes([0.4, 0.8, 0.2]), 127.5)).max() <= 1


def test_pages_are_reduced_in_light_premultiplied():
    # A bright thing beside clear black: its colour stays, its alpha is the share it covers.
    rgba = np.zeros((32, 32, 4), np.float32)
    rgba[:, ::2] = [*_ORANGE, 1]
    page = page_of(rgba, 16)
    assert np.abs(page[..., :3] - _codes(_ORANGE)).max() <= 1 and (page[..., 3] == 128).all()
    # Black and white squares mix to half of the light, which is code 188, not 128.
    board = np.zeros((32, 32, 4), np.float32)
    board[np.indices((32, 32)).sum(axis=0) % 2 == 0] = 1
    board[..., 3] = 1
    assert np.abs(page_of(board, 16)[..., :3] - _codes(0.5)).max() <= 1


def test_a_page_of_nothing_is_clear_black():
    assert not page_of(np.zeros((5, 7, 4), np.float32)).any()


def test_what_8_bits_cannot_tell_from_clear_takes_the_colour_beside_it():
    rgba = np.zeros((8, 16, 4), np.float32)
    rgba[:, :8] = [*_ORANGE, 1]
    faint = np.float32(0.4 / 255)
    rgba[:, 8:] = [0, faint, 0, faint]
    page = page_of(rgba)
    assert (page[:, 8:, 3] == 0).all() and np.abs(page[:, 8:12, :3] - _codes(_ORANGE)).max() <= 1


def test_the_png_holds_the_page_and_says_srgb():
    page = np.random.default_rng(2).integers(0, 256, (9, 5, 4), np.uint8)
    data = png_bytes(page)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), page)
    blue_green_red_alpha = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(blue_green_red_alpha, page[..., [2, 1, 0, 3]])
    kinds, at = [], 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        kinds.append(kind)
        at += 12 + length
    assert b"sRGB" in kinds[: kinds.index(b"IDAT")] and kinds[-1] == b"IEND"
