"""Alignment of photos' own depths by the points that the photos share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.multiview.photos.align_depths import Sightings, align_depths, metres_per_unit
from relens.multiview.photos.depths import RawDepth

NONE = Sightings(np.empty(0), np.empty(0))


def raw(value=0.5, metric=True):
    return RawDepth(np.full((4, 5), value, np.float32), "made up", metric)


def seen(scale, shift, count=200, noise=0.002, strays=0.15, seed=0):
    """What a photo says where truth = scale * said + shift, with some points anywhere."""
    chance = np.random.default_rng(seed)
    said = chance.uniform(0.2, 1.2, count)
    truth = (scale * said + shift) * np.exp(chance.normal(0, noise, count))
    lost = chance.random(count) < strays
    return Sightings(said, np.where(lost, chance.uniform(0.05, 3, count), truth))


@given(st.floats(0.6, 1.6), st.floats(-0.05, 0.3), st.integers(0, 99))
def test_known_scales_and_shifts_come_back(scale, shift, seed):
    photos = [seen(scale, shift, seed=seed), seen(1.1, 0.0, seed=seed + 1), seen(1, 0.1, seed=seed + 2)]
    aligned, notes = align_depths([raw()] * 3, photos, 1.0)
    found = [depth.inverse_depth[0, 0] for depth in aligned]
    np.testing.assert_allclose(found, [0.5 * scale + shift, 0.55, 0.6], rtol=0.01)
    assert notes == ()


def test_few_points_take_the_scale_of_all():
    photos = [seen(1.3, 0, seed=1), seen(1.3, 0, seed=2), seen(0.4, 0.5, count=5), NONE]
    aligned, notes = align_depths([raw()] * 4, photos, 1.0)
    np.testing.assert_allclose([depth.inverse_depth[0, 0] for depth in aligned], 0.65, rtol=0.01)
    assert notes == ("priors: 2 photos have few matches; the scale of all photos is taken",)


def test_a_shift_is_not_taken_from_noise_on_one_surface():
    chance = np.random.default_rng(0)
    said = chance.normal(0.5, 0.004, 300)
    flat = Sightings(said, chance.normal(0.55, 0.004, 300))
    [aligned, _], _ = align_depths([raw(0.25), raw()], [flat, seen(1.1, 0)], 1.0)
    assert aligned.inverse_depth[0, 0] == pytest.approx(0.275, rel=0.02)


def test_infinity_unknown_and_missing_stay():
    inverse = np.array([[0, np.nan, 0.5]], np.float32)
    [first, second], _ = align_depths([RawDepth(inverse, "x", True), None], [seen(2, 0.1), NONE], 1.0)
    np.testing.assert_allclose(first.inverse_depth, [[0, np.nan, 1.1]], rtol=0.01)
    assert second is None
    assert align_depths([None, None], [NONE, NONE], 1.0) == ([None, None], ())


def test_nothing_to_align_by_is_said():
    [same], notes = align_depths([raw()], [NONE], 1.0)
    assert same.inverse_depth[0, 0] == 0.5
    assert notes == ("priors: too few matches to align them; they are taken as they are",)


def test_the_unit_is_that_of_metric_depth():
    # A point 2 units away, of which the prior says 3 m.
    points = Sightings(np.full(40, 1 / 3), np.full(40, 1 / 2))
    unit_m, note = metres_per_unit([raw()], [points])
    assert unit_m == pytest.approx(1.5) and "1.5 m" in note
    assert metres_per_unit([raw(metric=False)], [points])[0] == 1
    assert "taken for a metre" in metres_per_unit([raw(metric=False)], [points])[1]
    assert metres_per_unit([None], [NONE])[0] == 1
    near = Sightings(np.full(40, 1 / 2.05), np.full(40, 1 / 2))
    assert metres_per_unit([raw()], [near]) == (1.0, "unit: the data set's unit is a metre, as depth says")
    aligned, _ = align_depths([raw(1 / 3), raw(1 / 3)], [seen(1.5, 0), NONE], 1.5)
    np.testing.assert_allclose([depth.inverse_depth[0, 0] for depth in aligned], 1 / 3, rtol=0.01)
