"""The safe amount is where the border comes into the picture, less what the pupil reaches farther."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import FX_PX, plane, scene_of
from move_scenes import LENS, head_scene

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.safe import EMPTY_SHARE, empty_share, safe_amount, warnings_of
from relens.path.shot import Shot
from relens.path.shots import shots
from relens.path.witness import witness_of
from relens.rotation import exp_so3


def aside(scene, lens=LENS, sign=1):
    return lambda amount_m: [Shot(0.0, scene.camera.moved(x_m=sign * amount_m), lens)]


@settings(max_examples=12)
@given(st.integers(8, 24), st.floats(0.2, 2.0), st.floats(0, 6), st.sampled_from([-1, 1]))
def test_the_safe_amount_is_where_the_border_comes_in(border_px, inverse_m, reach_px, sign):
    scene = scene_of(plane("wall", (0, 0, 1), inverse_m, border_px=border_px), border_px=border_px)
    # Focused at infinity, a pupil's rim is as far off as its radius.
    radius_m = max(reach_px, 0.01) / FX_PX / inverse_m
    lens = Lens(2000, min(max(1.0 / radius_m, 0.5), 128), float("inf"))
    rim_px = FX_PX * inverse_m * lens.pupil_diameter_m / 2
    px_m = 1 / FX_PX / inverse_m
    greatest_m = 40 * px_m
    safe_px = safe_amount(scene, aside(scene, lens, sign), greatest_m) / px_m
    # What few rays of the rim see does not count; a 64th of what was asked for is not told apart. Where it is blurred,
    # prefiltering looks a little further, and so less counts as safe.
    assert border_px - 1.25 * rim_px - 3 - 40 / 64 <= safe_px <= border_px - 0.7 * rim_px + 1


def test_all_of_it_where_nothing_shows():
    scene = head_scene()
    assert safe_amount(scene, aside(scene), 0.05) == 0.05


def test_a_witness_that_is_there_is_the_one_that_looks():
    narrow = scene_of(plane("wall", (0, 0, 1), 2.0, border_px=0), border_px=0)
    scene = head_scene()
    # A 64th of this is 3 px of the narrow one.
    assert safe_amount(scene, aside(scene), 1.0) > 0
    assert safe_amount(scene, aside(scene), 1.0, witness_of(narrow)) == 0


def test_nothing_where_the_least_shows_something():
    scene = scene_of(plane("wall", (0, 0, 1), 2.0, border_px=0), border_px=0)
    # A 64th of this is 3 px.
    assert safe_amount(scene, aside(scene), 1.0) == 0


def test_the_most_restless_shot_counts():
    scene = head_scene()

    def some(amount_m):
        return [Shot(0.0, scene.camera.moved(x_m=part * amount_m), LENS) for part in (0.1, -1.0, 0.5)]

    assert safe_amount(scene, some, 2.0) == safe_amount(scene, aside(scene, sign=-1), 2.0) < 0.5


def test_what_is_safe_beyond_a_hole_does_not_count():
    scene = head_scene()

    def there_and_back(amount):
        away_m = 1.0 if 0.4 < amount < 0.8 else 0.0
        return [Shot(0.0, scene.camera.moved(x_m=away_m), LENS)]

    assert 0.37 < safe_amount(scene, there_and_back, 1.0) <= 0.4


@pytest.mark.parametrize("greatest", [0, -1, float("nan"), float("inf")])
def test_a_greatest_amount_is_positive(greatest):
    scene = head_scene()
    with pytest.raises(ValueRangeError, match="greatest"):
        safe_amount(scene, aside(scene), greatest)


def test_what_the_photos_own_view_lacks_through_the_same_lens_is_not_the_paths_fault():
    # Without a border the pupil's rim sees past the frame all around.
    scene = scene_of(plane("wall", (0, 0, 1), 2.0, border_px=0), border_px=0)
    shot, witness = Shot(0.0, scene.camera, Lens(85, 1.4)), witness_of(scene)
    assert witness.empty_share(shot.camera, shot.lens) > 0.05
    assert empty_share(witness, shot) == 0


def test_a_safe_path_is_not_warned_of():
    scene = head_scene()
    path = CameraPath((Keyframe(0, (0, 0, 0)), Keyframe(1, (0.1, 0, 0))))
    assert warnings_of(shots(path, scene, lens=LENS), scene) == ()


def test_a_warning_says_when_and_how_far_out():
    scene = head_scene()
    path = CameraPath((Keyframe(0, (0, 0, 0)), Keyframe(2, (0.8, 0, 0)), Keyframe(4, (0, 0, 0))), "linear")
    frames = shots(path, scene, lens=LENS, fps=20)
    (line,) = warnings_of(frames, scene)
    # The wall, at 2 m, has 16 px of border: 0.32 m.
    words = line.replace(",", "").replace("(", "").replace(")", "").split()
    outside_mm, away_mm, safe_mm = (float(words[words.index("mm", at) - 1]) for at in mm_places(words))
    assert away_mm == pytest.approx(800, abs=25)
    assert safe_mm == pytest.approx(320, abs=25)
    assert outside_mm == pytest.approx(away_mm - safe_mm, abs=1)
    eye_mm = 1e3 * np.abs(frames.camera_to_world[:, 0, 3])
    outside = frames.times_s[eye_mm > 320]
    assert float(words[1]) == pytest.approx(outside[0], abs=0.15)
    assert float(words[4]) == pytest.approx(outside[-1], abs=0.15)


def mm_places(words):
    return [index for index, word in enumerate(words) if word == "mm"]


def test_stretches_are_told_one_by_one():
    scene = head_scene()
    times = (0, 1, 2, 6, 7, 8)
    path = CameraPath(tuple(Keyframe(time, (0.6 * (time in (1, 7)), 0, 0)) for time in times), "linear")
    lines = warnings_of(shots(path, scene, lens=LENS), scene)
    assert len(lines) == 2
    assert all("\n" not in line for line in lines)
    assert lines[0].split()[1] < lines[1].split()[1]


def test_a_camera_that_turns_away_where_it_stands_is_told_to_turn_less():
    scene = head_scene()
    aside_rad = exp_so3(np.array([0, 0.5, 0]))
    path = CameraPath((Keyframe(0, rotation=np.eye(3)), Keyframe(1, rotation=aside_rad)))
    (line,) = warnings_of(shots(path, scene, lens=LENS), scene)
    assert "turn it less" in line


def test_one_frame_is_a_path_too():
    scene = head_scene()
    far = Shot(0.0, scene.camera.moved(x_m=0.6), LENS)
    (line,) = warnings_of([far], scene)
    assert line.startswith("at 0.0 s ")


def test_colour_errors_change_nothing():
    scene = head_scene()
    shot = Shot(0.0, scene.camera.moved(x_m=0.4), LENS)
    coloured = replace(shot, lens=replace(LENS, axial_colour=0.01, lateral_colour=0.01))
    witness = witness_of(scene)
    assert empty_share(witness, shot) == empty_share(witness, coloured) > EMPTY_SHARE
