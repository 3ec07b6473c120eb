import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.depth import find_depth
from relens.depth.depth_pro.output import Prediction, metric_depth, unsquashed
from relens.errors import RelensError
from relens.photo import Photo

_N = 48


def _photo(
    width_px: int = 96, height_px: int = 64, fx_px: float = 120.0, source: str = "exif 35 mm equivalent"
) -> Photo:
    return Photo(np.zeros((height_px, width_px, 3), np.float32), Intrinsics.centred(fx_px, width_px, height_px, source))


def _seen(z_m: float, fx_px: float, width_px: int) -> np.ndarray:
    """What the network answers where all is at z: inverse depth times fx / width."""
    canonical = np.full((_N, _N), fx_px / (width_px * z_m), np.float32)
    canonical[: _N // 2] *= 2
    return canonical


@given(st.floats(0.1, 100), st.floats(30, 1000), st.integers(20, 200), st.integers(20, 200))
def test_depth_is_metric_by_the_focal_length_that_is_known(z_m: float, fx_px: float, width: int, height: int) -> None:
    depth = metric_depth(Prediction(_seen(z_m, fx_px, width)), _photo(width, height, fx_px), "Depth Pro", "")
    np.testing.assert_allclose(1 / depth.inverse_depth[-1], z_m, rtol=1e-5)
    assert depth.intrinsics is None


@pytest.mark.parametrize("source", ["user", "phone matrix", "exif focal plane resolution"])
def test_what_is_known_comes_before_the_network_and_a_conflict_is_told(source: str) -> None:
    fov_rad = 2 * math.atan(0.5 * 96 / 150)  # 150 px, 25 % more than is known
    depth = metric_depth(Prediction(_seen(2, 120, 96), fov_rad), _photo(source=source), "Depth Pro", "", ("first",))
    np.testing.assert_allclose(1 / depth.inverse_depth[-1], 2, rtol=1e-5)
    assert depth.notes[0] == "first"
    assert len(depth.notes) == 2
    assert source in depth.notes[1] and "network says 150 px" in depth.notes[1]


def test_the_network_comes_before_a_default() -> None:
    fov_rad = 2 * math.atan(0.5 * 96 / 150)
    photo = _photo(fx_px=90, source="default (60 degrees diagonal)")
    depth = metric_depth(Prediction(_seen(3, 150, 96), fov_rad), photo, "Depth Pro", "")
    np.testing.assert_allclose(1 / depth.inverse_depth[-1], 3, rtol=1e-5)
    assert depth.intrinsics is not None
    assert depth.intrinsics.source == "network"
    assert (depth.intrinsics.fx_px, depth.intrinsics.cx_px) == (pytest.approx(150), 48)


@pytest.mark.parametrize("fov_rad", [0.0, -0.3, math.pi, 40.0])
def test_a_field_of_view_that_cannot_be_is_no_focal_length(fov_rad: float) -> None:
    assert Prediction(_seen(1, 100, 96), fov_rad).fx_px(96) is None


def test_pixels_that_are_not_square_scale_by_the_focal_length_across() -> None:
    photo = _photo()
    photo = replace(photo, intrinsics=replace(photo.intrinsics, fy_px=60.0))
    depth = metric_depth(Prediction(_seen(2, 120, 96)), photo, "Depth Pro", "")
    np.testing.assert_allclose(1 / depth.inverse_depth[-1], 2, rtol=1e-5)


def test_what_the_network_clamps_is_sky_and_not_ten_kilometres() -> None:
    canonical = np.full((_N, _N), 0.5, np.float32)
    canonical[: _N // 2] = 0.999e-4 * 120 / 96  # the network's floor, once it is metric
    canonical[: _N // 4] = 0
    canonical[-1] = 1e7
    depth = metric_depth(Prediction(canonical), _photo(), "Depth Pro", "")
    assert depth.sky[: _N // 2 - 1].all()
    assert not depth.sky[_N // 2 + 1 :].any()
    assert depth.inverse_depth.max() == 1e4


def test_an_answer_of_nan_is_refused() -> None:
    canonical = _seen(1, 100, 96)
    canonical[3, 4] = np.nan
    with pytest.raises(RelensError, match="NaN or infinity; use precision float32"):
        Prediction(canonical)


@given(st.integers(1, 400), st.integers(1, 400))
def test_the_map_has_the_photos_aspect_and_loses_no_row_or_column(width: int, height: int) -> None:
    photo = _photo(width, height)
    depth = metric_depth(Prediction(_seen(2, 120, width)), photo, "Depth Pro", "")
    assert min(depth.inverse_depth.shape) >= _N
    assert find_depth(photo, depth) is not None


@given(st.integers(60, 200), st.integers(0, 2**32 - 1))
def test_nothing_floats_between_the_sides_of_a_silhouette(width: int, seed: int) -> None:
    near = np.random.default_rng(seed).random((12, 12)) > 0.5
    square = np.where(np.kron(near, np.ones((4, 4))) > 0, 2.0, 0.5).astype(np.float32)
    for size in ((width, 50), (50, width)):
        assert set(np.unique(unsquashed(square, *size))) <= {0.5, 2.0}


def test_a_slope_stays_a_slope() -> None:
    slope = np.broadcast_to(np.linspace(1, 1.5, _N, dtype=np.float32), (_N, _N)).copy()
    stretched = unsquashed(slope, 3 * _N, _N)
    assert stretched.shape == (_N, 3 * _N)
    steps = np.diff(stretched[0, 3:-3])
    np.testing.assert_allclose(steps, 0.5 / (_N - 1) / 3, rtol=1e-3)
