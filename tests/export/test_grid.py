"""The part of a layer that a mesh covers: the window, the squares, and where they are torn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unchecked import unchecked

from relens.camera import Intrinsics
from relens.errors import ValueRangeError
from relens.export import Limits
from relens.export.grid import any_corner, beyond_texels, filled, grid_of
from relens.scene import Layer

_K = Intrinsics(100.0, 50.0, 12.0, 10.0, 24, 20)


def _layer(inverse_depth, alpha=1.0):
    alpha = np.broadcast_to(np.float32(alpha), np.shape(inverse_depth))
    return Layer("wall", np.repeat(alpha[..., None], 4, axis=2), np.asarray(inverse_depth, np.float32))


def test_the_window_is_what_is_visible_and_a_texel_around():
    alpha = np.zeros((20, 24), np.float32)
    alpha[5:9, 7:15] = 1
    grid = grid_of(_layer(np.full((20, 24), 0.5), alpha), _K, Limits())
    assert (grid.row, grid.column, grid.inverse_depth.shape) == (4, 6, (6, 10))
    # A visible texel reaches into the four squares around its centre.
    assert grid.visible.shape == (5, 9) and grid.visible.all() and not grid.torn.any()


def test_the_window_ends_at_the_pages_edge():
    grid = grid_of(_layer(np.full((20, 24), 0.5)), _K, Limits())
    assert (grid.row, grid.column, grid.inverse_depth.shape, grid.visible.shape) == (0, 0, (20, 24), (19, 23))


def test_alpha_that_8_bits_round_to_0_is_clear():
    alpha = np.zeros((20, 24), np.float32)
    alpha[5, 5], alpha[12, 12] = 0.49 / 255, 0.51 / 255
    grid = grid_of(_layer(np.full((20, 24), 0.5), alpha), _K, Limits())
    assert (grid.row, grid.column, grid.visible.shape) == (11, 11, (2, 2))


@pytest.mark.parametrize("shape", [(1, 24), (20, 1)])
def test_a_layer_one_texel_wide_has_no_squares(shape):
    assert grid_of(_layer(np.full(shape, 0.5)), _K, Limits()) is None


def test_a_layer_of_nothing_has_no_grid():
    assert grid_of(_layer(np.full((20, 24), 0.5), 0.0), _K, Limits()) is None


def test_a_layer_that_is_all_torn_has_no_grid():
    row, column = np.indices((20, 24))
    assert grid_of(_layer(np.where((row + column) % 2, 1.0, 0.2)), _K, Limits()) is None


def test_what_is_farther_is_counted_where_it_is_seen_whatever_else_the_layer_has():
    alpha = np.zeros((20, 24), np.float32)
    alpha[5:9, 7:15] = 1
    sky = _layer(np.zeros((20, 24)), alpha)
    assert grid_of(sky, _K, Limits()) is None and beyond_texels(sky, Limits()) == 32
    assert beyond_texels(_layer(np.full((20, 24), 0.5), alpha), Limits()) == 0


@pytest.mark.parametrize("infinity_m", [1e-320, 1e-40, 1000.0, 1e40, 1e300])
def test_the_least_inverse_depth_and_its_square_are_numbers(infinity_m):
    least = Limits(infinity_m=infinity_m).least_inverse_depth
    assert least.dtype == np.float32 and least > 0
    with np.errstate(all="raise"):
        assert np.isfinite(least * least) and np.isfinite(1 / (least * least))


@given(st.integers(0, 999))
def test_a_square_is_visible_when_one_of_its_texels_is(seed):
    rng = np.random.default_rng(seed)
    texels = rng.random(rng.integers(2, 9, 2)) < rng.random() / 2
    found = any_corner(texels)
    expected = [[texels[r : r + 2, c : c + 2].any() for c in range(texels.shape[1] - 1)] for r in range(len(found))]
    np.testing.assert_array_equal(found, expected)


@given(st.integers(0, 999))
def test_unknown_depths_take_the_nearest_known_one(seed):
    rng = np.random.default_rng(seed)
    depth = rng.random((9, 11)).astype(np.float32)
    known = rng.random(depth.shape) < 0.15
    known[rng.integers(9), rng.integers(11)] = True
    found = filled(np.where(known, depth, np.float32(np.nan)))
    places = np.argwhere(known)
    for place in np.argwhere(np.ones_like(known)):
        distance = np.hypot(*(places - place).T)
        # The transform's distances are good to a few percent.
        near = places[distance <= 1.1 * distance.min()]
        assert found[tuple(place)] in depth[near[:, 0], near[:, 1]]


def test_nothing_known_is_at_infinity():
    assert not filled(np.full((4, 5), np.nan, np.float32)).any()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("steepest_deg", [70.0, 80.0, 87.0])
def test_planes_are_torn_from_the_steepest_angle_on(steepest_deg, axis, turned):
    focal_px = _K.fx_px if axis == 1 else _K.fy_px

    def torn(angle_deg):
        # A plane through the axis turned by the angle is 1 + tan(angle) (u - c) / f times its inverse depth there.
        step = math.tan(math.radians(angle_deg)) / focal_px * (-1 if turned else 1)
        inverse_depth = 0.5 * (1 + step * np.array([-0.5, 0.5]))
        page = np.tile(inverse_depth, (2, 1)) if axis == 1 else np.tile(inverse_depth[:, None], (1, 2))
        # A row or column more, level, so that a part is whole.
        page = np.pad(page, 1, mode="edge")
        return grid_of(_layer(page), _K, Limits(steepest_deg=steepest_deg)).torn[1, 1]

    assert not torn(steepest_deg - 0.2) and torn(steepest_deg + 0.2)


def test_steps_under_a_hundredth_of_the_distance_are_never_torn():
    telephoto = Intrinsics(1e5, 1e5, 2, 1, 4, 2)
    for step, is_torn in ((0.0098, False), (0.0102, True)):
        page = np.tile(np.float32([1, 1, 1 + step, 1 + step]), (2, 1))
        torn = grid_of(_layer(page), telephoto, Limits(steepest_deg=45)).torn
        assert torn[0].tolist() == [False, is_torn, False]


def test_a_tear_is_in_every_square_that_has_the_step():
    page = np.full((6, 6), 0.5, np.float32)
    page[:3, :3] = 2
    torn = grid_of(_layer(page), _K, Limits()).torn
    expected = np.zeros((5, 5), bool)
    expected[:3, 2] = expected[2, :3] = True
    np.testing.assert_array_equal(torn, expected)


def test_what_is_clear_is_not_torn():
    page, alpha = np.full((8, 8), 0.5), np.zeros((8, 8), np.float32)
    alpha[:, :3] = 1
    page[:, 5:] = 5
    grid = grid_of(_layer(page, alpha), _K, Limits())
    assert grid.inverse_depth.shape == (8, 4) and not grid.torn.any()


def test_infinity_is_left_out_square_by_square_or_clamped():
    page = np.full((6, 8), 0.5, np.float32)
    page[:, 5:] = 0.01
    layer = _layer(page)
    limits = Limits(infinity_m=50)
    left_out = grid_of(layer, _K, limits)
    assert beyond_texels(layer, limits) == 18 and left_out.inverse_depth.min() >= np.float32(0.02)
    # No square with a visible texel at infinity is whole.
    assert left_out.torn[:, 4].all() and not left_out.torn[:, :4].any()
    limits = Limits(infinity_m=50, beyond="clamp")
    clamped = grid_of(layer, _K, limits)
    # Torn by the step to what was clamped, and nowhere else.
    torn = np.tile(np.arange(7) == 4, (5, 1))
    assert beyond_texels(layer, limits) == 18 and clamped.visible.shape == (5, 7)
    np.testing.assert_array_equal(clamped.torn, torn)
    np.testing.assert_allclose(clamped.inverse_depth[:, 5:], 0.02)


@pytest.mark.parametrize(
    ("name", "values"),
    [("steepest_deg", (44.9, 90.1, math.nan, -87.0)), ("infinity_m", (0.0, -1.0, math.inf, math.nan))],
)
def test_numbers_out_of_range(name, values):
    for value in values:
        with pytest.raises(ValueRangeError, match=f"{name}={value}: expected"):
            Limits(**{name: value})
    assert Limits(steepest_deg=45, infinity_m=1e-3).steepest_deg == 45


def test_another_word_for_beyond_is_refused():
    with unchecked(), pytest.raises(ValueRangeError, match="beyond='drop': expected leave-out or clamp"):
        Limits(beyond="drop")
