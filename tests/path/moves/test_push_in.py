"""A push-in goes straight to the subject, which keeps its pixel and the focus, from rest to rest."""

import numpy as np
import pytest
from move_scenes import HEAD_M, LENS, head_scene, points_of

from relens.errors import ValueRangeError
from relens.path.moves.aims import point_of
from relens.path.moves.push_in import PushIn
from relens.path.safe import warnings_of
from relens.path.shots import shots

SCENE = head_scene()
POINT_M = point_of("about", "subject", SCENE)


def test_it_goes_as_far_as_told_towards_the_subject():
    frames = shots(PushIn(2, 100)(SCENE, LENS), SCENE, lens=LENS, fps=50)
    eye_m = frames.camera_to_world[:, :3, 3]
    np.testing.assert_array_equal(eye_m[0], 0)
    np.testing.assert_allclose(eye_m[-1], 0.1 * POINT_M / np.linalg.norm(POINT_M), atol=1e-12)
    seen = points_of(frames, POINT_M[None])
    np.testing.assert_allclose(seen, np.broadcast_to(SCENE.camera.project(POINT_M)[:2], seen.shape), atol=1e-9)
    np.testing.assert_allclose(1 / frames.focus_inverse_m, POINT_M[2] - eye_m[:, 2])


def test_it_starts_and_stops_gently_and_stays():
    eye_m = shots(PushIn(2, 100, hold_s=0.5)(SCENE, LENS), SCENE, lens=LENS, fps=50).camera_to_world[:, 2, 3]
    steps = np.diff(eye_m)
    assert (steps >= 0).all()
    assert max(steps[0], steps[99]) < 0.1 * steps.max()
    assert (steps[100:] == 0).all() and len(steps) == 125


def test_left_out_it_is_a_quarter_of_the_way_where_that_is_safe():
    frames = shots(PushIn()(SCENE, LENS), SCENE, lens=LENS)
    assert frames.camera_to_world[-1, 2, 3] == pytest.approx(0.25 * HEAD_M, rel=1e-6)
    assert warnings_of(frames, SCENE) == ()


@pytest.mark.parametrize("travel_mm", [501, 700])
def test_it_does_not_go_through_the_subject(travel_mm):
    with pytest.raises(ValueRangeError, match=r"travel_mm=.*less than the 500 mm"):
        PushIn(travel_mm=travel_mm)(SCENE, LENS)


@pytest.mark.parametrize("values", [{"seconds": -1}, {"travel_mm": 0}, {"hold_s": -1}, {"about": "nose"}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        PushIn(**values)
