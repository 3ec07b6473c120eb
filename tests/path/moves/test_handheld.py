"""A drift starts in the photo's place, goes as far as told, stays below its band's limit and runs in circles."""

import numpy as np
import pytest
from move_scenes import LENS, head_scene

from relens.errors import ValueRangeError
from relens.path.moves.aims import point_of
from relens.path.moves.handheld import Handheld
from relens.path.safe import warnings_of
from relens.path.shots import shots
from relens.rotation import log_so3

SCENE = head_scene()
POINT_M = point_of("about", "subject", SCENE)


def frames_of(move, fps=50):
    return shots(move(SCENE, LENS), SCENE, lens=LENS, fps=fps)


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_it_goes_as_far_as_told_and_starts_from_the_photos_view(seed):
    path = Handheld(8, 6, 0.5, seed)(SCENE, LENS)
    eye_m = np.array([key.eye_m for key in path.keyframes])
    # Along an arc that comes closer and goes away meanwhile.
    assert np.abs(eye_m[:, 0]).max() == pytest.approx(0.006, rel=0.02)
    assert np.abs(eye_m[:, 1]).max() <= 0.6 * 0.006 * 1.01
    np.testing.assert_array_equal(eye_m[0], 0)
    np.testing.assert_array_equal(path.keyframes[0].rotation, np.eye(3))


def test_it_turns_no_farther_than_told():
    rotations = np.array([key.rotation for key in Handheld(8, 0.001, 0.5)(SCENE, LENS).keyframes])
    farthest = np.degrees(np.abs(log_so3(rotations)).max(axis=0))
    np.testing.assert_allclose(farthest, 0.5 * np.array([0.8, 1, 0.5]), rtol=0.02)


def test_its_spectrum_falls_and_ends_at_its_band():
    eye_m = frames_of(Handheld(16, 6)).camera_to_world[:, 0, 3]
    power = np.abs(np.fft.rfft(eye_m)) ** 2
    hertz = np.fft.rfftfreq(len(eye_m), 1 / 50)
    total = power[1:].sum()
    assert power[hertz > 1.3].sum() < 1e-4 * total
    assert power[(hertz > 0) & (hertz < 0.5)].sum() > 0.8 * total


def test_the_spline_is_within_a_hundredth_of_the_drift():
    fine = frames_of(Handheld(8, 6)).camera_to_world[:, :3, 3]
    keys = np.array([key.eye_m for key in Handheld(8, 6)(SCENE, LENS).keyframes])
    # What is band-limited is known from its samples: Shannon's series is the drift itself.
    wave = np.fft.rfft(keys, axis=0)
    true = np.fft.irfft(wave, len(fine), axis=0) * len(fine) / len(keys)
    assert np.abs(fine - true).max() < 0.01 * 0.006


def test_it_loops_without_a_jerk():
    eye_m = frames_of(Handheld(8, 6), 100).camera_to_world[:, :3, 3]
    bend = np.linalg.norm(np.diff(np.concatenate([eye_m, eye_m[:2]]), 2, axis=0), axis=1)
    assert bend[-2:].max() <= 1.2 * bend[:-2].max()


def test_a_seed_is_a_drift():
    one, again, other = (frames_of(Handheld(4, 6, seed=seed)).camera_to_world for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1e-4


def test_left_out_it_is_safe():
    assert warnings_of(frames_of(Handheld(), 24), SCENE) == ()


@pytest.mark.parametrize("values", [{"seconds": 0.5}, {"sway_mm": 0}, {"turn_deg": -1}, {"seed": -1}, {"about": "5m"}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        Handheld(**values)
