"""The projection field: texels lead to points and these back to the same page and texel; of pages the nearest wins."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, plane, scene_of, texture
from scipy.ndimage import map_coordinates
from stacked_scenes import stacked_scenes
from strategies import scenes
from unchecked import unchecked

from relens.canonical import ProjectionField, projection_field
from relens.errors import ValueRangeError


def two_walls():
    return scene_of(plane("card", 0.5, 2.0), plane("wall", texture(1), 1.0))


def at(column_px, row_px, inverse_depth):
    """Homogeneous points where the photo's pinhole sees a pixel."""
    column, row, w = np.broadcast_arrays(*np.atleast_1d(column_px, row_px, inverse_depth))
    return np.stack([(column - WIDTH_PX / 2) / FX_PX, (row - HEIGHT_PX / 2) / FX_PX, np.ones(w.shape), w], axis=1)


def bilinear(page, column, row):
    return map_coordinates(page.astype(np.float64), [row - 0.5, column - 0.5], order=1, mode="nearest")


def inverse_depth_of(points):
    return points[:, 3] / points[:, 2]


@given(scenes() | stacked_scenes(), st.integers(0, 2**32), st.booleans())
def test_a_texel_leads_to_a_point_and_back_to_the_same_page_and_texel(scene, seed, centres):
    rng, border = np.random.default_rng(seed), scene.border_px
    height, width = scene.layers[0].inverse_depth.shape
    column, row = rng.random(50) * width, rng.random(50) * height
    if centres:
        column, row = np.floor(column) + 0.5, np.floor(row) + 0.5
    page = rng.integers(0, len(scene.layers), 50)
    field = projection_field(scene)
    points = field.points_m(page, column - border, row - border)
    alphas = np.stack([bilinear(layer.rgba[..., 3], column, row) for layer in scene.layers])
    there = ~np.isnan(points[:, 0]) & (alphas[page, np.arange(50)] > 1e-12)
    back = field.texels(points)
    np.testing.assert_allclose(back.column_px[there], (column - border)[there], atol=1e-6)
    np.testing.assert_allclose(back.row_px[there], (row - border)[there], atol=1e-6)
    np.testing.assert_allclose(back.gap_per_m[there], 0, atol=2e-6)
    assert (back.page[there] >= 0).all()
    # Where pages touch, it may be another that lies there, too.
    tied = np.zeros(50, bool)
    for number, alpha in enumerate(alphas):
        other = inverse_depth_of(field.points_m(number, column - border, row - border))
        tied |= (number != page) & (alpha > 0) & (np.abs(other - inverse_depth_of(points)) <= 1.5e-6)
    np.testing.assert_array_equal(back.page[there & ~tied], page[there & ~tied])


@given(scenes())
def test_texels_are_where_the_photos_camera_sees_the_points(scene):
    rng = np.random.default_rng(3)
    points = rng.normal((0, 0, 5), 1, (40, 3))
    texels = projection_field(scene).texels(points)
    column, row, _ = scene.camera.project(points).T
    np.testing.assert_allclose(texels.column_px, column, rtol=1e-9)
    np.testing.assert_allclose(texels.row_px, row, rtol=1e-9)


@given(st.floats(1e-3, 1e3), st.booleans())
def test_only_the_ratio_of_homogeneous_points_counts(scale, flip):
    points = at([3.25, 40.5, 60.0], [7.5, 8.0, 30.0], [1.9, 0.0, 0.7])
    # A direction has no opposite that is the same.
    signs = np.where(flip & (points[:, 3:] > 0), -1, 1)
    one, other = (two_walls().canonical.field.texels(each) for each in (points, points * scale * signs))
    np.testing.assert_array_equal(one.page, other.page)
    np.testing.assert_allclose(other.column_px, one.column_px, rtol=1e-12)
    np.testing.assert_allclose(other.gap_per_m, one.gap_per_m, rtol=1e-9)


def test_the_page_is_the_one_that_passes_nearest():
    field = two_walls().canonical.field
    texels = field.texels(at(20.0, 30.0, [5.0, 2.0, 1.6, 1.4, 1.0, 0.2, 0.0]))
    np.testing.assert_array_equal(texels.page, [0, 0, 0, 1, 1, 1, 1])
    np.testing.assert_allclose(texels.gap_per_m, [3, 0, -0.4, 0.4, 0, -0.8, -1], atol=1e-12)
    np.testing.assert_allclose(texels.column_px, 20)
    np.testing.assert_allclose(texels.row_px, 30)


def test_surfaces_run_bilinearly_between_texels():
    slope = np.broadcast_to(
        0.5 + 0.01 * np.arange(WIDTH_PX + 2 * BORDER_PX), (HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX)
    )
    field = scene_of(plane("slope", 0.5, slope)).canonical.field
    column = np.array([-15.5, 0.5, 3.75, 63.0])
    inverse_depth = 0.5 + 0.01 * (column + BORDER_PX - 0.5)
    points = field.points_m("slope", column, np.full(4, 12.0))
    np.testing.assert_allclose(points[:, 2], 1 / inverse_depth, rtol=1e-6)
    np.testing.assert_allclose(points[:, 3], 1)
    np.testing.assert_allclose(field.texels(at(column, 12.0, 1.0)).gap_per_m, 1 - inverse_depth, atol=1e-6)


def test_what_has_no_surface_or_no_alpha_is_no_page():
    alpha = np.ones((80, 96), np.float32)
    alpha[20:30, 30:40] = alpha[50:60, 30:40] = 0
    deep = np.where(alpha > 0, 2.0, np.nan)
    # A surface runs on beyond its silhouette, unseen.
    deep[20:30, 30:40] = 2.0
    field = scene_of(plane("card", 0.5, deep, alpha), plane("wall", 0.5, 1.0)).canonical.field
    column, row = np.full(3, 35.0 - BORDER_PX), np.array([10.0, 25.0, 55.0]) - BORDER_PX
    np.testing.assert_array_equal(field.texels(at(column, row, 2.0)).page, [0, 1, 1])
    points = field.points_m("card", column, row)
    np.testing.assert_allclose(inverse_depth_of(points)[:2], 2)
    assert np.isnan(points[2]).all()
    # Half a texel from the last that has a surface, it is that one's.
    edge = field.texels(at(29.75 - BORDER_PX, 55.5 - BORDER_PX, 2.0))
    np.testing.assert_array_equal(edge.page, [0])
    np.testing.assert_allclose(edge.gap_per_m, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("alphas", "page"),
    [((1.0, 1.0), 0), ((0.75, 1.0), 0), ((0.25, 1.0), 1), ((0.5, 1.0), 0), ((0.3, 0.5, 1.0), 1), ((0.2, 0.3, 1.0), 2)],
)
def test_of_pages_at_one_depth_it_is_the_one_that_shows_most(alphas, page):
    layers = [plane(f"layer-{number}", 0.5, 1.0, alpha) for number, alpha in enumerate(alphas)]
    # A nearer veil is not as near to the point.
    field = scene_of(*layers, plane("veil", 0.5, 1.5)).canonical.field
    np.testing.assert_array_equal(field.texels(at(10.0, 10.0, 1.0)).page, [page])


def test_infinity_is_a_direction():
    field = scene_of(
        plane("card", 0.5, 1.0, border_px=0), plane("sky", 0.5, 0.0, border_px=0), border_px=0
    ).canonical.field
    column, row = np.array([0.0, 17.25, 64.0]), np.array([48.0, 3.5, 0.0])
    points = field.points_m("sky", column, row)
    np.testing.assert_allclose(points, at(column, row, 0.0))
    texels = field.texels(points)
    np.testing.assert_array_equal(texels.page, 1)
    np.testing.assert_array_equal(texels.gap_per_m, 0)
    np.testing.assert_allclose(texels.column_px, column, atol=1e-9)
    # So is what is very far.
    np.testing.assert_array_equal(field.texels(points[:, :3] * 1e12).page, 1)


def test_what_is_behind_the_camera_or_off_the_pages_has_no_page():
    field = two_walls().canonical.field
    points = [
        (0, 0, -1, 1),
        (0, 0, 0, 1),
        (0, 0, -1, 0),
        (0, 0, 1, -1),
        (0, 0, 0, 0),
        (np.nan, 0, 1, 1),
        (0, 0, np.inf, 1),
    ]
    texels = field.texels(np.array(points, np.float64))
    for values in (texels.column_px, texels.row_px, texels.gap_per_m):
        assert np.isnan(values).all()
    np.testing.assert_array_equal(texels.page, -1)
    off = field.texels(at([-BORDER_PX - 0.01, -BORDER_PX, WIDTH_PX + BORDER_PX, WIDTH_PX + BORDER_PX + 0.01], 5.0, 1.0))
    np.testing.assert_array_equal(off.page, [-1, 1, 1, -1])
    assert np.isfinite(off.column_px).all() and np.isnan(off.gap_per_m[[0, 3]]).all()
    assert np.isnan(field.points_m(off.page, off.column_px, off.row_px)[[0, 3]]).all()


def test_many_points_are_as_few():
    field = two_walls().canonical.field
    rng = np.random.default_rng(4)
    points = at(rng.random(70_000) * WIDTH_PX, rng.random(70_000) * HEIGHT_PX, rng.random(70_000) * 3)
    every, last = field.texels(points), field.texels(points[-10_000:])
    for name in ("page", "column_px", "row_px", "gap_per_m"):
        np.testing.assert_array_equal(getattr(every, name)[-10_000:], getattr(last, name))
    assert set(every.page) == {0, 1}


def test_no_points_are_no_texels():
    field = two_walls().canonical.field
    assert len(field.texels(np.zeros((0, 3))).page) == 0
    assert field.points_m(0, np.zeros(0), np.zeros(0)).shape == (0, 4)


def test_the_pages_know_their_field():
    scene = two_walls()
    assert scene.canonical.field == ProjectionField(scene) and scene.canonical.field.offsets is None


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda field: field.texels(np.zeros((4, 2))), "points_m=.*shape"),
        (lambda field: field.texels(np.zeros(3)), "points_m=.*shape"),
        (lambda field: field.points_m("sky", np.zeros(1), np.zeros(1)), "page='sky': expected one of card, wall"),
        (lambda field: field.points_m(2, np.zeros(1), np.zeros(1)), "page=2 to 2: expected -1 .none. to 1"),
        (lambda field: field.points_m(-2, np.zeros(1), np.zeros(1)), "page=-2"),
        (lambda field: field.points_m(np.zeros(2, np.int64), np.zeros(1), np.zeros(1)), "or 1 indices"),
        (lambda field: field.points_m(np.full(1, math.nan), np.zeros(1), np.zeros(1)), "page="),
        (lambda field: field.points_m(0, np.zeros(2), np.zeros(1)), "as many rows as columns"),
    ],
)
def test_what_does_not_fit_is_refused(ask, problem):
    field = two_walls().canonical.field
    with unchecked(), pytest.raises(ValueRangeError, match=problem):
        ask(field)
