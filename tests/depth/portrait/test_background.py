import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.depth.portrait.background import wall_and_floor

_GRID = Intrinsics.centred(120, 100, 160)


def _standing(top: int, feet: int) -> np.ndarray:
    mask = np.zeros((160, 100), bool)
    mask[top:feet, 40:60] = True
    return mask


def test_without_feet_there_is_only_the_wall() -> None:
    np.testing.assert_array_equal(wall_and_floor(4.0, [(_standing(30, 160), 1.0)], _GRID), np.full((160, 100), 0.25))


@given(st.floats(1, 10), st.integers(100, 150))
def test_the_floor_passes_under_the_feet_and_meets_the_wall(z_m: float, feet: int) -> None:
    wall_m = z_m + 3
    inverse = wall_and_floor(wall_m, [(_standing(20, feet), z_m)], _GRID)
    assert 1 / inverse[feet - 1, 0] == pytest.approx(z_m, rel=0.05)
    assert (inverse[:81] == np.float32(1 / wall_m)).all()
    assert (np.diff(inverse[:, 0]) >= 0).all() and inverse.min() == np.float32(1 / wall_m)
    # A level floor: height over distance is the tangent of the row.
    floor = inverse[:, 0] > 1 / wall_m
    tangents = (np.arange(160) + 0.5 - 80) / 120
    heights_m = tangents[floor] / inverse[floor, 0]
    np.testing.assert_allclose(heights_m, heights_m[0], rtol=1e-4)


def test_the_lowest_floor_counts() -> None:
    near_and_far = [(_standing(20, 150), 2.0), (_standing(60, 110), 4.0)]
    alone = wall_and_floor(20.0, near_and_far[1:], _GRID)
    both = wall_and_floor(20.0, near_and_far, _GRID)
    assert (both <= alone).all()


def test_the_open_sky_is_infinitely_far() -> None:
    inverse = wall_and_floor(np.inf, [(_standing(20, 130), 3.0)], _GRID)
    assert (inverse[:80] == 0).all() and (inverse[85:] > 0).all()
