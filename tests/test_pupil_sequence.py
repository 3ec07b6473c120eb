import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2 as chi2_distribution

from relens.pupil_sequence import unit_interval, unit_square

_SEEDS = st.integers(0, 2**64)


def _is_net(points: np.ndarray) -> bool:
    """Whether 2^k points have one in each elementary interval of area 2^-k, however it is shaped."""
    k = len(points).bit_length() - 1
    for wide in range(k + 1):
        column = np.floor(points[:, 0] * 2**wide).astype(int)
        row = np.floor(points[:, 1] * 2 ** (k - wide)).astype(int)
        if len(np.unique(column * 2 ** (k - wide) + row)) < len(points):
            return False
    return True


@settings(max_examples=60)
@given(_SEEDS, st.integers(0, 12), st.integers(0, 255))
def test_every_aligned_block_hits_every_elementary_interval_once(seed: int, k: int, block: int) -> None:
    assert _is_net(unit_square(block << k, 1 << k, seed))


@pytest.mark.parametrize("first", [0, 3 << 16, 15 << 16])
def test_so_do_blocks_of_65536(first: int) -> None:
    assert _is_net(unit_square(first, 65536, seed=5))


def test_the_test_can_fail() -> None:
    assert not _is_net(np.random.default_rng(0).random((64, 2)))
    assert not _is_net(unit_square(1, 64, seed=0))  # not aligned
    assert not _is_net(np.stack([unit_square(0, 64, seed=0)[:, 0]] * 2, axis=1))


@given(_SEEDS, st.integers(0, 5000), st.integers(1, 300), st.integers(1, 300))
def test_a_sequence_is_taken_up_where_it_was_left(seed: int, first: int, count: int, more: int) -> None:
    pieces = [unit_square(first, count, seed), unit_square(first + count, more, seed)]
    assert np.array_equal(np.concatenate(pieces), unit_square(first, count + more, seed))


@given(_SEEDS)
def test_seeds_scramble_differently_within_the_square(seed: int) -> None:
    points = unit_square(0, 64, seed)
    assert (points >= 0).all() and (points < 1).all()
    assert not np.isclose(points, unit_square(0, 64, seed + 1), atol=1e-6).all(axis=1).any()


@pytest.fixture(scope="module")
def many_seeds() -> np.ndarray:
    """(seeds, points, 2)."""
    return np.stack([unit_square(0, 64, seed) for seed in range(4096)])


@pytest.mark.parametrize("index", [0, 1, 2, 17, 63])
def test_each_point_alone_is_uniform_over_the_seeds(many_seeds: np.ndarray, index: int) -> None:
    # The seeds are independent, so chi-squared of 8 x 8 cells has 63 degrees of freedom; two-sided, significance 0.002.
    cells = np.floor(many_seeds[:, index] * 8) @ [8, 1]
    counts = np.bincount(cells.astype(int), minlength=64)
    chi2 = float(((counts - 64) ** 2 / 64).sum())
    low, high = chi2_distribution.ppf([0.001, 0.999], 63)
    assert low < chi2 < high


def test_the_mean_over_few_points_has_no_bias(many_seeds: np.ndarray) -> None:
    # The means of 4096 independent seeds: within 4 standard errors of the integral, for any function.
    for function, integral in ((lambda p: p[..., 0] * p[..., 1], 1 / 4), (lambda p: p[..., 0] + p[..., 1] < 0.6, 0.18)):
        means = function(many_seeds[:, :5]).mean(axis=1)
        assert abs(means.mean() - integral) < 4 * means.std() / 64


@settings(max_examples=60)
@given(_SEEDS, st.integers(0, 12), st.integers(0, 255))
def test_every_aligned_block_has_one_time_in_each_of_as_many_parts(seed: int, k: int, block: int) -> None:
    times = unit_interval(block << k, 1 << k, seed)
    assert np.array_equal(np.sort(np.floor(times * 2**k)), np.arange(2**k))


@given(_SEEDS, st.integers(0, 5000), st.integers(1, 300), st.integers(1, 300))
def test_times_are_taken_up_where_they_were_left(seed: int, first: int, count: int, more: int) -> None:
    pieces = [unit_interval(first, count, seed), unit_interval(first + count, more, seed)]
    assert np.array_equal(np.concatenate(pieces), unit_interval(first, count + more, seed))


@pytest.mark.parametrize("axis", [0, 1])
def test_times_and_pupil_points_are_spread_together(axis: int) -> None:
    """With either axis of the pupil, 256 times fill 8 x 8 cells evenly: 4 each, where chance leaves a spread of 2."""
    points = np.column_stack([unit_square(0, 256, seed=3)[:, axis], unit_interval(0, 256, seed=3)])
    cells = np.histogram2d(points[:, 0], points[:, 1], bins=8, range=((0, 1), (0, 1)))[0]
    assert cells.std() < 1
