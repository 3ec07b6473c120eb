"""The focus rests, goes evenly eased in inverse depth, and rests; the camera stands still."""

import numpy as np
import pytest
from move_scenes import HEAD_M, LENS, WALL_M, head_scene

from relens.errors import ValueRangeError
from relens.path.moves.rack_focus import RackFocus
from relens.path.shots import shots

SCENE = head_scene()


def test_it_goes_from_the_subject_to_the_background():
    frames = shots(RackFocus(2, hold_s=1)(SCENE, LENS), SCENE, lens=LENS, fps=24)
    inverse_m = frames.focus_inverse_m
    assert len(frames) == 4 * 24 + 1
    np.testing.assert_allclose(inverse_m[:25], 1 / HEAD_M, rtol=1e-6)
    np.testing.assert_allclose(inverse_m[-25:], 1 / WALL_M, rtol=1e-6)
    assert inverse_m[48] == pytest.approx(0.5 * (1 / HEAD_M + 1 / WALL_M), rel=1e-6)
    steps = -np.diff(inverse_m)
    assert (steps >= 0).all() and max(steps[24], steps[-26]) < 0.1 * steps.max()
    np.testing.assert_array_equal(frames.camera_to_world, np.broadcast_to(np.eye(4), (len(frames), 4, 4)))


def test_it_goes_between_whatever_is_said():
    frames = shots(RackFocus(1, "70cm", "inf", 0)(SCENE, LENS), SCENE, lens=LENS)
    assert frames.focus_inverse_m[0] == pytest.approx(1 / 0.7)
    assert frames.focus_inverse_m[-1] == 0
    back = shots(RackFocus(1, None, "32,24")(SCENE, LENS), SCENE, lens=LENS)
    assert 1 / back.focus_inverse_m[[0, -1]] == pytest.approx([WALL_M, HEAD_M], rel=1e-6)


@pytest.mark.parametrize("values", [{"seconds": 0}, {"hold_s": -1}, {"focus_from": "1 mile"}, {"focus_to": ""}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        RackFocus(**values)
