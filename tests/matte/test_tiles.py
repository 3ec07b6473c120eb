"""Tiles hold every pixel of a sparse set exactly once, with no more around it than was asked for."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.matte.tiles import tiles_of

MASKS = hnp.array_shapes(min_dims=2, max_dims=2, max_side=23).flatmap(
    lambda shape: hnp.arrays(bool, shape, elements=st.booleans(), fill=st.just(False))
)
SIDES_PX, MARGINS_PX = st.integers(1, 9), st.integers(0, 5)


@given(MASKS, SIDES_PX, MARGINS_PX)
def test_every_pixel_of_the_mask_is_in_exactly_one_core(mask, side_px, margin_px):
    times = np.zeros(mask.shape, int)
    for tile in tiles_of(mask, side_px, margin_px):
        times[tile.core] += 1
    assert (times[mask] == 1).all() and times.max() <= 1


@given(MASKS, SIDES_PX, MARGINS_PX)
def test_a_core_is_the_box_around_its_pixels(mask, side_px, margin_px):
    for tile in tiles_of(mask, side_px, margin_px):
        core = mask[tile.core]
        assert max(core.shape) <= side_px
        assert core[0].any() and core[-1].any() and core[:, 0].any() and core[:, -1].any()


@given(MASKS, SIDES_PX, MARGINS_PX)
def test_a_crop_is_the_core_with_its_margin_as_far_as_the_picture_goes(mask, side_px, margin_px):
    number = np.arange(mask.size).reshape(mask.shape)
    for tile in tiles_of(mask, side_px, margin_px):
        np.testing.assert_array_equal(number[tile.crop][tile.inner], number[tile.core])
        for crop, core, size in zip(tile.crop, tile.core, mask.shape, strict=True):
            assert crop.start == max(core.start - margin_px, 0)
            assert min(crop.stop, size) == min(core.stop + margin_px, size)


def test_an_empty_mask_has_no_tiles():
    assert list(tiles_of(np.zeros((40, 40), bool), 8, 3)) == []
