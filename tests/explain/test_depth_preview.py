import numpy as np
import pytest

from relens.explain.depth_preview import _ticks, depth_preview

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def test_nearer_is_never_darker() -> None:
    ramp = np.tile(np.linspace(0, 4, 90, dtype=np.float32), (20, 1))
    light = depth_preview(ramp)[10] @ _LUMINANCE
    assert (np.diff(light) >= 0).all()
    assert light[-1] > 0.7
    assert light[0] < 0.02


def test_equal_steps_of_inverse_depth_are_equal_steps_of_colour() -> None:
    picture = depth_preview(np.tile(np.linspace(0.5, 1, 80, dtype=np.float32), (20, 1)))
    twice = depth_preview(np.tile(np.linspace(2, 4, 80, dtype=np.float32), (20, 1)))
    np.testing.assert_array_equal(picture, twice)


def test_unknown_is_dark_grey_and_all_is_finite() -> None:
    inverse_depth = np.linspace(0, 3, 400, dtype=np.float32).reshape(20, 20)
    inverse_depth[5:9] = np.nan
    picture = depth_preview(inverse_depth)
    assert picture.shape == (20, 20, 3)
    assert np.isfinite(picture).all()
    assert np.ptp(picture[5:9]) == 0
    assert 0 < picture[5, 0, 0] < 0.1


def test_a_stray_pixel_does_not_wash_out_the_rest() -> None:
    inverse_depth = np.tile(np.linspace(0.5, 3, 60, dtype=np.float32), (60, 1))
    stray = inverse_depth.copy()
    stray[0, 0] = 1e6
    np.testing.assert_allclose(depth_preview(stray)[1:], depth_preview(inverse_depth)[1:], atol=0.08)


@pytest.mark.parametrize("value", [np.nan, 0.0, 0.5])
def test_maps_without_relief_are_one_colour(value: float) -> None:
    picture = depth_preview(np.full((150, 120), value, np.float32))
    assert np.isfinite(picture).all()
    assert np.ptp(picture[:80], axis=(0, 1)).max() == 0


def test_large_previews_carry_a_scale() -> None:
    picture = depth_preview(np.tile(np.linspace(0.5, 3, 300, dtype=np.float32), (400, 1)))
    assert np.ptp(picture[:300], axis=0).max() == 0
    assert np.ptp(picture[330:], axis=0).max() > 0.3


def test_scale_names_round_distances_inside_the_range() -> None:
    labels = dict(_ticks(0.5, 3.3))
    assert "1 m" in labels
    assert labels["0.5 m"] == pytest.approx(2)
    assert all(0.5 <= inverse <= 3.3 for inverse in labels.values())
    assert next(iter(_ticks(0, 2)))[0] == "infinity"
    assert _ticks(1.0, 1.001)
