"""The atlas packs a scene: crops, means of texels, and bounds that hold for every texel a block may read."""

import numpy as np
import pytest
from layer_scenes import BORDER_PX, grid, plane, scene_of, texture

from relens.render.atlas import BLOCK_PX, LEVELS, build_atlas

SEEN_PX = 16  # the surface counts at least this far past what is visible


def scene():
    row, column = grid()
    disc = np.hypot(row - 20, column - 50) < 7
    hill = 0.6 + 0.3 * np.sin(row / 5) * np.cos(column / 7)
    holes = np.where(np.hypot(row - 30, column - 20) < 6, np.nan, hill)
    return scene_of(
        plane("disc", texture(1), 1.5 + 0.01 * column, alpha=0.7 * disc),
        plane("nothing", texture(2), 1.0, alpha=0.0),
        plane("holes", texture(3), holes, alpha=~np.isnan(holes)),
    )


def page(atlas, index, level=0):
    offset, width, height = atlas.levels[index, level]
    return atlas.texels[offset : offset + width * height * 4].reshape(height, width, 4)


def depth(atlas, index):
    _, _, width, height, offset = atlas.crop[index]
    return atlas.inverse_depth[offset : offset + width * height].reshape(height, width)


def blocks(atlas, index, level):
    offset, width, height = atlas.blocks[index, level]
    return atlas.bounds[offset : offset + width * height].reshape(height, width, 8)


def test_layers_that_are_nowhere_visible_are_left_out():
    atlas = build_atlas(scene())
    assert len(atlas.crop) == len(atlas.levels) == len(atlas.blocks) == len(atlas.depth_range) == 2
    empty = build_atlas(scene_of(plane("nothing", texture(2), 1.0, alpha=0.0)))
    assert len(empty.crop) == 0 and empty.texels.size == 0


def test_crops_hold_all_that_is_visible_at_its_place():
    lifted = scene()
    atlas = build_atlas(lifted)
    for index, layer in enumerate((lifted.layers[0], lifted.layers[2])):
        left, top, width, height = atlas.crop[index, :4] + [BORDER_PX, BORDER_PX, 0, 0]
        rows, columns = slice(top, top + height), slice(left, left + width)
        np.testing.assert_array_equal(page(atlas, index), layer.rgba[rows, columns])
        np.testing.assert_array_equal(depth(atlas, index), layer.inverse_depth[rows, columns])
        assert layer.rgba[rows, columns][..., 3].sum() == pytest.approx(layer.rgba[..., 3].sum())


def test_every_level_holds_the_means_of_the_one_below():
    atlas = build_atlas(scene())
    for index in range(2):
        for level in range(1, LEVELS):
            fine, coarse = page(atlas, index, level - 1), page(atlas, index, level)
            height, width = fine.shape[:2]
            assert coarse.shape[:2] == ((height + 1) // 2, (width + 1) // 2)
            even = np.pad(fine, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
            four = even.reshape(coarse.shape[0], 2, coarse.shape[1], 2, 4)
            np.testing.assert_allclose(coarse, four.mean(axis=(1, 3)), atol=1e-6)


def test_an_even_pyramid_keeps_the_mean():
    # 96 x 80 texels: even down to the fourth halving.
    atlas = build_atlas(scene_of(plane("wall", texture(1), 0.5)))
    expected = page(atlas, 0).mean(axis=(0, 1))
    for level in range(5):
        np.testing.assert_allclose(page(atlas, 0, level).mean(axis=(0, 1)), expected, rtol=1e-5)


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("level", range(LEVELS))
def test_bounds_hold_for_every_texel(index, level):
    atlas = build_atlas(scene())
    inverse_depth, alpha = depth(atlas, index), page(atlas, index)[..., 3]
    bounds, side = blocks(atlas, index, level), BLOCK_PX << level
    assert bounds.shape[:2] == tuple(-(-size // side) for size in alpha.shape)
    visible = np.argwhere(alpha > 0)
    for row in range(bounds.shape[0]):
        for column in range(bounds.shape[1]):
            least, greatest, least_alpha, greatest_alpha, *steps = bounds[row, column]
            block = (slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side))
            assert least_alpha <= alpha[block].min() and alpha[block].max() <= greatest_alpha
            # A bilinear read in the block may use the first texels around it.
            around = tuple(slice(max(part.start - 1, 0), part.stop + 1) for part in block)
            seen = (alpha[around] > 0) & ~np.isnan(inverse_depth[around])
            if seen.any():
                assert least <= inverse_depth[around][seen].min()
                assert inverse_depth[around][seen].max() <= greatest
            inside = inverse_depth[block]
            for step, near, lowest, highest in (
                (np.diff(inside, axis=1), alpha[block][:, :-1] > 0, *steps[:2]),
                (np.diff(inside, axis=0), alpha[block][:-1] > 0, *steps[2:]),
            ):
                known = step[near][~np.isnan(step[near])]
                assert not known.size or (lowest <= known.min() and known.max() <= highest)
                if known.size < near.sum():  # a step beside a hole is as steep as can be
                    assert lowest < -1e20 and highest > 1e20
            if least > greatest:
                rows, columns = (
                    np.clip(visible[:, axis], part.start, part.stop - 1) for axis, part in enumerate(block)
                )
                away_px = np.maximum(abs(visible[:, 0] - rows), abs(visible[:, 1] - columns)).min()
                assert away_px > SEEN_PX or np.isnan(inside).any()


def test_the_range_of_depth():
    atlas = build_atlas(scene())
    for index in range(2):
        inverse_depth = depth(atlas, index)
        expected = np.nanmin(inverse_depth), np.nanmax(inverse_depth)
        np.testing.assert_array_equal(atlas.depth_range[index], expected)
