"""The colours of both sides: they blend to the picture, and are pymatting's estimate where it sees the same."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unchecked import unchecked

from relens.errors import MissingPackageError, ValueRangeError
from relens.matte import foreground as room
from relens.matte.blend import split_exactly
from relens.matte.foreground import side_colours

pymatting = pytest.importorskip("pymatting")
RED, BLUE = np.float32([0.7, 0.1, 0.1]), np.float32([0.1, 0.2, 0.6])


def ramp(height_px, width_px, first, last):
    """Alpha from 0 before one column to 1 after another."""
    column = np.arange(width_px)[None].repeat(height_px, axis=0)
    return np.clip((column - first) / (last - first), 0, 1).astype(np.float32)


def blend(alpha, front=RED, rear=BLUE):
    return (alpha[..., None] * front + (1 - alpha[..., None]) * rear).astype(np.float32)


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_both_sides_blend_to_the_picture(seed):
    rng = np.random.default_rng(seed)
    linear, alpha = rng.random((13, 17, 3), np.float32) * 3, np.clip(rng.normal(0.5, 0.6, (13, 17)), 0, 1)
    alpha = alpha.astype(np.float32)
    front, rear = side_colours(linear, alpha)
    assert front.min() >= 0 and rear.min() >= 0
    blended = blend(alpha, front, rear)
    np.testing.assert_allclose(blended, linear, atol=1e-4)


def test_colours_where_nothing_is_shared_are_the_picture_s():
    linear, alpha = np.random.default_rng(1).random((40, 50, 3), np.float32), ramp(40, 50, 20, 30)
    alone = (alpha == 0) | (alpha == 1)
    for side in side_colours(linear, alpha):
        np.testing.assert_array_equal(side[alone], linear[alone])
        assert (side[~alone] != linear[~alone]).any(axis=-1).mean() > 0.9


def test_a_picture_that_shares_no_pixel_is_both_sides_and_needs_no_pymatting(monkeypatch):
    monkeypatch.setattr(room, "require_pymatting", lambda: pytest.fail("not needed"))
    linear, alpha = np.random.default_rng(2).random((9, 9, 3), np.float32), np.eye(9, dtype=np.float32)
    for side in side_colours(linear, alpha):
        np.testing.assert_array_equal(side, linear)
        assert not np.shares_memory(side, linear)


def test_on_a_small_picture_the_estimate_is_pymatting_s_made_exact():
    rng = np.random.default_rng(3)
    alpha = ramp(60, 70, 10, 60)
    linear = blend(alpha, rng.random((60, 70, 3)) / 4 + RED / 2, rng.random((60, 70, 3)) / 4 + BLUE / 2)
    estimate = pymatting.estimate_foreground_ml(linear, alpha, return_background=True)
    shared = (alpha > 0) & (alpha < 1)
    for side, expected in zip(side_colours(linear, alpha), split_exactly(linear, alpha, *estimate), strict=True):
        np.testing.assert_allclose(side[shared], expected[shared], atol=1e-5)


def test_light_brighter_than_one_keeps_its_colour():
    alpha = ramp(40, 50, 15, 35)
    dim, bright = side_colours(blend(alpha), alpha), side_colours(50 * blend(alpha), alpha)
    for few, many in zip(dim, bright, strict=True):
        np.testing.assert_allclose(many / 50, few, atol=0.01)
    np.testing.assert_allclose(bright[0][alpha > 0] / 50, np.broadcast_to(RED, bright[0].shape)[alpha > 0], atol=0.05)


def test_a_wide_soft_region_reaches_both_sides_across_tiles():
    # Wider than a tile of 192 with its margin of 32, so no tile in its middle shows a side's own colour by itself.
    alpha = ramp(24, 620, 30, 590)
    front, rear = side_colours(blend(alpha), alpha)
    middle = np.s_[:, 215:385]
    assert abs(front[middle] - RED).max() < 0.06 and abs(rear[middle] - BLUE).max() < 0.06


def test_tiles_leave_no_seams():
    alpha = ramp(400, 60, 20, 40)
    front, rear = side_colours(blend(alpha), alpha)
    for side in (front, rear):
        assert abs(np.diff(side[:, 21:40], axis=0)).max() < 0.02


def test_shapes_that_differ_are_refused():
    with unchecked(), pytest.raises(ValueRangeError, match="alpha"):
        side_colours(np.zeros((5, 6, 3), np.float32), np.zeros((6, 5), np.float32))


def test_without_pymatting_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymatting", None)
    with pytest.raises(MissingPackageError, match=r"relens\[matte\]"):
        side_colours(np.zeros((5, 5, 3), np.float32), np.full((5, 5), np.float32(0.5)))
