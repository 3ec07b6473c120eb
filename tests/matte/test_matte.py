"""Mattes: the phone's or the user's, at any resolution of the photo's aspect; none where there is none."""

import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.errors import ValueRangeError
from relens.matte.matte import find_matte
from relens.photo import Photo

HEIGHT_PX, WIDTH_PX = 40, 60


def photo(**mattes):
    linear = np.full((HEIGHT_PX, WIDTH_PX, 3), 0.5, np.float32)
    return Photo(linear, Intrinsics.centred(80, WIDTH_PX, HEIGHT_PX), mattes=mattes)


def disc(height_px=HEIGHT_PX, width_px=WIDTH_PX):
    row, column = (np.mgrid[:height_px, :width_px] + 0.5) / height_px
    reach = np.hypot(row - 0.5, column - width_px / height_px / 2)
    return np.clip((0.3 - reach) * 15 + 0.5, 0, 1).astype(np.float32)


def test_without_a_matte_there_is_none():
    assert find_matte(photo()) is None
    assert find_matte(photo(hair=disc())) is None
    assert find_matte(photo(portrait=disc()), None) is None


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_any_resolution_comes_to_the_photos(scale):
    small = disc(int(HEIGHT_PX * scale), int(WIDTH_PX * scale))
    alpha = find_matte(photo(portrait=small))
    assert alpha.shape == (HEIGHT_PX, WIDTH_PX)
    assert alpha.dtype == np.float32 and alpha.min() == 0 and alpha.max() == 1
    np.testing.assert_allclose(alpha, disc(), atol=0.15)
    np.testing.assert_array_equal(find_matte(photo(), small), alpha)


def test_a_given_matte_goes_before_the_phones():
    given = disc()[:, ::-1].copy()
    given[:, :30] = 0
    np.testing.assert_array_equal(find_matte(photo(portrait=disc()), given), find_matte(photo(), given))


def test_near_certain_values_are_certain():
    soft = np.where(disc() > 0.5, 0.99, 0.01).astype(np.float32)
    alpha = find_matte(photo(portrait=soft))
    assert alpha[20, 30] == 1 and alpha[0, 0] == 0


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_matte_without_a_subject_is_none(value):
    assert find_matte(photo(), np.full((HEIGHT_PX, WIDTH_PX), value, np.float32)) is None


@pytest.mark.parametrize("size", [(60, 40), (40, 40), (40, 70)])
def test_another_aspect_is_refused(size):
    with pytest.raises(ValueRangeError, match=r"matte=.*aspect"):
        find_matte(photo(), np.zeros(size, np.float32))


@pytest.mark.parametrize("value", [-0.1, 1.1, 255.0, float("nan"), float("inf")])
def test_values_beyond_coverage_are_refused(value):
    matte = disc()
    matte[3, 3] = value
    with pytest.raises(ValueRangeError, match=r"matte=.*0 to 1"):
        find_matte(photo(), matte)
