import math
from dataclasses import replace

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


@given(
    st.floats(10, 300),
    st.floats(0.7, 22),
    st.floats(0.5, 100),
    st.floats(0.4, 1000),
    st.floats(5, 60),
    st.integers(300, 9000),
    st.floats(0.5, 2),
)
def test_circle_of_confusion_agrees_with_the_package_of_that_name(
    focal_length_mm, f_number, focus_m, depth_m, width_mm, width_px, aspect
):
    package = pytest.importorskip("circle_of_confusion", reason="pip install circle-of-confusion")
    height_px = round(width_px * aspect)
    # It focuses no farther than the hyperfocal distance of the diagonal / 1730.
    hyperfocal_m = Lens(focal_length_mm, f_number).hyperfocal_m(
        focal_length_mm, width_mm * math.hypot(1, aspect) / 1730
    )
    assume(focus_m < 0.99 * hyperfocal_m)
    data = package.CameraData(
        focal_length=focal_length_mm,
        f_stop=f_number,
        filmback=package.Filmback(width_mm, width_mm * height_px / width_px),
        near_field=1e-3,
        far_field=1e6,
        world_unit=package.WorldUnit.M,
        resolution=package.Resolution(width_px, height_px),
    )
    settings = package.Settings(max_size=1e9, math=package.Math.Real, focal_plane=focus_m, camera_data=data)
    # It gives the radius in 32-bit floats, over 0 behind the focus, and measures pixels per mm along the diagonal.
    diameter_px = 2 * package.Calculator(settings).calculate(depth_m)
    # The real sensor stands at v = f F / (F - f), so the numbers are those of a lens that breathes.
    lens = Lens(focal_length_mm, f_number, focus_m, breathing=True)
    fx_px = focal_length_mm * width_px / width_mm * lens.breathing_scale
    rounding_px = 1e-5 * fx_px * lens.pupil_diameter_m * max(1 / depth_m, 1 / focus_m)
    assert lens.coc_px(1 / depth_m, fx_px) == pytest.approx(abs(diameter_px), rel=1e-5, abs=rounding_px)
    assert abs(diameter_px) <= rounding_px or (diameter_px > 0) == (depth_m > focus_m)


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


@given(lenses(), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(-1, 1), st.floats(0.1, 100))
def test_a_tilted_plane_of_focus_goes_through_the_hinge_line(lens, tilt_rad, swing_rad, x, depth_m):
    # Merklinger's hinge rule: the plane meets the plane of the pupil f / sin(tilt) below the axis, whatever the focus.
    lens = replace(lens, tilt_rad=tilt_rad, swing_rad=swing_rad)
    gx, _ = lens.focus_gradient_per_m
    assume(abs(tilt_rad) > 1e-3)
    hinge_m = lens.focal_length_mm * 1e-3 / math.sin(tilt_rad)
    # A point of the plane of focus (X, Y, Z) with Z -> 0: 1/Z = 1/F + gx X/Z + gy Y/Z, times Z.
    small_m = 1e-9 * min(abs(hinge_m), lens.focal_length_mm * 1e-3)
    point = np.array([0.0, hinge_m * (1 - small_m * lens.focus_inverse_m), small_m])
    assert lens.focus_inverse_at_m(0.0, point[1] / small_m) == pytest.approx(1 / small_m)
    # On the axis the plane stays where it was; towards the right the swing tips it.
    assert lens.focus_inverse_at_m(0.0, 0.0) == pytest.approx(lens.focus_inverse_m)
    assert lens.focus_inverse_at_m(x, 0.0) == pytest.approx(lens.focus_inverse_m + x * gx)
    assert gx == pytest.approx(math.sin(swing_rad) / (lens.focal_length_mm * 1e-3))


def test_tilt_by_hand():
    # 50 mm tilted by 30 degrees: the hinge lies 0.1 m below. Focused at infinity, the plane lies level, 0.1 m below.
    level = Lens(50, 2, tilt_rad=math.radians(30))
    y = np.array([[0.1], [0.5]])
    np.testing.assert_allclose(level.focus_inverse_at_m(np.zeros(3), y), [[1.0] * 3, [5.0] * 3])
    blur_px = level.coc_px(np.array([[1.0], [4.0]]), 1000, level.focus_inverse_at_m(0.0, y))
    np.testing.assert_allclose(blur_px, [[0.0], [25.0]], atol=1e-9)
    assert Lens(50, 2, 4.0).focus_inverse_at_m(y, y) == 0.25
    # A positive tilt focuses the bottom nearer, a positive swing the right.
    assert Lens(50, 2, 4.0, tilt_rad=0.1).focus_inverse_at_m(0.0, 0.3) > 0.25
    assert Lens(50, 2, 4.0, swing_rad=0.1).focus_inverse_at_m(0.3, 0.0) > 0.25


@given(lenses(finite_focus=True), st.floats(-0.02, 0.02))
def test_colours_focus_where_their_focal_lengths_put_them(lens, axial_colour):
    lens = replace(lens, axial_colour=axial_colour)
    focal_m = lens.focal_length_mm * 1e-3
    # The image distance is the same for all: 1/v = 1/f - 1/F; and 1/f falls by half the error for red, to first order.
    image_inverse_m = 1 / focal_m - lens.focus_inverse_m
    exact = [1 / (focal_m * (1 + step * axial_colour / 2)) - image_inverse_m for step in (1, 0, -1)]
    second_order = axial_colour**2 / 4 / focal_m
    rounding = 1e-12 * (1 / focal_m + lens.focus_inverse_m)
    offsets = lens.focus_inverse_m + lens.channel_focus_per_m
    assert offsets == pytest.approx(exact, abs=1.1 * second_order + rounding)
    assert lens.has_colour_error == (axial_colour != 0)


@given(st.floats(-0.02, 0.02))
def test_the_images_of_the_colours_differ_by_the_lateral_error(lateral_colour):
    lens = Lens(50, 2, lateral_colour=lateral_colour)
    red, green, blue = lens.channel_magnification
    assert red - blue == pytest.approx(lateral_colour, abs=1e-15)
    assert green == 1
    assert lens.has_colour_error == (lateral_colour != 0)


@given(lenses())
def test_a_breathing_lens_has_its_image_where_the_thin_lens_has(lens):
    assert lens.breathing_scale == 1
    breathing = replace(lens, breathing=True)
    focal_m = lens.focal_length_mm * 1e-3
    image_m = 1 / (1 / focal_m - lens.focus_inverse_m)
    assert breathing.breathing_scale == pytest.approx(image_m / focal_m, rel=1e-9)


def test_light_lost_in_the_glass():
    assert Lens(135, 2.8).transmittance == 1
    assert Lens(135, 2.8, t_stop=2.8).transmittance == 1
    assert Lens(135, 2.8, t_stop=5.6).transmittance == pytest.approx(1 / 4)


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
    + [("aperture", value) for value in (None, "disc", 5)]
    + [(name, value) for name in ("tilt_rad", "swing_rad") for value in (-1.21, 1.21, NAN, INF, None)]
    + [(name, value) for name in ("axial_colour", "lateral_colour") for value in (-0.021, 0.021, NAN, None)]
    + [("t_stop", value) for value in (1.9, 0, NAN, INF, "4")]
    + [("sensor_width_mm", value) for value in (0.9, 501, NAN, None)]
    + [(name, value) for name in ("breathing", "vignetting") for value in (None, 1, "yes")],
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
