"""A pair is two parallel cameras, a baseline apart, left first; infinity has no disparity."""

import numpy as np
import pytest
from layer_scenes import plane, scene_of
from move_scenes import HEAD_M, LENS, head_scene, points_of

from relens.errors import ValueRangeError
from relens.path.moves.stereo_pair import StereoPair
from relens.path.safe import warnings_of
from relens.path.shots import shots

SCENE = head_scene()


def test_it_is_two_frames_from_two_eyes():
    frames = shots(StereoPair(24, 20)(SCENE, LENS), SCENE, lens=LENS)
    assert len(frames) == 2
    np.testing.assert_allclose(frames.camera_to_world[:, :3, 3], [(-0.01, 0, 0), (0.01, 0, 0)], atol=1e-12)
    np.testing.assert_array_equal(frames.camera_to_world[:, :3, :3], np.broadcast_to(np.eye(3), (2, 3, 3)))
    left, right = points_of(frames, np.array([[0, 0, HEAD_M], [0, 0, 1e9]]))
    np.testing.assert_allclose(left - right, [(100 * 0.02 / HEAD_M, 0), (0, 0)], atol=1e-6)
    np.testing.assert_allclose(1 / frames.focus_inverse_m, HEAD_M, rtol=1e-6)


def test_left_out_it_is_a_thirtieth_of_the_way_or_peoples_own():
    near = shots(StereoPair()(SCENE, LENS), SCENE, lens=LENS)
    assert np.ptp(near.camera_to_world[:, 0, 3]) == pytest.approx(HEAD_M / 30, rel=1e-6)
    assert warnings_of(near, SCENE) == ()
    for inverse_m in (1 / 20, 0.0):
        scene = scene_of(plane("far", (1, 0, 0), inverse_m))
        frames = shots(StereoPair()(scene, LENS), scene, lens=LENS)
        assert np.ptp(frames.camera_to_world[:, 0, 3]) == pytest.approx(0.063)
        np.testing.assert_allclose(frames.focus_inverse_m, inverse_m, atol=1e-6)


@pytest.mark.parametrize("values", [{"fps": 0}, {"baseline_mm": 0}, {"focus": "1m"}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        StereoPair(**values)
