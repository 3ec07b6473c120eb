"""A grid is a frame for every station of a square, from the top left, row by row, all looking straight ahead."""

import numpy as np
import pytest
from move_scenes import HEAD_M, LENS, head_scene

from relens.errors import ValueRangeError
from relens.path.moves.light_field_grid import LightFieldGrid
from relens.path.safe import warnings_of
from relens.path.shots import shots

SCENE = head_scene()


@pytest.mark.parametrize(("count", "fps"), [(2, 24), (3, 30), (7, 23.976)])
def test_every_frame_is_a_station(count, fps):
    frames = shots(LightFieldGrid(fps, count, 60)(SCENE, LENS), SCENE, lens=LENS)
    steps_m = np.linspace(-0.03, 0.03, count)
    down_m, right_m = np.meshgrid(steps_m, steps_m, indexing="ij")
    stations_m = np.stack([right_m.ravel(), down_m.ravel(), np.zeros(count**2)], axis=1)
    np.testing.assert_allclose(frames.camera_to_world[:, :3, 3], stations_m, atol=1e-9)
    np.testing.assert_array_equal(frames.camera_to_world[:, :3, :3], np.broadcast_to(np.eye(3), (count**2, 3, 3)))
    np.testing.assert_allclose(1 / frames.focus_inverse_m, HEAD_M, rtol=1e-6)


def test_left_out_it_is_safe():
    frames = shots(LightFieldGrid()(SCENE, LENS), SCENE, lens=LENS)
    assert len(frames) == 25
    assert np.ptp(frames.camera_to_world[:, 0, 3]) == pytest.approx(0.2 * HEAD_M, rel=1e-4)
    assert warnings_of(frames, SCENE) == ()


@pytest.mark.parametrize("values", [{"fps": 0}, {"count": 1}, {"span_mm": -1}, {"focus": "inf"}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        LightFieldGrid(**values)
