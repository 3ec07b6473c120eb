"""Halves are means of four pixels, doubles lie over what they came from."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.matte.pyramid import doubled_plane, halved_plane, levels_to

VALUES = st.floats(0, 8, width=32)
PLANES = st.one_of(
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=11),
    st.tuples(st.integers(1, 11), st.integers(1, 11), st.just(3)),
).flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=VALUES))


def slow_half(plane):
    height, width = plane.shape[:2]
    half = np.empty(((height + 1) // 2, (width + 1) // 2, *plane.shape[2:]))
    for i, j in np.ndindex(half.shape[:2]):
        rows, columns = [2 * i, min(2 * i + 1, height - 1)], [2 * j, min(2 * j + 1, width - 1)]
        half[i, j] = plane[np.ix_(rows, columns)].mean(axis=(0, 1))
    return half


@given(PLANES)
def test_a_half_is_the_mean_of_four_pixels_with_an_odd_border_repeated(plane):
    half = halved_plane(plane)
    assert half.dtype == np.float32
    np.testing.assert_allclose(half, slow_half(plane), rtol=1e-5, atol=1e-5)


@given(PLANES, st.booleans(), st.booleans())
def test_a_double_is_cut_to_its_shape_and_stays_within_the_values(plane, odd_height, odd_width):
    shape = 2 * plane.shape[0] - odd_height, 2 * plane.shape[1] - odd_width
    double = doubled_plane(plane, shape)
    assert double.shape == (*shape, *plane.shape[2:]) and double.flags.c_contiguous
    assert plane.min() - 1e-5 <= double.min() and double.max() <= plane.max() + 1e-5


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_slopes_come_back_where_they_were(along, down):
    row, column = np.mgrid[:12, :17] + 0.5
    slope = (along * column + down * row).astype(np.float32)
    inner = (slice(2, -2), slice(2, -3))
    np.testing.assert_allclose(doubled_plane(halved_plane(slope), (12, 17))[inner], slope[inner], atol=1e-4)


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 700))
def test_levels_are_as_many_halvings_as_it_takes(height_px, width_px, longest_px):
    sides = [max(height_px, width_px)]
    for _ in range(levels_to((height_px, width_px, 3), longest_px)):
        sides.append(-(-sides[-1] // 2))
    assert sides[-1] <= longest_px
    assert all(side > longest_px for side in sides[:-1])


@pytest.mark.parametrize(("shape", "levels"), [((3024, 4032), 3), ((512, 512), 0), ((513, 2), 1)])
def test_levels_of_known_pictures(shape, levels):
    assert levels_to(shape, 512) == levels
