"""A breath starts and ends in the photo's own view, without a jerk; the subject keeps its pixel and the focus."""

import numpy as np
import pytest
from move_scenes import LENS, head_scene, points_of

from relens.errors import ValueRangeError
from relens.path.moves.aims import point_of
from relens.path.moves.breathing import Breathing
from relens.path.safe import warnings_of
from relens.path.shots import shots

SCENE = head_scene()
POINT_M = point_of("about", "subject", SCENE)


def frames_of(move, fps=48):
    return shots(move(SCENE, LENS), SCENE, lens=LENS, fps=fps)


def test_it_is_its_formula():
    frames = frames_of(Breathing(4, 10, 1.5, 1.0))
    turn = 2 * np.pi * frames.times_s / 4
    closer_m = np.linalg.norm(POINT_M) - np.linalg.norm(frames.camera_to_world[:, :3, 3] - POINT_M, axis=1)
    np.testing.assert_allclose(closer_m, 0.015 * (0.5 - 0.5 * np.cos(turn)), atol=1e-3 * 0.015)
    np.testing.assert_allclose(frames.camera_to_world[:, 0, 3], 0.01 * np.sin(turn), atol=0.05 * 0.01)
    f_numbers = np.array([frames[i].lens.f_number for i in range(len(frames))])
    np.testing.assert_allclose(np.log2(f_numbers / 16), 0.5 * (0.5 - 0.5 * np.cos(turn)), atol=0.005)


def test_the_subject_keeps_its_pixel_and_the_focus():
    frames = frames_of(Breathing(4, 10))
    seen = points_of(frames, POINT_M[None])
    np.testing.assert_allclose(seen, np.broadcast_to(SCENE.camera.project(POINT_M)[:2], seen.shape), atol=0.01)
    axis, eye_m = frames.camera_to_world[:, :3, 2], frames.camera_to_world[:, :3, 3]
    np.testing.assert_allclose(1 / frames.focus_inverse_m, ((POINT_M - eye_m) * axis).sum(axis=1), rtol=1e-6)


def test_it_loops_from_the_photos_view_without_a_jerk():
    eye_m = frames_of(Breathing(4, 10), 100).camera_to_world[:, :3, 3]
    np.testing.assert_array_equal(eye_m[0], 0)
    bend = np.linalg.norm(np.diff(np.concatenate([eye_m, eye_m[:2]]), 2, axis=0), axis=1)
    assert bend[-2:].max() <= 1.05 * bend[:-2].max()


def test_left_out_it_is_safe():
    assert warnings_of(frames_of(Breathing(), 24), SCENE) == ()


@pytest.mark.parametrize(
    "values", [{"seconds": 0}, {"sway_mm": 0}, {"push": -1}, {"stops": 9}, {"about": "eye"}, {"about": "2m"}]
)
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        Breathing(**values)
