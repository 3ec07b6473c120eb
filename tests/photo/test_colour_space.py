import numpy as np
import pytest

from relens.photo.cicp import colour_space_from_cicp
from relens.photo.colour_space import (
    DISPLAY_P3,
    LINEAR_SRGB,
    REC_709,
    REC_2020,
    SRGB,
    ColourSpace,
    gamma_curve,
    linear_curve,
    matrix_to_srgb,
    to_linear_srgb,
    to_xyz,
)


def test_srgb_matrix_is_the_published_one() -> None:
    # IEC 61966-2-1, rounded to four decimals there.
    published = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    np.testing.assert_allclose(to_xyz(REC_709), published, atol=1e-4)


def test_display_p3_red_in_srgb() -> None:
    # CSS Color 4: color(display-p3 1 0 0) is color(srgb-linear 1.2249 -0.0420 -0.0196).
    matrix = matrix_to_srgb(DISPLAY_P3)
    assert matrix is not None
    np.testing.assert_allclose(matrix[:, 0], [1.2249, -0.0420, -0.0196], atol=2e-4)


@pytest.mark.parametrize("primaries", [DISPLAY_P3, REC_2020, (*REC_709[:3], (0.3457, 0.3585))])
def test_white_stays_white(primaries) -> None:
    matrix = matrix_to_srgb(primaries)
    assert matrix is not None
    np.testing.assert_allclose(matrix.sum(axis=1), np.ones(3), atol=1e-9)


def test_srgb_primaries_need_no_matrix() -> None:
    assert matrix_to_srgb(REC_709) is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_samples_of_every_type_mean_the_same(dtype) -> None:
    top = 1 if dtype == np.float32 else np.iinfo(dtype).max
    samples = np.full((2, 3, 3), [0, top, top], dtype)
    matrix = matrix_to_srgb(DISPLAY_P3)
    assert matrix is not None
    linear = to_linear_srgb(samples, ColourSpace("P3", SRGB.curves, matrix))
    # Cyan of Display P3 lies outside sRGB: its red stays negative.
    np.testing.assert_allclose(linear[1, 2], matrix @ [0, 1, 1], atol=1e-6)
    assert linear[1, 2, 0] < -0.2


def test_grey_becomes_neutral_whatever_the_primaries() -> None:
    space = ColourSpace("P3", SRGB.curves, matrix_to_srgb(DISPLAY_P3))
    np.testing.assert_allclose(to_linear_srgb(np.full((2, 2), 188, np.uint8), space), 0.5028865, atol=1e-6)


def test_one_curve_a_channel() -> None:
    space = ColourSpace("three curves", (linear_curve, gamma_curve(2.0), gamma_curve(3.0)))
    linear = to_linear_srgb(np.full((1, 1, 3), 0.5, np.float32), space)
    np.testing.assert_allclose(linear[0, 0], [0.5, 0.25, 0.125])


def test_many_rows_are_converted_block_by_block() -> None:
    samples = np.random.default_rng(0).random((2000, 300, 3)).astype(np.float32)
    np.testing.assert_array_equal(to_linear_srgb(samples, LINEAR_SRGB), samples)


@pytest.mark.parametrize(
    ("primaries", "transfer", "name"),
    [(1, 13, "sRGB"), (12, 13, "Display P3"), (2, 2, "sRGB"), (9, 8, "Rec.2020, linear")],
)
def test_code_points(primaries: int, transfer: int, name: str) -> None:
    assert colour_space_from_cicp(primaries, transfer).name == name


@pytest.mark.parametrize(("primaries", "transfer", "says"), [(9, 16, "HDR"), (9, 18, "HLG"), (77, 13, "77/13")])
def test_code_points_that_are_not_read(primaries: int, transfer: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        colour_space_from_cicp(primaries, transfer)
