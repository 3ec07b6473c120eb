import math
import warnings

import numpy as np
import pytest
from aperture_light import image_at

from relens.aperture import Aperture
from relens.aperture_image import ApertureImage
from relens.errors import ValueRangeError


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (np.ones((0, 5)), "at least one pixel"),
        (np.ones(0), "at least one pixel"),
        (np.ones((4, 4, 2)), "(h, w) or (h, w, 3)"),
        (np.ones((4, 4, 4)), "(h, w) or (h, w, 3)"),
        (np.ones(()), "(h, w) or (h, w, 3)"),
        (np.ones((2, 2049)), "2049x2: expected at most 2048 px"),
        (np.array([[1, math.nan]]), "finite"),
        (np.array([[1, math.inf]]), "finite"),
        (np.array([[1, -1e-9]]), "at least 0"),
        (np.zeros((3, 3)), "some light through"),
        (np.ones((3, 3, 3)) * [1, 1, 0], "some light through in every colour"),
    ],
)
def test_what_is_no_aperture(values: np.ndarray, problem: str) -> None:
    with pytest.raises(ValueRangeError) as caught:
        ApertureImage(values)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_equal_by_content_which_cannot_be_changed() -> None:
    values = np.random.default_rng(0).random((4, 5))
    image, same, other = ApertureImage(values), ApertureImage(values.astype(np.float64)), ApertureImage(values.T)
    values[:] = 7
    assert image == same and hash(image) == hash(same) and image != other and image != "image"
    assert Aperture(image=image) == Aperture(image=same) != Aperture()
    with pytest.raises(ValueError, match="read-only"):
        image.transmission[0, 0] = 1


def test_the_longer_side_spans_the_pupil() -> None:
    wide, high = ApertureImage(np.ones((2, 4))), ApertureImage(np.ones((4, 2)))
    assert np.abs(Aperture(image=wide).samples(4096).points).max(axis=0) == pytest.approx([1, 0.5], abs=0.01)
    assert np.abs(Aperture(image=high).samples(4096).points).max(axis=0) == pytest.approx([0.5, 1], abs=0.01)


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1.0, 1.7e308])
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32, np.float64])
def test_any_kind_of_number_and_only_proportions_count(dtype: type, scale: float) -> None:
    pattern = np.array([[1, 0, 1], [1, 1, 0]])
    values = pattern * scale if dtype is np.float64 else pattern.astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        samples = Aperture(image=ApertureImage(values)).samples(64)
    assert ApertureImage(values) == ApertureImage(pattern)
    assert np.isfinite(samples.points).all()
    np.testing.assert_allclose(samples.weights, 1)


def test_one_white_pixel_is_a_square_pupil_within_the_circle() -> None:
    # The corners of the pixel lie outside the circle, which still cuts them.
    points = Aperture(image=ApertureImage(np.ones((1, 1)))).samples(4096).points
    assert np.hypot(*points.T).max() <= 1 + 2 / 512
    np.testing.assert_allclose((points**2).mean(axis=0), 1 / 4, atol=2e-3)


def test_points_never_fall_where_nothing_passes() -> None:
    values = (np.random.default_rng(3).random((31, 17)) > 0.7).astype(float)
    values[:4], values[-3:], values[:, :2], values[:, -5:] = 0, 0, 0, 0
    image = ApertureImage(values)
    assert (image_at(image, Aperture(image=image).samples(65536).points) > 0).all()
