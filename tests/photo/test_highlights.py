"""Clipped highlights: raised before the lens, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.errors import ValueRangeError
from relens.photo import Photo
from relens.photo.highlights import recover_highlights


def photo(linear):
    linear = np.asarray(linear, np.float32)
    return Photo(linear=linear, intrinsics=Intrinsics.centred(100, linear.shape[1], linear.shape[0]))


def lamp(top, sigma_px, size=512, colour=(1.0, 0.9, 0.8)):
    """A bell of light over grey, and what a camera that clips at 1 records of it."""
    row, column = np.mgrid[0:size, 0:size]
    bell = top * np.exp(-((row - size / 2) ** 2 + (column - size / 2) ** 2) / (2 * sigma_px**2))
    light = (0.02 + bell[..., None] * np.array(colour)).astype(np.float32)
    return light, photo(np.clip(light, 0, 1))


@pytest.mark.parametrize("top", [3.0, 6.0, 10.0])
def test_a_clipped_bell_gets_its_light_back(top):
    light, clipped = lamp(top, 5.0)
    lost, left = (np.abs(light - each).sum() for each in (clipped.linear, recover_highlights(clipped, "auto").linear))
    assert left < 0.5 * lost
    assert recover_highlights(clipped, "auto").linear.sum() <= 1.5 * light.sum()


@given(st.floats(0.1, 16), st.integers(0, 5))
def test_only_clipped_pixels_change_and_only_upwards(stops, seed):
    linear = np.random.default_rng(seed).random((24, 32, 3)).astype(np.float32)
    linear[5:14, 6:20] = 1.0
    raised = recover_highlights(photo(linear), stops)
    clipped = (linear >= 0.985).all(axis=2)
    np.testing.assert_array_equal(raised.linear[~clipped], linear[~clipped])
    assert (raised.linear >= linear).all() and np.isfinite(raised.linear).all()
    assert raised.linear.max() <= 2.0**stops * 1.0001
    # In the middle of the area all the stops, with the hue kept.
    assert raised.linear[9, 12] == pytest.approx([2.0**stops] * 3, rel=1e-4)


def test_at_the_rim_there_is_no_step():
    linear = np.full((32, 32, 3), 0.9, np.float32)
    linear[8:24, 8:24] = 1.0
    raised = recover_highlights(photo(linear), 3.0).linear[16, :, 0]
    assert raised[8] / raised[7] < 2.3 and raised[15] == pytest.approx(8)


@pytest.mark.parametrize("highlights", ["off", 0])
def test_off_is_the_same_photo(highlights):
    _, clipped = lamp(5.0, 5.0)
    assert recover_highlights(clipped, highlights) is clipped


@pytest.mark.parametrize("highlights", ["auto", 2.0])
def test_without_clipped_pixels_and_with_hdr_it_is_the_same_photo(highlights):
    dim, bright = photo(np.full((8, 8, 3), 0.5)), photo(np.full((8, 8, 3), 7.0))
    assert recover_highlights(dim, highlights) is dim
    assert recover_highlights(bright, highlights) is bright


def test_a_burnt_sky_says_nothing():
    linear = np.full((64, 64, 3), 0.3, np.float32)
    linear[:30] = 1.0
    assert recover_highlights(photo(linear), "auto").linear.max() == 1.0


def test_what_was_raised_is_said():
    _, clipped = lamp(5.0, 5.0)
    assert "stops" in recover_highlights(clipped, "auto").notes[-1]


@pytest.mark.parametrize("highlights", ["much", -1, 17, float("nan")])
def test_anything_else_is_refused(highlights):
    with pytest.raises(ValueRangeError, match="highlights"):
        recover_highlights(photo(np.ones((4, 4, 3))), highlights)
