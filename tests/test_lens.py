import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import apertures, focal_lengths_px, inverse_depths, lenses, sharp_limits_px
from unchecked import any_type, unchecked

from relens.aperture import Aperture
from relens.errors import ValueRangeError
from relens.lens import Lens, sharp_limit_px

NAN, INF = math.nan, math.inf


def sensor_blur_m(lens, depth_m):
    """Blur diameter on the sensor of a real thin lens, from image distances alone, and the sensor's distance.

    1/f = 1/z + 1/v_z brings the point to a focus at v_z; the sensor stands at v, where F comes to a focus. The cone
    of light is D wide at the lens and 0 at v_z, hence D |v - v_z| / v_z wide at v.
    """
    focal_m, focus_m = lens.focal_length_mm * 1e-3, lens.focus_distance_m
    sensor_m = focal_m * focus_m / (focus_m - focal_m)
    image_m = focal_m * depth_m / (depth_m - focal_m)
    return (focal_m / lens.f_number) * abs(sensor_m - image_m) / image_m, sensor_m


@given(lenses(finite_focus=True), st.floats(1.01, 1e4), focal_lengths_px)
def test_circle_of_confusion_is_the_thin_lens_cone_cut_by_the_sensor(lens, depth_in_focal_lengths, fx_px):
    depth_m = depth_in_focal_lengths * lens.focal_length_mm * 1e-3
    blur_m, sensor_m = sensor_blur_m(lens, depth_m)
    # The framing convention: the image distance, v metres, is fx pixels.
    expected = blur_m * fx_px / sensor_m
    scale = fx_px * lens.pupil_diameter_m * max(1 / depth_m, lens.focus_inverse_m)
    assert lens.coc_px(1 / depth_m, fx_px) == pytest.approx(expected, abs=1e-7 * scale)


def test_circle_of_confusion_by_hand():
    # D = 85 / 1.4 mm = 60.71 mm; 3000 px * 0.06071 m * |1/2 - 1/0.5| = 273.2 px.
    lens = Lens(85, 1.4, 0.5)
    assert lens.coc_px(0.5, 3000) == pytest.approx(3000 * 0.085 / 1.4 * 1.5)
    assert lens.coc_px(2.0, 3000) == 0
    assert Lens(50, 2.0).coc_px(0.0, 3000) == 0  # infinity, focused at infinity


@given(lenses(), focal_lengths_px, st.lists(inverse_depths, min_size=2, max_size=8))
def test_blur_grows_with_distance_from_focus_on_either_side(lens, fx_px, offsets):
    steps = np.sort(offsets)
    behind = lens.coc_px(lens.focus_inverse_m + steps, fx_px)
    assert (np.diff(behind) >= 0).all() and behind[0] > 0
    before = lens.coc_px(lens.focus_inverse_m - steps, fx_px)
    np.testing.assert_allclose(before, behind, rtol=1e-6)


@given(lenses(), focal_lengths_px, inverse_depths)
def test_blur_halves_when_the_f_number_doubles(lens, fx_px, inverse_depth):
    assume(lens.f_number <= 64)
    stopped = Lens(lens.focal_length_mm, lens.f_number * 2, lens.focus_distance_m)
    assert stopped.coc_px(inverse_depth, fx_px) == pytest.approx(lens.coc_px(inverse_depth, fx_px) / 2)


@given(lenses(), focal_lengths_px, sharp_limits_px)
def test_depth_of_field_ends_where_the_blur_reaches_the_limit(lens, fx_px, sharp_px):
    near_m, far_m = lens.depth_of_field_m(fx_px, sharp_px)
    blur_per_inverse_m = fx_px * lens.pupil_diameter_m
    rounding = 1e-9 * blur_per_inverse_m * (lens.focus_inverse_m + 1 / near_m)
    assert near_m < lens.focus_distance_m <= far_m
    assert lens.coc_px(1 / near_m, fx_px) == pytest.approx(sharp_px, rel=1e-9, abs=rounding)
    if far_m < INF:
        assert lens.coc_px(1 / far_m, fx_px) == pytest.approx(sharp_px, rel=1e-9, abs=rounding)
    else:
        assert lens.coc_px(0.0, fx_px) <= sharp_px


@given(lenses(finite_focus=True), focal_lengths_px, sharp_limits_px)
def test_hyperfocal_distance_is_where_the_far_limit_reaches_infinity(lens, fx_px, sharp_px):
    hyperfocal_m = lens.hyperfocal_m(fx_px, sharp_px)
    assume(lens.focal_length_mm * 1.1e-3 < hyperfocal_m < 1e9)

    def focused_at(distance_m):
        return Lens(lens.focal_length_mm, lens.f_number, distance_m)

    assert focused_at(hyperfocal_m * 1.0001).depth_of_field_m(fx_px, sharp_px)[1] == INF
    assert focused_at(hyperfocal_m * 0.9999).depth_of_field_m(fx_px, sharp_px)[1] < INF
    # The classic corollary: focused there, sharpness starts at half that distance; focused at infinity, at all of it.
    assert focused_at(hyperfocal_m).depth_of_field_m(fx_px, sharp_px)[0] == pytest.approx(hyperfocal_m / 2)
    assert focused_at(INF).depth_of_field_m(fx_px, sharp_px)[0] == pytest.approx(hyperfocal_m)


def test_blur_of_an_image_keeps_its_precision_and_its_holes():
    inverse_depth = np.array([[0.5, np.nan], [0.0, 2.0]], np.float32)
    blur_px = Lens(85, 1.4, 0.5).coc_px(inverse_depth, 3000)
    assert blur_px.dtype == np.float32 and blur_px.shape == (2, 2)
    assert np.isnan(blur_px[0, 1]) and np.isfinite(blur_px[[0, 1, 1], [0, 0, 1]]).all()
    with unchecked():
        assert Lens(85, 1.4, 0.5).coc_px(inverse_depth, np.float64(3000)).dtype == np.float32


@given(apertures())
def test_numbers_of_every_kind_become_plain_ones(aperture):
    with unchecked():
        lens = any_type(Lens)(np.int16(85), np.float32(2), np.float64(3), aperture)
    assert [type(value) for value in (lens.focal_length_mm, lens.f_number, lens.focus_distance_m)] == [float] * 3
    assert lens == Lens(85.0, 2.0, 3.0, aperture)


@pytest.mark.parametrize(
    "name, value",
    [("focal_length_mm", value) for value in (0.999, 2001, 0, -50, NAN, INF, None, "85")]
    + [("f_number", value) for value in (0.49, 129, 0, -1.4, NAN, INF, None)]
    + [("focus_distance_m", value) for value in (0.05, 0.02, 0, -1, NAN, -INF, None)]
    + [("aperture", value) for value in (None, "disc", 5)],
)
def test_what_no_lens_can_do_is_refused(name, value):
    numbers = {"focal_length_mm": 50, "f_number": 2, "focus_distance_m": 1, "aperture": Aperture(), name: value}
    with unchecked(), pytest.raises(ValueRangeError, match=name):
        Lens(**numbers)


@pytest.mark.parametrize("value", [0, -1, NAN, INF, None])
def test_read_outs_refuse_pixels_that_are_not_positive(value):
    lens = Lens(50, 2)
    with unchecked():
        for call in (
            lambda: lens.coc_px(0.5, value),
            lambda: lens.depth_of_field_m(value, 1),
            lambda: lens.depth_of_field_m(1000, value),
            lambda: lens.hyperfocal_m(value, 1),
            lambda: lens.hyperfocal_m(1000, value),
        ):
            with pytest.raises(ValueRangeError, match="positive"):
                call()


def test_sharp_limit_is_a_1500th_of_the_diagonal():
    assert sharp_limit_px(3000.0) == 2
