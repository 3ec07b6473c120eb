import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.depth.fit_uncertainty import fit_uncertainty
from relens.photo import Photo

PHOTO = Photo(np.zeros((60, 80, 3), np.float32), Intrinsics.centred(100, 80, 60))


def test_an_even_uncertainty_stays_even():
    fitted = fit_uncertainty(np.full((6, 8), 0.07, np.float32), PHOTO)
    assert fitted.shape == (60, 80)
    np.testing.assert_allclose(fitted, 0.07, rtol=1e-5)


def test_what_the_source_did_not_know_stays_unknown_and_spoils_nothing():
    uncertainty = np.full((6, 8), 0.07, np.float32)
    uncertainty[2:4, 3:5] = np.nan
    fitted = fit_uncertainty(uncertainty, PHOTO)
    unknown = np.isnan(fitted)
    assert unknown[20:40, 30:50].all() and unknown.sum() == 400
    np.testing.assert_allclose(fitted[~unknown], 0.07, rtol=1e-3)


def test_nothing_known_is_nothing_known():
    assert np.isnan(fit_uncertainty(np.full((6, 8), np.nan, np.float32), PHOTO)).all()


@pytest.mark.parametrize("shape", [(6, 8), (60, 80), (120, 160)])
def test_it_never_leaves_the_range_of_the_source(shape):
    uncertainty = np.random.default_rng(0).uniform(0.01, 0.5, shape).astype(np.float32)
    fitted = fit_uncertainty(uncertainty, PHOTO)
    assert fitted.min() >= uncertainty.min() - 1e-6 and fitted.max() <= uncertainty.max() + 1e-6
