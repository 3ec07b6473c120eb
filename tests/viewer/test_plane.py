"""Planes come back to the bit, and stand in the bytes as the page reads them."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from relens.errors import RelensError
from relens.viewer.plane import decoded, encoded

sides = st.integers(1, 12)
planes = st.one_of(
    *(
        st.tuples(sides, sides).flatmap(lambda size, kind=kind: arrays.arrays(kind, size))
        for kind in (np.uint8, np.uint16)
    )
)


@given(planes)
def test_round_trip(plane):
    back = decoded(encoded(plane), plane.shape[1], plane.shape[0], 8 * plane.itemsize)
    assert back.dtype == plane.dtype
    np.testing.assert_array_equal(back, plane)


def test_the_bytes_of_a_small_plane():
    # Left: 5; +1; up: -2; left + up - upper left = 4, 700 over it.
    plane = np.array([[5, 6], [3, 704]], np.uint16)
    zigzag = [10, 2, 3, 1400]
    low, high = [code & 255 for code in zigzag], [code >> 8 for code in zigzag]
    assert zlib.decompress(encoded(plane)) == bytes(low + high)


def test_residuals_wrap_around():
    # 255 after 0 is one step back.
    assert zlib.decompress(encoded(np.array([[0, 255]], np.uint8))) == bytes([0, 1])


@pytest.mark.parametrize("spoil", [lambda d: d[:-6], lambda d: b"\0" + d, lambda d: d[:8] + b"\xff\xff" + d[10:]])
def test_damaged_bytes_are_refused(spoil):
    data = encoded(np.random.default_rng(1).integers(0, 256, (16, 16)).astype(np.uint8))
    with pytest.raises(RelensError, match="16 x 16 px is damaged"):
        decoded(spoil(data), 16, 16, 8)


def test_more_than_the_plane_is_refused_without_being_unpacked():
    bomb = zlib.compress(bytes(1 << 24), 9)
    with pytest.raises(RelensError, match="damaged"):
        decoded(bomb, 4, 4, 8)


def test_smooth_depth_is_small():
    row, column = np.mgrid[0:200, 0:300]
    slope = (3000 + 7 * column + 5 * row).astype(np.uint16)
    assert len(encoded(slope)) < slope.nbytes / 200
