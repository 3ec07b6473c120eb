"""Offsets: smooth, never folding, undone exactly; what one camera sees in one place they spread over the page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import FX_PX, HEIGHT_PX, WIDTH_PX, plane, scene_of
from scipy.interpolate import BSpline
from scipy.spatial import cKDTree
from unchecked import unchecked

from relens.canonical import Offsets, ProjectionField, fit_offsets
from relens.canonical.lattice_kernels import add_to_lattice, read_lattice
from relens.canonical.offsets import MOST_SLOPE
from relens.errors import ValueRangeError

LOW, HIGH = (-16.0, -16.0, 0.0), (80.0, 64.0, 2.0)


@st.composite
def offsets(draw):
    """Random lattices, as steep as is allowed or less."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = rng.integers(4, 9, 3)
    control = rng.normal(size=(*shape, 2)).cumsum(axis=draw(st.integers(0, 2)))
    (_, rows, columns, _), size = control.shape, np.subtract(HIGH, LOW)
    steepest = np.hypot(
        np.linalg.norm(np.diff(control, axis=2), axis=-1).max() / size[0] * (columns - 3),
        np.linalg.norm(np.diff(control, axis=1), axis=-1).max() / size[1] * (rows - 3),
    )
    return Offsets(control * draw(st.floats(0, MOST_SLOPE * 0.999)) / steepest, LOW, HIGH)


def places(seed, count=60):
    """Places in and around the lattice."""
    return np.random.default_rng(seed).uniform(np.subtract(LOW, 5), np.add(HIGH, [5, 5, 1]), (count, 3))


@given(offsets(), st.integers(0, 2**32))
def test_the_map_is_one_to_one_at_every_inverse_depth(some, seed):
    one, other = places(seed), places(seed + 1)
    other[:30, :2] = one[:30, :2] + 1e-3 * (other[:30, :2] - 30)
    other[:, 2] = one[:, 2]
    apart = np.hypot(*(one - other)[:, :2].T)
    moved = np.hypot(*((one - other)[:, :2] + some.at(one) - some.at(other)).T)
    assert (moved >= (1 - some.slope) * apart - 1e-9).all()
    assert (moved <= (1 + some.slope) * apart + 1e-9).all()


@given(offsets(), st.integers(0, 2**32))
def test_the_map_keeps_its_orientation(some, seed):
    at, step = places(seed), 1e-4
    across, down = ((some.at(at + step * axis) - some.at(at)) / step for axis in np.eye(3)[:2])
    assert ((1 + across[:, 0]) * (1 + down[:, 1]) - across[:, 1] * down[:, 0] > 0).all()


@given(offsets(), st.integers(0, 2**32))
def test_offsets_are_undone(some, seed):
    at = places(seed)
    moved = at.copy()
    moved[:, :2] += some.at(at)
    back = some.undone(moved)
    np.testing.assert_allclose(back[:, :2], at[:, :2], atol=1e-3)
    np.testing.assert_array_equal(back[:, 2], at[:, 2])


@given(offsets(), st.integers(0, 2**32))
def test_texels_and_points_with_offsets_round_trip(some, seed):
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[0:80, 0:96]
    scene = scene_of(plane("card", 0.5, 1.6, column < 50), plane("wall", 0.5, 0.6 + 0.2 * np.sin(row / 9)))
    field = ProjectionField(scene, some)
    page, column, row = rng.integers(0, 2, 80), rng.uniform(-10, 32, 80), rng.uniform(-10, 58, 80)
    back = field.texels(field.points_m(page, column, row))
    np.testing.assert_array_equal(back.page, page)
    np.testing.assert_allclose(back.column_px, column, atol=1e-3)
    np.testing.assert_allclose(back.row_px, row, atol=1e-3)
    np.testing.assert_allclose(back.gap_per_m, 0, atol=1e-4)


@given(st.integers(0, 2**32))
def test_no_offsets_are_the_plain_projection_bit_by_bit(seed):
    scene = scene_of(plane("card", 0.5, 1.6, 0.5), plane("wall", 0.5, 0.0))
    none = fit_offsets(scene, np.zeros((0, 3)), np.zeros((0, 2)))
    assert not none.control_px.any() and none.slope == 0
    points = np.random.default_rng(seed).normal(size=(50, 4))
    plain, same = scene.canonical.field, ProjectionField(scene, none)
    one, other = plain.texels(points), same.texels(points)
    for name in ("page", "column_px", "row_px", "gap_per_m"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    back = [field.points_m(one.page, one.column_px, one.row_px) for field in (plain, same)]
    np.testing.assert_array_equal(*back)
    assert not fit_offsets(scene, points[:0, :3], np.zeros((0, 2)), np.zeros(0)).control_px.any()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_lattice_is_a_cubic_spline(axis):
    control = np.random.default_rng(axis).random((6, 7, 8))
    control = control.mean(axis=tuple({0, 1, 2} - {axis}), keepdims=True) + np.zeros_like(control)
    some = Offsets(np.stack([control, 2 * control], axis=-1), LOW, HIGH)
    at = np.random.default_rng(9).uniform(LOW, HIGH, (50, 3))
    cells = control.shape[axis] - 3
    along = 2 - axis
    spline = BSpline(np.arange(-3, cells + 4), np.moveaxis(control, axis, 0)[:, 0, 0], 3)
    expected = spline((at[:, along] - LOW[along]) / (HIGH[along] - LOW[along]) * cells)
    np.testing.assert_allclose(some.at(at), np.stack([expected, 2 * expected], axis=1), rtol=1e-9)
    # Beyond its ends it stays what it is there.
    beyond, end = at.copy(), at.copy()
    beyond[:, along], end[:, along] = HIGH[along] + 7, HIGH[along]
    np.testing.assert_allclose(some.at(beyond), some.at(end), rtol=1e-12)


def test_the_fit_is_the_least_squares_it_promises():
    """Against dense matrices, a column for each control point."""
    scene = scene_of(plane("wall", 0.5, 2.0))
    rng = np.random.default_rng(2)
    cells, shape, smoothness, magnitude = (3, 2, 1), (4, 5, 6), 0.05, 0.01
    seen = rng.uniform(LOW, HIGH, (40, 3))
    points = at(*seen.T)
    wanted, weights = seen[:, :2] + rng.normal(size=(40, 2)), rng.random(40)
    some = fit_offsets(scene, points, wanted, weights, cells=cells, smoothness=smoothness, magnitude=magnitude)
    assert some.low == LOW and some.high == HIGH and some.control_px.shape == (*shape, 2)

    read, laplacian = np.empty((40, 120)), np.zeros((120, 120))
    for number in range(120):
        unit = np.zeros((*shape, 2))
        unit[(*np.unravel_index(number, shape), slice(None))] = 1
        values = np.empty((40, 2))
        read_lattice(unit, some.in_cells(seen), values)
        read[:, number] = values[:, 0]
    for one in np.ndindex(shape):
        for axis in range(3):
            other = np.add(one, np.eye(3, dtype=int)[axis])
            if other[axis] < shape[axis]:
                i, j = np.ravel_multi_index(one, shape), np.ravel_multi_index(tuple(other), shape)
                laplacian[[i, j], [i, j]] += 1
                laplacian[[i, j], [j, i]] -= 1
    rows = [
        np.sqrt(weights / weights.sum())[:, None] * read,
        np.sqrt(smoothness / 120) * laplacian,
        np.sqrt(magnitude / 120) * np.eye(120),
    ]
    right = np.zeros((280, 2))
    right[:40] = np.sqrt(weights / weights.sum())[:, None] * (wanted - seen[:, :2])
    expected = np.linalg.lstsq(np.concatenate(rows), right, rcond=None)[0]
    np.testing.assert_allclose(some.control_px.reshape(120, 2), expected, atol=1e-5)


def test_what_is_added_to_the_lattice_is_what_is_read_from_it():
    rng = np.random.default_rng(5)
    lattice, at, values = rng.random((5, 6, 7, 2)), rng.random((30, 3)) * 5 - 0.5, rng.random((30, 2))
    read, added = np.empty((30, 2)), np.zeros_like(lattice)
    read_lattice(lattice, at, read)
    add_to_lattice(added, at, values)
    assert (read * values).sum() == pytest.approx((lattice * added).sum(), rel=1e-12)


def at(column_px, row_px, inverse_depth):
    """Points in metres where the photo's pinhole sees a pixel, infinity included."""
    column, row, w = np.broadcast_arrays(column_px, row_px, inverse_depth)
    points = np.stack([(column - WIDTH_PX / 2) / FX_PX, (row - HEIGHT_PX / 2) / FX_PX, np.ones(w.shape), w], axis=-1)
    return points.reshape(-1, 4)


@pytest.fixture(scope="module")
def box():
    """A box before a wall, whose sides run along the photo's rays, so that only cameras to the left and right see them.

    Returns the scene, points of the box's front, both sides and the wall, and the texels wanted for them: the sides as
    wide as their cameras see them, the wall moved on to make room.
    """
    scene = scene_of(plane("box", 0.5, 1.0), plane("wall", 0.5, 0.5))
    left_px, right_px, step_m = 20.0, 44.0, 0.12
    row = np.arange(-12, 60, 4.0)[:, None]
    inverse_depth = np.linspace(1.0, 0.5, 13)
    groups, wanted = [], []
    for edge_px, move_m, wall in (
        (right_px, step_m, np.arange(46, 80, 3.0)),
        (left_px, -step_m, np.arange(-15, 19, 3.0)),
    ):
        side, near = at(edge_px, row, inverse_depth), at(edge_px, row, 1.0)
        beside = scene.camera.moved(x_m=move_m)
        column = beside.project(side[:, :3] / side[:, 3:])[:, 0] - beside.project(near[:, :3])[0, 0] + edge_px
        room_px = np.abs(column - edge_px).max() * np.sign(move_m)
        groups += [side, at(wall, row, 0.5)]
        wanted += [column, np.broadcast_to(wall + room_px, (len(row), len(wall))).ravel()]
    front = np.arange(left_px + 1, right_px, 2.0)
    groups.append(at(front, row, 1.0))
    wanted.append(np.broadcast_to(front, (len(row), len(front))).ravel())
    points, column = np.concatenate(groups), np.concatenate(wanted)
    rows = points[:, 1] * FX_PX + HEIGHT_PX / 2
    return scene, points, np.stack([column, rows], axis=1), len(row) * 13


def nearest_px(texels):
    """How near the nearest other texel is to each."""
    where = np.stack([texels.column_px, texels.row_px], axis=1)
    return cKDTree(where).query(where, k=2)[0][:, 1]


def test_what_one_camera_sees_in_one_place_is_spread_over_the_page(box):
    scene, points, wanted, side = box
    # The wanted spacing of the sides is half a texel; one camera sees 13 of their points in one place.
    plain = scene.canonical.field.texels(points)
    assert (nearest_px(plain) < 1e-9).sum() >= 2 * side
    some = fit_offsets(scene, points, wanted)
    texels = ProjectionField(scene, some).texels(points)
    assert nearest_px(texels).min() > 0.25
    along = texels.column_px[:side].reshape(-1, 13)
    assert (np.diff(along, axis=1) > 0.25).all()
    away = np.hypot(texels.column_px - wanted[:, 0], texels.row_px - wanted[:, 1])
    assert np.sqrt((away**2).mean()) < 0.1 and away.max() < 0.6
    assert 0 < some.slope <= MOST_SLOPE


def test_offsets_are_smoother_and_smaller_the_more_that_counts(box):
    scene, points, wanted, _ = box
    rough, smooth = (fit_offsets(scene, points, wanted, smoothness=weight) for weight in (1e-3, 10.0))
    assert smooth.slope < 0.5 * rough.slope
    large, small = (fit_offsets(scene, points, wanted, magnitude=weight) for weight in (1e-4, 1e3))
    assert np.abs(small.control_px).max() < 0.2 * np.abs(large.control_px).max()


def test_points_count_by_their_weights(box):
    scene, points, wanted, _ = box
    torn = wanted.copy()
    torn[::2, 1] += 10
    weights = np.where(np.arange(len(points)) % 2, 1.0, 0.0)
    one, other = fit_offsets(scene, points, torn, weights), fit_offsets(scene, points[1::2], wanted[1::2])
    np.testing.assert_allclose(one.control_px, other.control_px, atol=1e-5)


def test_what_would_fold_is_smoothed_until_it_does_not():
    scene = scene_of(plane("wall", 0.5, 1.0))
    column, row = np.meshgrid(np.arange(-10, 75, 3.0), np.arange(-10, 60, 3.0))
    points = at(column, row, 1.0)
    # Mirrored.
    wanted = np.stack([WIDTH_PX - column.ravel(), row.ravel()], axis=1)
    some = fit_offsets(scene, points, wanted)
    assert 0.1 < some.slope <= MOST_SLOPE
    texels = ProjectionField(scene, some).texels(points)
    assert (np.diff(texels.column_px.reshape(column.shape), axis=1) > 0).all()


def sheared():
    """Offsets of 0.7 pixels more for every pixel to the right, and as many down: together they come near to folding."""
    _, row, column, _ = np.mgrid[0:4, 0:4, 0:4, 0:1]
    both = 0.7 * (column * (HIGH[0] - LOW[0]) + row * (HIGH[1] - LOW[1]))
    return np.concatenate([both, 0 * both], axis=-1)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Offsets(np.zeros((4, 4, 3, 2)), LOW, HIGH), "control_px=.*4 or more"),
        (lambda: Offsets(np.zeros((4, 4, 4)), LOW, HIGH), "control_px=.*shape"),
        (lambda: Offsets(np.full((4, 4, 4, 2), np.nan), LOW, HIGH), "control_px=not finite"),
        (lambda: Offsets(np.zeros((4, 4, 4, 2)), LOW, (80.0, -16.0, 2.0)), "low, high="),
        (lambda: Offsets(np.zeros((4, 4, 4, 2)), LOW, (80.0, np.inf, 2.0)), "low, high="),
        (lambda: Offsets(np.random.default_rng(1).normal(0, 99, (4, 4, 4, 2)), LOW, HIGH), "offsets=a slope of"),
        (lambda: Offsets(sheared(), LOW, HIGH), "offsets=a slope of 0.98"),
    ],
)
def test_offsets_that_cannot_be_are_refused(make, problem):
    with unchecked(), pytest.raises(ValueRangeError, match=problem):
        make()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"points_m": np.array([[0, 0, -1.0]])}, "points_m=1 not in front"),
        ({"texels_px": np.zeros((2, 2))}, "texels_px="),
        ({"texels_px": np.full((1, 2), np.nan)}, "texels_px=far from"),
        ({"texels_px": np.full((1, 2), 1e9)}, "texels_px=far from"),
        ({"weights": np.array([-1.0])}, "weights="),
        ({"weights": np.ones(2)}, "weights="),
        ({"smoothness": 0.0}, "smoothness="),
        ({"magnitude": np.inf}, "magnitude="),
        ({"cells": (0, 4, 4)}, "cells="),
    ],
)
def test_a_fit_of_what_cannot_be_is_refused(changed, problem):
    scene = scene_of(plane("wall", 0.5, 1.0))
    given = {"points_m": np.array([[0, 0, 1.0]]), "texels_px": np.zeros((1, 2))} | changed
    with unchecked(), pytest.raises(ValueRangeError, match=problem):
        fit_offsets(scene, given.pop("points_m"), given.pop("texels_px"), **given)
