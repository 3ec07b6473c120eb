"""Whatever is as far away as the subject keeps its place and its size, while the rest grows or shrinks."""

import numpy as np
import pytest
from move_scenes import HEAD_M, LENS, WALL_M, head_scene, points_of

from relens.errors import ValueRangeError
from relens.path.moves.dolly_zoom import DollyZoom
from relens.path.safe import warnings_of
from relens.path.shots import shots

SCENE = head_scene()
PLANE_M = np.array([[-0.1, -0.1, HEAD_M], [0.1, -0.1, HEAD_M], [0, 0.1, HEAD_M], [0.13, 0.07, HEAD_M]])


def sizes(frames, points_m):
    """The distance of the first two points in each frame, over that in the photo."""
    seen = points_of(frames, points_m)
    return np.linalg.norm(seen[:, 0] - seen[:, 1], axis=1) / np.linalg.norm(
        np.diff(SCENE.camera.project(points_m)[:2, :2], axis=0)
    )


@pytest.mark.parametrize("move", [DollyZoom(2, 500), DollyZoom(2, 150, "in")], ids=["out", "in"])
def test_the_subjects_plane_stays_as_it_is_at_all_keyframes(move):
    path = move(SCENE, LENS)
    frames = shots(path, SCENE, lens=LENS, fps=12)
    assert len(path.keyframes) == 25
    seen, still = points_of(frames, PLANE_M), SCENE.camera.project(PLANE_M)[:, :2]
    np.testing.assert_allclose(seen, np.broadcast_to(still, seen.shape), rtol=1e-9)


@pytest.mark.parametrize("move", [DollyZoom(4, 500), DollyZoom(4, 150, "in")], ids=["out", "in"])
def test_between_keyframes_it_stays_to_what_nobody_sees(move):
    frames = shots(move(SCENE, LENS), SCENE, lens=LENS, fps=97)
    np.testing.assert_allclose(sizes(frames, PLANE_M), 1, atol=3e-4)
    np.testing.assert_allclose(1 / frames.focus_inverse_m, HEAD_M - frames.camera_to_world[:, 2, 3], rtol=1e-6)


def test_the_wall_grows_on_the_way_out_and_shrinks_on_the_way_in():
    wall_m = PLANE_M / HEAD_M * WALL_M
    for move, travel_m in ((DollyZoom(2, 400), 0.4), (DollyZoom(2, 150, "in"), -0.15)):
        grown = sizes(shots(move(SCENE, LENS), SCENE, lens=LENS), wall_m)
        # The image distance goes with the head's distance, the wall's size with both.
        assert grown[-1] == pytest.approx((HEAD_M + travel_m) / HEAD_M * WALL_M / (WALL_M + travel_m), rel=1e-6)


def test_it_is_eased_over_its_whole_way():
    frames = shots(DollyZoom(4, 500, hold_s=0)(SCENE, LENS), SCENE, lens=LENS, fps=60)
    t = frames.times_s / 4
    way = np.log((HEAD_M - frames.camera_to_world[:, 2, 3]) / HEAD_M) / np.log(2)
    np.testing.assert_allclose(way, t * t * (3 - 2 * t), atol=1e-3)


@pytest.mark.parametrize("direction", ["out", "in"])
def test_left_out_it_goes_as_far_as_is_safe(direction):
    frames = shots(DollyZoom(direction=direction)(SCENE, LENS), SCENE, lens=LENS)
    away_m = HEAD_M - frames.camera_to_world[-1, 2, 3]
    assert (1.9 < away_m / HEAD_M <= 2 + 1e-9) if direction == "out" else (0.7 - 1e-9 <= away_m / HEAD_M < 0.9)
    assert warnings_of(frames, SCENE) == ()


@pytest.mark.parametrize("values", [{"seconds": 0}, {"travel_mm": -5}, {"hold_s": -1}, {"about": "inf"}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        DollyZoom(**values)


def test_it_does_not_go_through_the_subject():
    with pytest.raises(ValueRangeError, match=r"travel_mm=.*less than the 500 mm"):
        DollyZoom(travel_mm=600, direction="in")(SCENE, LENS)


@pytest.mark.parametrize("size_px", [(192, 108), (60, 120)])
def test_it_is_the_same_move_in_frames_of_another_shape(size_px):
    frames = shots(DollyZoom(2, 500)(SCENE, LENS), SCENE, lens=LENS, fps=12, size_px=size_px)
    seen = points_of(frames, PLANE_M)
    np.testing.assert_allclose(seen, np.broadcast_to(seen[0], seen.shape), rtol=1e-9)
