import numpy as np
import pytest

from relens.explain.reduce import reduced
from relens.photo import srgb_encode


def test_fine_checker_becomes_the_grey_that_the_eye_sees() -> None:
    checker = np.indices((64, 96)).sum(axis=0) % 2
    picture = np.repeat(checker[..., None], 3, axis=2).astype(np.float32)
    small = reduced(picture, 24)
    assert small.shape == (16, 24, 3)
    assert np.rint(srgb_encode(small) * 255) == pytest.approx(188)


@pytest.mark.parametrize("width_px", [1, 7, 20, 33])
def test_flat_stays_flat_at_any_width(width_px: int) -> None:
    flat = np.full((30, 20, 3), 0.3, np.float32)
    small = reduced(flat, width_px)
    assert small.shape[:2] == (max(1, round(30 * width_px / 20)), width_px)
    np.testing.assert_allclose(small, 0.3, atol=1e-6)


def test_keeps_the_mean_light() -> None:
    picture = np.random.default_rng(0).random((60, 45, 3), np.float32)
    np.testing.assert_allclose(reduced(picture, 15).mean((0, 1)), picture.mean((0, 1)), rtol=1e-5)
