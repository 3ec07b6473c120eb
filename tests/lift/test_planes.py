import numpy as np
import pytest

from relens.lift.planes import planes

ROW, COLUMN = np.mgrid[:40, :60]


def _two():
    """Two planes side by side, each a source on a part and a share beyond; between them nothing."""
    left, right = 0.5 + 0.01 * ROW - 0.002 * COLUMN, 1.0 - 0.004 * ROW + 0.003 * COLUMN
    inverse_depth = np.where(COLUMN < 30, left, right).astype(np.float32)
    shares = np.where(COLUMN < 28, 1, np.where(COLUMN >= 32, 2, 0)).astype(np.int32)
    sources = np.where((ROW < 12) | (ROW > 30), shares, 0).astype(np.int32)
    return inverse_depth, sources, shares


def test_planes_run_on_exactly_and_apart():
    inverse_depth, sources, shares = _two()
    torn = np.where(sources > 0, inverse_depth, np.float32(9))
    found = planes(torn, sources, shares)
    np.testing.assert_allclose(found[shares > 0], inverse_depth[shares > 0], rtol=0.02)
    assert (found[shares == 0] == 0).all()


def test_one_surface_s_values_do_not_touch_the_other():
    inverse_depth, sources, shares = _two()
    before = planes(inverse_depth, sources, shares)
    inverse_depth[sources == 2] *= 3
    np.testing.assert_array_equal(planes(inverse_depth, sources, shares)[shares == 1], before[shares == 1])


def test_noise_without_slope_stays_level():
    noise = np.random.default_rng(0).normal(1, 0.1, ROW.shape).astype(np.float32)
    sources = np.zeros(ROW.shape, np.int32)
    sources[:, :6] = 1
    found = planes(noise, sources, np.ones(ROW.shape, np.int32))
    assert np.ptp(found) < 0.05 and found.mean() == pytest.approx(1, abs=0.03)


def test_one_pixel_is_a_level_plane():
    sources = np.zeros(ROW.shape, np.int32)
    sources[3, 4] = 1
    found = planes(np.full(ROW.shape, 0.7, np.float32), sources, np.ones(ROW.shape, np.int32))
    np.testing.assert_allclose(found, 0.7, rtol=1e-6)
