import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import apertures
from unchecked import any_type, unchecked

from relens.aperture import Aperture
from relens.errors import ValueRangeError

NAN, INF = math.nan, math.inf
SHAPES = [
    Aperture(),
    Aperture(squeeze=2.0),
    *(Aperture(blades, rotation_rad=0.3 * blades) for blades in range(3, 10)),
    Aperture(6, 0.2, curvature=0.5),
    Aperture(5, -1.0, curvature=1.0),
    Aperture(7, 0.4, curvature=0.3, squeeze=1.5),
    Aperture(3, 2.0, curvature=0.2, squeeze=0.5),
]
CELLS = 64
# Chi-squared with 63 degrees of freedom exceeds this with probability 0.001.
CHI2_LIMIT = 103.44


def random_points(aperture, count, seed=1):
    """Uniform points inside the outline, by rejection: slow and obvious."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (count, 2)) * [1 / aperture.squeeze, 1]
    return points[aperture.contains(points)]


@cache
def equal_area_cells(aperture):
    """Edges of 8 columns of equal area, and within each of 8 cells of equal area, from a million random points."""
    points = random_points(aperture, 1_000_000)
    steps = np.linspace(0, 1, 9)[1:-1]
    columns = np.quantile(points[:, 0], steps)
    inside = np.digitize(points[:, 0], columns)
    return columns, [np.quantile(points[inside == column, 1], steps) for column in range(8)]


def chi2(aperture, points):
    columns, rows = equal_area_cells(aperture)
    column = np.digitize(points[:, 0], columns)
    row = [np.digitize(y, rows[index]) for index, y in zip(column, points[:, 1], strict=True)]
    counts = np.bincount(column * 8 + row, minlength=CELLS)
    expected = len(points) / CELLS
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize("aperture", SHAPES, ids=str)
@pytest.mark.parametrize("seed", [0, 1])
def test_equal_areas_get_equal_numbers_of_samples(aperture, seed):
    assert chi2(aperture, aperture.samples(4096, seed)) < CHI2_LIMIT


@pytest.mark.parametrize("aperture", SHAPES, ids=str)
def test_samples_are_far_more_even_than_random_ones(aperture):
    # The mean of chi-squared is 63 for random points.
    assert chi2(aperture, aperture.samples(4096)) < 63 / 3
    assert chi2(aperture, random_points(aperture, 12000, seed=2)[:4096]) > 63 / 3


def test_the_evenness_test_can_fail():
    triangle = Aperture(3)
    # The disc's spiral squeezed onto the outline along its radii, without regard to area.
    disc = Aperture().samples(4096)
    naive = disc * triangle.outline_radius(np.arctan2(disc[:, 1], disc[:, 0]))[:, None]
    assert chi2(triangle, naive) > CHI2_LIMIT
    assert chi2(Aperture(), disc * np.hypot(disc[:, 0], disc[:, 1])[:, None] ** 0.3) > CHI2_LIMIT


@given(apertures(), st.integers(1, 700), st.integers(0, 2**64))
def test_samples_lie_inside_with_their_centre_on_the_axis(aperture, count, seed):
    points = aperture.samples(count, seed)
    assert points.shape == (count, 2)
    assert aperture.contains(points * (1 - 1e-9)).all()
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 16, 64, 256])
def test_centring_pushes_no_sample_over_the_edge_of_a_triangle(count):
    # The narrowest shape: its corners and edges leave the least room for the shift.
    for seed in range(20):
        assert Aperture(3).contains(Aperture(3).samples(count, seed) * (1 - 1e-9)).all()


@pytest.mark.parametrize("aperture", SHAPES, ids=str)
@pytest.mark.parametrize("count", [64, 1024])
def test_samples_have_the_spread_of_the_shape(aperture, count):
    # The second moments set the size of the blur; few samples may miss them by their share of the pupil.
    exact = np.cov(random_points(aperture, 400_000).T)
    np.testing.assert_allclose(np.cov(aperture.samples(count).T), exact, atol=2.5 / count + 2e-3)


@given(apertures(), st.integers(2, 300), st.integers(0, 2**32))
def test_a_seed_gives_the_same_samples_and_another_seed_others(aperture, count, seed):
    points = aperture.samples(count, seed)
    assert np.array_equal(aperture.samples(count, seed), points)
    assert not np.allclose(aperture.samples(count, seed + 1), points, atol=1e-9)


def test_a_single_sample_is_the_centre():
    assert np.array_equal(Aperture(5).samples(1), [[0, 0]])


@given(apertures())
def test_area_agrees_with_monte_carlo(aperture):
    # The box holds 4 / squeeze of area; 4 standard deviations of 40000 random points are 0.032 / squeeze.
    share = len(random_points(aperture, 40_000)) / 40_000
    assert aperture.area_fraction() * math.pi == pytest.approx(
        4 / aperture.squeeze * share, abs=0.04 / aperture.squeeze
    )


@pytest.mark.parametrize("blades", range(3, 17))
def test_area_of_straight_blades_is_that_of_the_regular_polygon(blades):
    polygon = blades / 2 * math.sin(2 * math.pi / blades) / math.pi
    assert Aperture(blades, 0.7).area_fraction() == pytest.approx(polygon, rel=1e-5)
    assert Aperture(blades, 0.7, squeeze=2.0).area_fraction() == pytest.approx(polygon / 2, rel=1e-5)
    assert Aperture(blades, curvature=1.0).area_fraction() == pytest.approx(1)


@pytest.mark.parametrize("blades", range(3, 17))
def test_straight_blades_are_straight(blades):
    rotation_rad = 0.4
    points = np.random.default_rng(0).uniform(-1.1, 1.1, (2000, 2))
    middle = rotation_rad + (np.arange(blades) + 0.5) * 2 * math.pi / blades
    towards_blade = points @ np.stack([np.cos(middle), np.sin(middle)])
    inside = (towards_blade <= math.cos(math.pi / blades)).all(axis=1)
    assert np.array_equal(Aperture(blades, rotation_rad).contains(points), inside)


def test_conventions_of_rotation_and_squeeze():
    # A corner lies on +x, a positive turn takes it to +y, and the squeeze narrows the width.
    assert Aperture(3).contains(np.array([[0.99, 0.0], [-0.99, 0.0]])).tolist() == [True, False]
    assert Aperture(3, math.pi / 2).contains(np.array([[0.0, 0.99], [0.0, -0.99]])).tolist() == [True, False]
    assert Aperture(squeeze=2.0).contains(np.array([[0.51, 0.0], [0.49, 0.0], [0.0, 0.99]])).tolist() == [
        False,
        True,
        True,
    ]


@given(apertures(), st.floats(0, 1), st.floats(0, 1))
def test_curvature_only_adds_area(aperture, a, b):
    flat, round_ = sorted([a, b])
    angles = np.linspace(-7, 7, 500)
    radii = [Aperture(aperture.blades, aperture.rotation_rad, k).outline_radius(angles) for k in (flat, round_)]
    assert (radii[0] <= radii[1] + 1e-12).all() and (radii[1] <= 1 + 1e-12).all()


def test_numbers_of_every_kind_become_plain_ones():
    with unchecked():
        aperture = any_type(Aperture)(np.int8(6), np.float32(0), np.int64(1), 2)
        assert len(any_type(aperture).samples(np.int64(10), np.uint8(3))) == 10
    assert [type(value) for value in (aperture.blades, aperture.curvature, aperture.squeeze)] == [int, float, float]
    assert aperture == Aperture(6, 0.0, 1.0, 2.0)


@pytest.mark.parametrize(
    "name, value",
    [("blades", value) for value in (1, 2, 17, -1, 5.5, NAN, INF, None)]
    + [("rotation_rad", value) for value in (NAN, INF, None)]
    + [("curvature", value) for value in (-0.01, 1.01, NAN, INF, None)]
    + [("squeeze", value) for value in (0.24, 4.1, 0, -1, NAN, INF, None)],
)
def test_shapes_out_of_range_are_refused(name, value):
    with unchecked(), pytest.raises(ValueRangeError, match=name):
        Aperture(**{name: value})


@pytest.mark.parametrize("count, seed", [(0, 0), (-1, 0), (1.5, 0), (NAN, 0), (2**40, 0), (None, 0)])
def test_sample_counts_out_of_range_are_refused(count, seed):
    with unchecked(), pytest.raises(ValueRangeError, match="samples"):
        Aperture().samples(count, seed)


@pytest.mark.parametrize("seed", [-1, 0.5, NAN, None])
def test_seeds_out_of_range_are_refused(seed):
    with unchecked(), pytest.raises(ValueRangeError, match="seed"):
        Aperture().samples(4, seed)
