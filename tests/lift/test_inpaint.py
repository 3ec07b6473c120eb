"""Inpaint: texture and edges go on, from the same surface only; nothing else changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.lift.inpaint import _as_bright, inpaint
from relens.lift.inpaint_kernels import copy_detail, halve


def hole(shape, top, left, height, width):
    mask = np.zeros(shape, bool)
    mask[top : top + height, left : left + width] = True
    return mask


def filled(picture, mask, sources=None, seed=0):
    """The picture with the mask's mean colour around it as smooth continuation, then inpainted."""
    smooth = np.where(mask[..., None], picture[~mask].mean(axis=0), picture).astype(np.float32)
    known = (~mask).astype(np.int32) if sources is None else sources
    return smooth, inpaint(smooth, known, mask.astype(np.int32), seed=seed)


def stripes(shape, period):
    row, column = np.mgrid[: shape[0], : shape[1]]
    light = 0.4 + 0.3 * np.sin(2 * np.pi * (row + 0.5 * column) / period)
    return np.repeat(light[..., None], 3, axis=-1).astype(np.float32)


def test_only_wanted_pixels_change():
    picture = np.random.default_rng(0).random((60, 80, 3)).astype(np.float32)
    mask = hole((60, 80), 20, 30, 18, 22)
    smooth, result = filled(picture, mask)
    np.testing.assert_array_equal(result[~mask], smooth[~mask])
    assert (result[mask] != smooth[mask]).any()
    assert (result >= 0).all() and np.isfinite(result).all()


def test_a_flat_field_stays_flat():
    picture = np.full((50, 50, 3), 0.37, np.float32)
    np.testing.assert_allclose(filled(picture, hole((50, 50), 10, 10, 25, 25))[1], 0.37, rtol=1e-5)


def test_the_same_seed_gives_the_same_picture():
    picture = np.random.default_rng(1).random((64, 64, 3)).astype(np.float32)
    mask = hole((64, 64), 20, 20, 20, 20)
    np.testing.assert_array_equal(filled(picture, mask, seed=3)[1], filled(picture, mask, seed=3)[1])
    assert (filled(picture, mask, seed=3)[1] != filled(picture, mask, seed=4)[1]).any()


@pytest.mark.parametrize("period", [6, 9, 14])
def test_stripes_go_on_through_a_hole(period):
    picture = stripes((96, 96), period)
    mask = hole((96, 96), 36, 36, 20, 20)
    smooth, result = filled(picture, mask)
    error, flat = (np.mean((image[mask] - picture[mask]) ** 2) for image in (result, smooth))
    assert error < 0.1 * flat


def test_texture_is_as_lively_as_around():
    rng = np.random.default_rng(2)
    picture = (0.3 + 0.08 * rng.standard_normal((128, 128, 1)) * np.ones(3)).clip(0.01).astype(np.float32)
    mask = hole((128, 128), 40, 40, 44, 44)
    smooth, result = filled(picture, mask)
    assert smooth[mask].std() < 1e-6
    assert 0.5 < result[mask][:, 0].std() / picture[~mask][:, 0].std() < 1.3


def test_a_large_hole_keeps_its_smooth_brightness():
    column = np.mgrid[:200, :200][1]
    rng = np.random.default_rng(3)
    ramp = 0.1 + 0.6 * column / 200
    picture = np.repeat((ramp * rng.uniform(0.9, 1.1, ramp.shape))[..., None], 3, axis=-1).astype(np.float32)
    mask = hole((200, 200), 20, 50, 160, 100)
    smooth = np.where(mask[..., None], ramp[..., None], picture).astype(np.float32)
    result = inpaint(smooth, (~mask).astype(np.int32), mask.astype(np.int32))
    left, right = result[mask].reshape(160, 100, 3)[:, :20].mean(), result[mask].reshape(160, 100, 3)[:, -20:].mean()
    assert abs(left - ramp[0, 50:70].mean()) < 0.05 and abs(right - ramp[0, 130:150].mean()) < 0.05


@pytest.mark.parametrize("scale", [1, 20])
def test_lights_are_not_copied_but_a_white_wall_is(scale):
    """Whatever the light's unit, what is as bright as all of its surface is no light."""
    noise = np.random.default_rng(5).random((90, 120, 3)).astype(np.float32)
    night, wall = 0.02 + 0.02 * noise, scale * (0.95 + 0.1 * noise)
    night[20:24, 30:34] = night[50:53, 90:93] = 1.0
    mask = hole((90, 120), 24, 34, 40, 52)
    assert filled(night, mask)[1][mask].max() < 0.1
    assert filled(wall, mask)[1][mask].std() > 0.5 * wall.std()


def test_colours_come_from_the_same_surface_only():
    rng = np.random.default_rng(4)
    sources = np.where(np.mgrid[:80, :100][1] < 50, 1, 2).astype(np.int32)
    colour = np.where((sources == 1)[..., None], np.float32([0.7, 0.1, 0.1]), np.float32([0.1, 0.1, 0.7]))
    picture = (colour * rng.uniform(0.7, 1, (80, 100, 1))).astype(np.float32)
    mask = hole((80, 100), 30, 30, 20, 40)
    wanted = np.where(mask, sources, 0).astype(np.int32)
    smooth = np.where(mask[..., None], colour * np.float32(0.85), picture).astype(np.float32)
    result = inpaint(smooth, np.where(mask, 0, sources).astype(np.int32), wanted)
    red = result[..., 0] > result[..., 2]
    assert (red[mask] == (sources == 1)[mask]).all()


def test_a_surface_without_sources_stays_smooth():
    picture = np.random.default_rng(5).random((40, 40, 3)).astype(np.float32)
    mask = hole((40, 40), 10, 10, 12, 12)
    smooth = np.where(mask[..., None], np.float32(0.5), picture).astype(np.float32)
    sources = np.where(mask, 0, 7).astype(np.int32)
    np.testing.assert_allclose(inpaint(smooth, sources, mask.astype(np.int32)), smooth, atol=0.02)
    np.testing.assert_array_equal(inpaint(smooth, np.zeros_like(sources), mask.astype(np.int32)), smooth)
    np.testing.assert_array_equal(inpaint(smooth, sources, np.zeros_like(sources)), smooth)


@settings(max_examples=25)
@given(st.integers(4, 30), st.integers(4, 30), st.integers(0, 10_000))
def test_any_mixture_of_surfaces_is_survived(height, width, seed):
    rng = np.random.default_rng(seed)
    picture = rng.random((height, width, 3)).astype(np.float32)
    sources, wanted = (rng.integers(0, 4, (height, width)).astype(np.int32) for _ in range(2))
    wanted[rng.random(wanted.shape) < 0.6] = 0
    result = inpaint(picture, sources, wanted)
    np.testing.assert_array_equal(result[wanted == 0], picture[wanted == 0])
    assert np.isfinite(result).all() and (result >= 0).all()


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 1000))
def test_a_halved_picture_holds_the_mean_of_what_counts(height, width, seed):
    rng = np.random.default_rng(seed)
    colour = rng.random((height, width, 3)).astype(np.float32)
    sources = rng.integers(0, 3, (height, width)).astype(np.int32)
    wanted = np.where(sources == 0, rng.integers(0, 3, (height, width)), 0).astype(np.int32)
    mean, source, want = halve(colour, sources, wanted)
    for y, x in np.ndindex(source.shape):
        row, column = np.minimum([2 * y, 2 * y + 1], height - 1), np.minimum([2 * x, 2 * x + 1], width - 1)
        cell = np.ix_(row, column)
        counts = (sources[cell] > 0) | (wanted[cell] > 0)
        if counts.any():
            np.testing.assert_allclose(mean[y, x], colour[cell][counts].mean(axis=0), rtol=1e-5)
        pure = sources[cell].min() == sources[cell].max()
        assert want[y, x] == wanted[cell].max()
        assert source[y, x] == (sources[cell][0, 0] if pure and want[y, x] == 0 else 0)


def test_a_pixel_that_partners_itself_is_reproduced():
    colour = np.random.default_rng(6).random((10, 12, 3)).astype(np.float32)
    coarse = halve(colour, np.ones((10, 12), np.int32), np.zeros((10, 12), np.int32))[0]
    places = np.arange(120)
    result = np.zeros_like(colour)
    copy_detail(colour, coarse, np.ones((5, 6), np.int32), coarse, places, places.reshape(10, 12), result)
    np.testing.assert_allclose(result, colour, atol=1e-6)


def test_no_detail_is_taken_beside_a_hole():
    colour, coarse = np.full((8, 8, 3), 0.5, np.float32), np.full((4, 4, 3), 0.9, np.float32)
    sources = np.ones((4, 4), np.int32)
    sources[:, 2:] = 0
    places, partner = np.arange(64), np.full((8, 8), 2 * 8 + 5)
    result = np.zeros_like(colour)
    copy_detail(colour, coarse, sources, coarse, places, partner, result)
    np.testing.assert_allclose(result, 0.9)


def test_partners_stay_near():
    from relens.lift.inpaint_kernels import search

    size, most_px = (60, 300), 40
    colour = np.random.default_rng(2).random((*size, 3)).astype(np.float32)
    wanted = np.zeros(size, np.int32)
    wanted[20:40, 200:240] = 1
    sources = np.where(wanted > 0, 0, 1).astype(np.int32)
    places, own = np.flatnonzero(wanted), np.flatnonzero(sources)
    partner, bests = np.full(size, -1, np.int32), np.empty(size, np.float32)
    trust = np.where(sources > 0, 1, 0.2).astype(np.float32)
    starts = np.array([0, 0, own.size])
    search(colour, trust, colour, sources, wanted, places, partner, bests, own, starts, most_px, 300, 3, 0)
    row, column = np.divmod(partner.ravel()[places], size[1])
    assert (np.abs(row - places // size[1]) <= most_px).all()
    off_px = np.abs(column - places % size[1])
    assert off_px.max() <= most_px and off_px.max() > most_px / 2


def test_what_is_broad_goes_back_towards_the_smooth_continuation_and_detail_stays():
    row, column = np.mgrid[:90, :120]
    mask = (hole((90, 120), 20, 20, 50, 80)).astype(np.int32)
    smooth = np.full((90, 120, 3), 0.5, np.float32)
    detail = np.where(((row + column) % 4 < 2)[..., None], np.float32(0.1), np.float32(-0.1))
    result = _as_bright(np.where(mask[..., None] > 0, smooth + 0.2 + detail, smooth), smooth, mask)
    np.testing.assert_array_equal(result[mask == 0], smooth[mask == 0])
    middle = result[30:60, 30:90]
    np.testing.assert_allclose(middle.mean(), 0.5 + 0.2 * (1 - 0.4), atol=0.01)
    assert middle.std() > 0.9 * detail.std()
