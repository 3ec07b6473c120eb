import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.errors import ValueRangeError
from relens.photo.lens_distortion import (
    LensDistortion,
    cut_distortion,
    orient_distortion,
    scale_distortion,
)
from relens.photo.orientation import orient_raster
from relens.photo.window import Window

# Elongations as lenses have them: up to 5 %, smooth enough not to fold.
_tables = st.lists(st.floats(-0.05, 0.05), min_size=8, max_size=42).map(
    lambda steps: np.cumsum(np.array(steps)) / len(steps)
)
_points = st.lists(st.tuples(st.floats(-50, 450), st.floats(-50, 350)), min_size=1, max_size=9).map(np.array)


@given(_tables, _points)
def test_straighten_undoes_distort(table: np.ndarray, points: np.ndarray) -> None:
    lens = LensDistortion.from_table(210.0, 140.0, 250.0, table)
    np.testing.assert_allclose(lens.straighten(lens.distort(points)), points, atol=1e-9)
    np.testing.assert_allclose(lens.distort(lens.straighten(points)), points, atol=1e-9)


@given(_tables, _points)
def test_points_move_along_their_radius_by_the_table(table: np.ndarray, points: np.ndarray) -> None:
    lens = LensDistortion.from_table(210.0, 140.0, 250.0, table)
    offset, moved = points - (210, 140), lens.distort(points) - (210, 140)
    np.testing.assert_allclose(offset[:, 0] * moved[:, 1], offset[:, 1] * moved[:, 0], atol=1e-6)
    radius = np.hypot(*offset.T)
    # As in Apple's sample function, which holds the last value beyond the table.
    expected = radius * (1 + np.interp(radius, np.linspace(0, 250, len(table)), table))
    np.testing.assert_allclose(np.hypot(*moved.T), expected, atol=0.02)


@given(_points)
def test_no_elongation_moves_nothing(points: np.ndarray) -> None:
    lens = LensDistortion.from_table(210.0, 140.0, 250.0, np.zeros(5))
    np.testing.assert_allclose(lens.distort(points), points, atol=1e-9)
    assert lens.largest_px(400, 300) < 1e-9


@pytest.mark.parametrize("table", [np.array([0, -1.0]), np.array([0, 0.2, -0.9]), np.array([0, np.nan])])
def test_a_table_that_folds_the_picture_over_is_refused(table: np.ndarray) -> None:
    with pytest.raises(ValueRangeError, match="strictly increasing"):
        LensDistortion.from_table(10.0, 10.0, 20.0, table)


_BARREL = LensDistortion.from_table(21.0, 11.0, 30.0, np.linspace(0, -0.05, 9))


@pytest.mark.parametrize("code", range(1, 9))
@given(column=st.integers(0, 39), row=st.integers(0, 29))
def test_the_centre_turns_with_the_pixels(code: int, column: int, row: int) -> None:
    # A pixel marked in the stored raster, and the same one found in the upright one: both move alike.
    stored = np.zeros((30, 40))
    stored[row, column] = 1
    [[upright_row, upright_column]] = np.argwhere(orient_raster(stored, code))
    turned = orient_distortion(_BARREL, code, 40, 30)
    point = np.array([column + 0.5, row + 0.5])
    upright = np.array([upright_column + 0.5, upright_row + 0.5])
    assert np.hypot(*(turned.distort(upright) - upright)) == pytest.approx(np.hypot(*(_BARREL.distort(point) - point)))
    assert np.hypot(*(upright - [turned.centre_x_px, turned.centre_y_px])) == pytest.approx(
        np.hypot(*(point - [21, 11]))
    )


@given(_points)
def test_a_part_of_the_frame_moves_as_the_frame_does(points: np.ndarray) -> None:
    part = cut_distortion(_BARREL, Window(0.25, 0.1, 0.5, 0.5), (40, 30))
    np.testing.assert_allclose(part.distort(points - (10, 3)), _BARREL.distort(points) - (10, 3), atol=1e-9)


@given(_points)
def test_the_same_picture_at_twice_the_size_moves_twice_as_far(points: np.ndarray) -> None:
    np.testing.assert_allclose(
        scale_distortion(_BARREL, 2.0).distort(2 * points), 2 * _BARREL.distort(points), atol=1e-9
    )
