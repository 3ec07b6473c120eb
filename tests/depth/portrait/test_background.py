import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.depth.portrait.background import Feet, find_feet, floor_spread, wall_and_floor
from relens.face import Eye, Face

_GRID = Intrinsics.centred(120, 100, 160)


def _standing(top: int, feet: int) -> np.ndarray:
    mask = np.zeros((160, 100), bool)
    mask[top:feet, 40:60] = True
    return mask


def _face(eyes_row: float) -> Face:
    mesh = np.zeros((468, 3), np.float32)
    mesh[:, 1] = eyes_row
    mesh[263, 0] = 10
    eye = Eye(np.zeros(2), np.ones(2), 0.0, 0.01, 0.3)
    return Face(mesh, 1.0, (eye, eye))


def _feet(top: int, feet: int, z_m: float) -> Feet:
    return Feet(z_m, (feet - 80) / 120 * z_m)


def test_without_feet_there_is_only_the_wall() -> None:
    np.testing.assert_array_equal(wall_and_floor(4.0, [], _GRID), np.full((160, 100), 0.25, np.float32))


def test_feet_are_seen_where_somebody_stands_inside_the_frame() -> None:
    # 1.2 m and 90 pixels at 120 per metre and 1 m: eyes to feet of 1.6 m from 2.13 m away.
    stands = find_feet(_face(40.0), 2.13, _standing(30, 130), _GRID, 1.0)
    assert stands is not None and stands.below_m == pytest.approx(50 / 120 * 2.13)


@pytest.mark.parametrize(
    ("eyes", "z_m", "feet"),
    [
        (40.0, 2.13, 160),  # cut by the frame
        (40.0, 1.0, 130),  # 0.75 m below the eyes a table ends the body, or scissors
        (40.0, 5.0, 130),  # nobody is that tall
        (10.0, 2.5, 79),  # feet above the horizon
    ],
)
def test_what_is_no_foot_makes_no_floor(eyes: float, z_m: float, feet: int) -> None:
    assert find_feet(_face(eyes), z_m, _standing(5, feet), _GRID, 1.0) is None


def test_the_floor_is_surest_at_the_feet() -> None:
    feet = [_feet(20, 130, 2.0)]
    inverse = wall_and_floor(6.0, feet, _GRID)
    spread = floor_spread(inverse, 1 / 6, np.float32(0.7), feet)[:, 0]
    assert spread[129] == pytest.approx(0.1, abs=0.02) and (spread[:80] == np.float32(0.7)).all()
    assert (np.diff(spread[130:]) > 0).all() and spread[100] > spread[129]


@given(st.floats(1, 10), st.integers(100, 150))
def test_the_floor_passes_under_the_feet_and_meets_the_wall(z_m: float, feet: int) -> None:
    wall_m = z_m + 3
    inverse = wall_and_floor(wall_m, [_feet(20, feet, z_m)], _GRID)
    assert 1 / inverse[feet - 1, 0] == pytest.approx(z_m, rel=0.05)
    assert (inverse[:81] == np.float32(1 / wall_m)).all()
    assert (np.diff(inverse[:, 0]) >= 0).all() and inverse.min() == np.float32(1 / wall_m)
    # A level floor: height over distance is the tangent of the row.
    floor = inverse[:, 0] > 1 / wall_m
    tangents = (np.arange(160) + 0.5 - 80) / 120
    heights_m = tangents[floor] / inverse[floor, 0]
    np.testing.assert_allclose(heights_m, heights_m[0], rtol=1e-4)


def test_the_lowest_floor_counts() -> None:
    near_and_far = [_feet(20, 150, 2.0), _feet(60, 110, 4.0)]
    alone = wall_and_floor(20.0, near_and_far[1:], _GRID)
    both = wall_and_floor(20.0, near_and_far, _GRID)
    assert (both <= alone).all()


def test_the_open_sky_is_infinitely_far() -> None:
    inverse = wall_and_floor(np.inf, [_feet(20, 130, 3.0)], _GRID)
    assert (inverse[:80] == 0).all() and (inverse[85:] > 0).all()
