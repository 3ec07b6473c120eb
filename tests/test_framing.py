import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import cameras, lenses
from unchecked import any_type, unchecked

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.framing import framed
from relens.lens import Lens

_FRAMINGS = st.sampled_from(["photo", "lens", "subject"])
# A full-frame camera with a 50 mm lens's field of view.
_CAMERA = Camera(Intrinsics.centred(50 / 36 * 3000, 3000, 2000)).moved(0.1, -0.2, 0.3).turned(0.2, 0.1, -0.3)


def _allowed(camera: Camera, lens: Lens, framing: str) -> bool:
    """Whether the framing takes the lens: it sees no more than the camera, and the subject stays beyond it."""
    zoom = _zoom(camera, lens)
    subject_m = lens.focus_distance_m * zoom
    return (
        framing == "photo"
        or (framing == "lens" and zoom >= 1)
        or (framing == "subject" and lens.focal_length_mm * 1.001e-3 < subject_m < 1e9)
    )


def _zoom(camera: Camera, lens: Lens) -> float:
    k = camera.intrinsics
    return lens.focal_length_mm / lens.sensor_width_mm * max(k.width_px, k.height_px) / k.fx_px


@given(cameras(), lenses())
def test_the_photos_framing_takes_nothing_but_the_pupil_from_the_lens(camera: Camera, lens: Lens) -> None:
    assert framed(camera, lens) == (camera, lens)


def test_the_lenss_framing_by_hand() -> None:
    camera, lens = framed(_CAMERA, Lens(100, 2, 3.0), "lens")
    assert lens == Lens(100, 2, 3.0)
    assert camera.intrinsics == replace(_CAMERA.intrinsics, fx_px=100 / 36 * 3000, fy_px=100 / 36 * 3000)
    assert np.array_equal(camera.camera_to_world, _CAMERA.camera_to_world)
    # 36 mm wide behind 100 mm; upright, the long side is the height.
    assert camera.intrinsics.horizontal_fov_rad == pytest.approx(2 * math.atan(18 / 100))
    upright = Camera(Intrinsics.centred(4000, 2000, 3000))
    assert framed(upright, Lens(100, 2), "lens")[0].intrinsics.fy_px == pytest.approx(100 / 36 * 3000)
    # On a smaller sensor the same lens sees less.
    assert framed(_CAMERA, Lens(100, 2, sensor_width_mm=18), "lens")[0].intrinsics.fx_px == pytest.approx(16666.667)


def test_a_lens_that_sees_past_the_photo_is_refused_and_the_shortest_named() -> None:
    with pytest.raises(ValueRangeError, match=r"focal_length_mm=49.0: expected 50 mm or more with framing lens"):
        framed(_CAMERA, Lens(49, 2), "lens")
    assert framed(_CAMERA, Lens(50, 2), "lens")[0].intrinsics.fx_px == pytest.approx(_CAMERA.intrinsics.fx_px)
    phone = Camera(Intrinsics.centred(3171.7, 4000, 3000))
    with pytest.raises(ValueRangeError, match=r"expected 28\.6 mm or more"):
        framed(phone, Lens(28, 2), "lens")
    framed(phone, Lens(28.6, 2), "lens")


@given(cameras(), lenses(finite_focus=True), st.booleans(), st.floats(-1, 1), st.floats(-1, 1))
def test_the_subject_keeps_its_place_and_size(camera: Camera, lens: Lens, breathing: bool, x: float, y: float) -> None:
    lens = replace(lens, breathing=breathing)
    assume(_allowed(camera, lens, "subject"))
    moved, refocused = framed(camera, lens, "subject")
    k = camera.intrinsics
    pixel = np.array([x * k.width_px, y * k.height_px, lens.focus_inverse_m])
    seen = moved.project(camera.unproject(pixel))
    # Moving far and back costs digits.
    digits = 1e-9 * (1 + np.abs(camera.eye_m).max() + refocused.focus_distance_m) / min(1, lens.focus_distance_m)
    assert seen[:2] == pytest.approx(pixel[:2], rel=digits, abs=digits * (k.width_px + k.height_px + k.fx_px))
    assert 1 / seen[2] == pytest.approx(refocused.focus_distance_m, rel=1e-6)
    assert replace(refocused, focus_distance_m=lens.focus_distance_m) == lens
    assert np.array_equal(moved.rotation, camera.rotation)


def test_a_longer_lens_steps_back_and_brings_the_background_up() -> None:
    camera, lens = framed(_CAMERA, Lens(100, 2, 1.5), "subject")
    assert lens.focus_distance_m == pytest.approx(3.0)
    assert camera.eye_m == pytest.approx(_CAMERA.moved(z_m=-1.5).eye_m)
    # Behind a subject at 1.5 m, something at 4.5 m was a third of its scale; from 3 m, with 6 m to it, it is half.
    behind = _CAMERA.unproject(np.array([1600.0, 1000.0, 1 / 4.5]))
    assert camera.project(behind)[0] - 1500 == pytest.approx(100 * (1 / 2) / (1 / 3))


@given(cameras(), lenses(finite_focus=True), st.floats(1, 2000))
def test_subject_framings_compose(camera: Camera, lens: Lens, other_mm: float) -> None:
    # By way of another lens, or straight: the same place, field of view and focus. The lens it has changes nothing.
    assume(other_mm * 1.01e-3 < lens.focus_distance_m)
    other = replace(lens, focal_length_mm=other_mm)
    assume(_allowed(camera, lens, "subject") and _allowed(camera, other, "subject"))
    straight, direct = framed(camera, lens, "subject")
    detour, there = framed(camera, other, "subject")
    assume(lens.focal_length_mm * 1.01e-3 < there.focus_distance_m)
    again, back = framed(detour, replace(lens, focus_distance_m=there.focus_distance_m), "subject")
    assert back.focus_distance_m == pytest.approx(direct.focus_distance_m, rel=1e-9)
    assert again.intrinsics.fx_px == pytest.approx(straight.intrinsics.fx_px, rel=1e-9)
    farthest_m = max(1, np.abs(detour.eye_m).max(), np.abs(straight.eye_m).max())
    assert again.eye_m == pytest.approx(straight.eye_m, abs=1e-9 * farthest_m)
    same, unchanged = framed(straight, direct, "subject")
    assert unchanged.focus_distance_m == pytest.approx(direct.focus_distance_m, rel=1e-9)
    assert same.eye_m == pytest.approx(straight.eye_m, abs=1e-9 * farthest_m)


@given(cameras(), lenses(), _FRAMINGS)
def test_breathing_narrows_the_field_once(camera: Camera, lens: Lens, framing) -> None:
    assume(_allowed(camera, lens, framing))
    still, _ = framed(camera, lens, framing)
    breathing, refocused = framed(camera, replace(lens, breathing=True), framing)
    k, scale = still.intrinsics, refocused.breathing_scale
    assert scale >= 1
    expected = replace(k, fx_px=k.fx_px * scale, fy_px=k.fy_px * scale)
    assert breathing.intrinsics == expected  # about the principal point, which stays


def test_a_subject_at_infinity_and_unknown_framings_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="focus_distance_m=inf: expected the subject's"):
        framed(_CAMERA, Lens(85, 2), "subject")
    with unchecked(), pytest.raises(ValueRangeError, match="photo, lens or subject"):
        framed(_CAMERA, Lens(85, 2), any_type("sensor"))
