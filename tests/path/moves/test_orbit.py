"""An orbit is the ellipse of its formula; the subject keeps its pixel, its distance and the focus."""

import numpy as np
import pytest
from move_scenes import LENS, head_scene, points_of

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.moves.aims import point_of
from relens.path.moves.orbit import Orbit
from relens.path.moves.rig import Rig
from relens.path.safe import warnings_of
from relens.path.shots import shots

SCENE = head_scene()
POINT_M = point_of("about", "subject", SCENE)


@pytest.mark.parametrize("rise", [0.0, 0.3, 1.0])
def test_it_is_the_ellipse_to_a_thousandth_of_its_size(rise):
    frames = shots(Orbit(4, 50, rise)(SCENE, LENS), SCENE, lens=LENS, fps=50)
    turn, rig = 2 * np.pi * frames.times_s / 4, Rig(POINT_M)
    poses = [rig.pose(0.05 * np.sin(a), -rise * 0.05 * np.cos(a)) for a in turn]
    off_m = np.linalg.norm(frames.camera_to_world[:, :3, 3] - [eye_m for eye_m, _ in poses], axis=1)
    assert off_m.max() < 1e-3 * 0.05
    np.testing.assert_allclose(
        frames.camera_to_world[:, :3, :3], [rotation for _, rotation in poses], atol=1e-3 * 0.05 / rig.length_m
    )


def test_the_subject_keeps_its_pixel_and_the_focus():
    frames = shots(Orbit(4, 50)(SCENE, LENS), SCENE, lens=LENS)
    seen = points_of(frames, POINT_M[None])
    np.testing.assert_allclose(seen, np.broadcast_to(SCENE.camera.project(POINT_M)[:2], seen.shape), atol=0.02)
    np.testing.assert_allclose(1 / frames.focus_inverse_m, POINT_M[2], rtol=1e-3)


def test_it_loops_without_a_jerk():
    eye_m = shots(Orbit(4, 50)(SCENE, LENS), SCENE, lens=LENS, fps=100).camera_to_world[:, :3, 3]
    assert len(eye_m) == 400
    round_ = np.concatenate([eye_m, eye_m[:2]])
    bend = np.linalg.norm(np.diff(round_, 2, axis=0), axis=1)
    assert bend[-2:].max() <= 1.05 * bend[:-2].max()


def test_left_out_it_goes_as_far_as_is_safe_and_less_with_a_wider_pupil():
    reach_m = {}
    for lens in (LENS, Lens(85, 1.4)):
        frames = shots(Orbit()(SCENE, lens), SCENE, lens=lens)
        assert warnings_of(frames, SCENE) == ()
        reach_m[lens.f_number] = np.abs(frames.camera_to_world[:, 0, 3]).max()
    # fx (1 / head - 1 / wall) = 150 px a metre, of 16 px of border; the wide pupil's rim takes 4.5 px.
    assert 0.06 < reach_m[16] < 0.8 * 16 / 150 * 1.05
    assert reach_m[1.4] < 0.9 * reach_m[16]


def test_what_is_said_is_obeyed_and_warned_of():
    frames = shots(Orbit(across_mm=250)(SCENE, LENS), SCENE, lens=LENS)
    assert np.abs(frames.camera_to_world[:, 0, 3]).max() == pytest.approx(0.25, rel=0.05)
    assert len(warnings_of(frames, SCENE)) >= 1


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"seconds": 0}, "seconds"),
        ({"across_mm": -1}, "across_mm"),
        ({"rise": -0.1}, "rise"),
        ({"about": "1.2m"}, "about"),
        ({"seconds": float("nan")}, "seconds"),
    ],
)
def test_values_out_of_range_are_told_at_once(values, name):
    with pytest.raises(ValueRangeError, match=f"^{name}="):
        Orbit(**values)
