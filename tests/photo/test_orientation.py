import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from relens.camera import Intrinsics
from relens.photo.orientation import chain, orient_intrinsics, orient_raster, valid_orientation

_CODES = range(1, 9)


@pytest.mark.parametrize("code", _CODES)
def test_rasters_turn_as_pillow_turns_them(code: int) -> None:
    stored = np.arange(12, dtype=np.uint8).reshape(3, 4)
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = code
    turned = orient_raster(stored, code)
    np.testing.assert_array_equal(turned, np.asarray(ImageOps.exif_transpose(image)))
    assert turned.flags.c_contiguous


@given(st.sampled_from(_CODES), st.integers(0, 6), st.integers(0, 4), st.floats(1, 100), st.floats(1, 100))
def test_intrinsics_follow_the_pixels(code: int, column: int, row: int, fx: float, fy: float) -> None:
    # A pixel marked in the stored raster, with the principal point on its centre, carries it along.
    stored = np.zeros((5, 7))
    stored[row, column] = 1
    k = orient_intrinsics(Intrinsics(fx, fy, column + 0.5, row + 0.5, 7, 5), code)
    turned = orient_raster(stored, code)
    assert turned.shape == (k.height_px, k.width_px)
    assert turned[int(k.cy_px), int(k.cx_px)] == 1
    assert (k.fx_px, k.fy_px) == ((fx, fy) if code < 5 else (fy, fx))


@given(st.sampled_from(_CODES), st.sampled_from(_CODES))
def test_chain_is_one_after_the_other(first: int, second: int) -> None:
    stored = np.arange(12).reshape(3, 4)
    in_turn = orient_raster(orient_raster(stored, first), second)
    np.testing.assert_array_equal(orient_raster(stored, chain(first, second)), in_turn)


@pytest.mark.parametrize("code", [None, 0, 9, -1, "6", 6.5])
def test_nonsense_is_upright(code: object) -> None:
    assert valid_orientation(code) == 1
