import math
from functools import cache

import numpy as np
import pytest
from aperture_light import transmission
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2 as chi2_distribution
from strategies import apertures
from unchecked import any_type, unchecked

from relens.aperture import Aperture
from relens.aperture_image import ApertureImage
from relens.errors import ValueRangeError

NAN, INF = math.nan, math.inf
RING = ApertureImage(np.array([[0, 1, 1, 0], [1, 0.2, 0, 1], [1, 0, 0, 1], [0, 1, 2, 0]]))
WIDE = ApertureImage(np.random.default_rng(0).random((3, 7)))
GEL = ApertureImage(np.random.default_rng(1).random((5, 6, 3)) ** 2 * [1.0, 0.3, 0.02])
STRIPES = ApertureImage(np.stack([np.eye(3)] * 40, axis=1))  # red above, green in the middle, blue below
SHAPES = {
    "disc": Aperture(),
    "oval": Aperture(squeeze=2.0),
    **{f"{blades} blades": Aperture(blades, rotation_rad=0.3 * blades) for blades in range(3, 10)},
    "half round": Aperture(6, 0.2, curvature=0.5),
    "round": Aperture(5, -1.0, curvature=1.0),
    "curved oval": Aperture(7, 0.4, curvature=0.3, squeeze=1.5),
    "curved wide": Aperture(3, 2.0, curvature=0.2, squeeze=0.5),
    "creamiest": Aperture(profile=-1.0),
    "creamy blades": Aperture(5, 0.7, profile=-0.5),
    "faint soap bubble": Aperture(profile=1e-9),
    "soap bubble": Aperture(profile=1.0),
    "soap bubble oval": Aperture(9, 1.0, curvature=0.5, squeeze=1.5, profile=0.6),
    "ring": Aperture(image=RING),
    "wide image": Aperture(image=WIDE, rotation_rad=0.5, squeeze=1.4),
    "image within blades": Aperture(5, 0.3, image=RING, profile=0.4),
    "gel": Aperture(8, 0.2, image=GEL, squeeze=0.7),
    "stripes": Aperture(rotation_rad=1.2, image=STRIPES),
}
shapes = pytest.mark.parametrize("aperture", SHAPES.values(), ids=SHAPES)
CELLS = 64


def cells_of(aperture, points):
    """Which of the 8 x 8 cells of the pupil's bounding box a point lies in."""
    column, row = np.floor((points * [aperture.squeeze, 1] + 1) * 4).astype(int).clip(0, 7).T
    return row * 8 + column


@cache
def light(aperture):
    """A fine grid of points over the bounding box, and the part of each colour's light at each: (n, 2), (n, 3)."""
    steps = (np.arange(640) + 0.5) / 320 - 1
    points = np.stack(np.meshgrid(steps / aperture.squeeze, steps), axis=-1).reshape(-1, 2)
    passed = transmission(aperture, points)
    return points, passed / passed.sum(axis=0)


def chi2(aperture, points, channel=0, weights=None):
    """Chi-squared of the (weighted) points in the cells against the light there, and its degrees of freedom.

    Cells that expect fewer than 8 points are counted with the least of the others.
    """
    grid, parts = light(aperture)
    expected = np.bincount(cells_of(aperture, grid), parts[:, channel], CELLS) * len(points)
    counts = np.bincount(cells_of(aperture, points), weights, CELLS)
    few = expected < 8
    least = np.argmin(np.where(few, np.inf, expected))
    expected[least] += expected[few].sum()
    counts[least] += counts[few].sum()
    expected, counts = expected[~few], counts[~few]
    return float(((counts - expected) ** 2 / expected).sum()), len(expected) - 1


@shapes
def test_independent_points_are_carried_to_where_the_light_is(aperture, monkeypatch):
    # Independent points in place of the sequence make chi-squared a test in the strict sense: two-sided, significance
    # 0.002. Points are kept in proportion to their weights, which makes weighted points unweighted.
    rng = np.random.default_rng(7)
    monkeypatch.setattr("relens.aperture.unit_square", lambda first, count, seed: rng.random((count, 2)))
    samples = aperture.samples(40_000)
    for channel in range(3 if aperture.image in (GEL, STRIPES) else 1):
        weights = samples.weights[:, channel]
        kept = samples.points[rng.random(len(weights)) * weights.max() < weights]
        value, freedom = chi2(aperture, kept, channel)
        low, high = chi2_distribution.ppf([0.001, 0.999], freedom)
        assert low < value < high


@shapes
@pytest.mark.parametrize("first", [0, 4096])
def test_samples_are_far_more_even_than_random_ones(aperture, first):
    # The mean of chi-squared is the degrees of freedom for random points.
    samples = aperture.samples(4096, seed=1, first=first)
    for channel in range(3):
        value, freedom = chi2(aperture, samples.points, channel, samples.weights[:, channel])
        assert value < freedom / 3


def test_the_evenness_tests_can_fail():
    triangle, disc = Aperture(3), Aperture().samples(4096).points
    # Points of the disc squeezed onto the outline along its radii, without regard to area.
    naive = disc * triangle.outline_radius(np.arctan2(disc[:, 1], disc[:, 0]))[:, None]
    limit = chi2_distribution.ppf(0.999, CELLS - 1)
    assert chi2(triangle, naive)[0] > limit
    assert chi2(Aperture(profile=0.5), disc)[0] > limit
    assert chi2(Aperture(image=RING), disc)[0] > limit
    stripes = SHAPES["stripes"].samples(4096)
    assert chi2(SHAPES["stripes"], stripes.points, 0, stripes.weights[:, 1])[0] > limit


@given(apertures(), st.integers(1, 700), st.integers(0, 2**64), st.integers(0, 2**20))
def test_samples_lie_inside_and_weigh_one(aperture, count, seed, first):
    samples = aperture.samples(count, seed, first)
    assert samples.points.shape == (count, 2)
    assert aperture.contains(samples.points * (1 - 1e-9)).all()
    assert np.array_equal(samples.weights, np.ones((count, 3)))


@shapes
def test_each_colour_has_a_mean_weight_of_one(aperture):
    weights = aperture.samples(16384).weights
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=2e-3)
    assert (weights >= 0).all() and weights.max() <= 3 * (1 + 1e-12)


@shapes
def test_samples_have_the_middle_and_the_spread_of_the_light(aperture):
    # The first moments set where the blur lies, the second its size.
    points, parts = light(aperture)
    samples = aperture.samples(4096, seed=3)
    for channel in range(3):
        weights = samples.weights[:, channel] / len(samples.points)
        np.testing.assert_allclose(weights @ samples.points, parts[:, channel] @ points, atol=2e-3)
        np.testing.assert_allclose(weights @ samples.points**2, parts[:, channel] @ points**2, atol=2e-3)


@given(apertures(), st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32))
def test_a_seed_gives_the_same_samples_in_pieces_and_another_seed_others(aperture, count, more, seed):
    points = aperture.samples(count + more, seed).points
    assert np.array_equal(aperture.samples(count, seed).points, points[:count])
    assert np.array_equal(aperture.samples(more, seed, count).points, points[count:])
    assert not np.allclose(aperture.samples(count, seed + 1).points, points[:count], atol=1e-9)


@pytest.mark.parametrize("profile", [-1.0, 1.0])
def test_the_very_middle_of_the_square_is_the_middle_of_the_pupil(profile, monkeypatch):
    monkeypatch.setattr("relens.aperture.unit_square", lambda first, count, seed: np.full((count, 2), 0.5))
    assert np.array_equal(Aperture(6, profile=profile).samples(1).points, [[0, 0]])


def test_an_image_turns_with_the_blades_and_is_squeezed():
    # One bright pixel at the right; the turn takes it down, the squeeze brings it inwards.
    right = ApertureImage(np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0]]))
    assert Aperture(image=right).samples(64).points.mean(axis=0) == pytest.approx([2 / 3, 0], abs=0.05)
    turned = Aperture(image=right, rotation_rad=math.pi / 2)
    assert turned.samples(64).points.mean(axis=0) == pytest.approx([0, 2 / 3], abs=0.05)
    assert Aperture(image=right, squeeze=2.0).samples(64).points.mean(axis=0) == pytest.approx([1 / 3, 0], abs=0.05)


def test_an_image_that_the_blades_hide_is_refused():
    corners = np.ones((20, 20, 3)) * [1.0, 1.0, 0.0]
    corners[0, 0, 2] = 1
    with pytest.raises(ValueRangeError, match="black within the blades"):
        Aperture(image=ApertureImage(corners)).samples(4)


@given(apertures())
def test_area_agrees_with_monte_carlo(aperture):
    # The box holds 4 / squeeze of area; 4 standard deviations of 40000 random points are 0.032 / squeeze.
    points = np.random.default_rng(1).uniform(-1, 1, (40_000, 2)) * [1 / aperture.squeeze, 1]
    share = np.mean(aperture.contains(points))
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
        assert len(any_type(aperture).samples(np.int64(10), np.uint8(3), np.int16(8)).points) == 10
    assert [type(value) for value in (aperture.blades, aperture.curvature, aperture.squeeze)] == [int, float, float]
    assert aperture == Aperture(6, 0.0, 1.0, 2.0)


@pytest.mark.parametrize(
    "name, value",
    [("blades", value) for value in (1, 2, 17, -1, 5.5, NAN, INF, None)]
    + [("rotation_rad", value) for value in (NAN, INF, None)]
    + [("curvature", value) for value in (-0.01, 1.01, NAN, INF, None)]
    + [("squeeze", value) for value in (0.24, 4.1, 0, -1, NAN, INF, None)]
    + [("profile", value) for value in (-1.01, 1.01, NAN, INF, None)]
    + [("cats_eye", value) for value in (-0.01, 1.01, NAN, INF, None)]
    + [("image", value) for value in (np.ones((2, 2)), "ring.png")],
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


@pytest.mark.parametrize("first", [-1, 0.5, NAN, 2**20 + 1, None])
def test_firsts_out_of_range_are_refused(first):
    with unchecked(), pytest.raises(ValueRangeError, match="first"):
        Aperture().samples(4, 0, first)
