"""Every value is a track of its own: only the keyframes that say it count."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.path.camera_path import CameraPath
from relens.path.ease import ease_controls, eased
from relens.path.keyframe import Keyframe
from relens.path.tracks import blended, tracks_of


def values(path, name, at, scale="even"):
    tracks = tracks_of(path)
    said = [getattr(key, name) for key in path.keyframes]
    return tracks.values(said, tracks.clock.running_at(np.asarray(at, float)), scale)


def exposures(*said, **whole):
    """A path whose keyframes lie a second apart."""
    return CameraPath(tuple(Keyframe(float(i), exposure_ev=ev) for i, ev in enumerate(said)), **whole)


def test_keyframes_that_do_not_say_it_are_passed_through():
    path = exposures(None, 1.0, None, None, 4.0, None)
    np.testing.assert_allclose(values(path, "exposure_ev", [0, 1, 2, 3, 4, 5]), [1, 1, 2, 3, 4, 4])


def test_what_none_says_is_none():
    assert values(exposures(None, None), "exposure_ev", [0, 1]) is None


def test_one_keyframe_holds_for_all():
    assert values(exposures(None, 2.0, None, loop_s=1), "exposure_ev", [0, 1, 2, 2.9]).tolist() == [2, 2, 2, 2]


def test_the_ease_of_the_keyframe_that_it_leaves_shapes_it():
    """A keyframe in between that does not say the value has no part in it."""
    keyframes = Keyframe(0.0, exposure_ev=0, ease="in-out"), Keyframe(1.0, ease="hold"), Keyframe(2.0, exposure_ev=8.0)
    share = np.linspace(0, 1, 9)
    expected = 8 * eased(np.repeat(ease_controls(["in-out"]), 9, axis=0), share)
    np.testing.assert_allclose(values(CameraPath(keyframes), "exposure_ev", 2 * share), expected)


def test_a_hold_jumps_at_the_next():
    path = CameraPath((Keyframe(0.0, exposure_ev=0, ease="hold"), Keyframe(1.0, exposure_ev=1), Keyframe(2.0)))
    assert values(path, "exposure_ev", [0, 0.5, 1 - 1e-6, 1, 1.5]).tolist() == [0, 0, 0, 1, 1]


def test_everything_rests_while_a_keyframe_is_held():
    """Also what that keyframe does not say."""
    keyframes = Keyframe(0.0, exposure_ev=0), Keyframe(1.0, hold_s=2), Keyframe(4.0, exposure_ev=2)
    at = np.array([0.5, 1, 1.5, 2.5, 3, 3.5])
    np.testing.assert_allclose(values(CameraPath(keyframes), "exposure_ev", at), [0.5, 1, 1, 1, 1, 1.5])


def test_a_loop_closes_back_to_the_first():
    path = exposures(0.0, 1.0, 2.0, loop_s=2)
    np.testing.assert_allclose(values(path, "exposure_ev", [2, 3, 4, 5, -1, 3.5]), [2, 1, 0, 1, 1, 0.5])


def test_a_loop_closes_past_those_that_do_not_say_it():
    # Said at 1 and 2 of a round of 4 s: three seconds back, over the end and the beginning.
    path = exposures(None, 0.0, 3.0, loop_s=2)
    np.testing.assert_allclose(values(path, "exposure_ev", [1, 2, 3, 4, 0, 0.5]), [0, 3, 2, 1, 1, 0.5])


@given(st.floats(0.01, 3), st.floats(0.01, 3), st.floats(0, 1))
def test_zoom_goes_evenly_in_the_logarithm_of_the_focal_length(one, other, share):
    fov = blended(*np.array([[one], [other], [share]]), "fov")[0]
    focal = [math.log(1 / math.tan(angle / 2)) for angle in (one, fov, other)]
    assert focal[1] == pytest.approx((1 - share) * focal[0] + share * focal[2], abs=1e-9)


@given(st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0, 1))
def test_logarithms_go_evenly(one, other, share):
    middle = blended(*np.array([[one], [other], [share]]), "log")[0]
    assert math.log(middle) == pytest.approx((1 - share) * math.log(one) + share * math.log(other), abs=1e-9)


@given(st.floats(0.01, 3), st.floats(0.01, 3), st.floats(0, 1), st.sampled_from(["even", "log", "fov"]))
def test_ends_and_what_does_not_change_are_exact(one, other, share, scale):
    def mixed(a, b, s):
        return blended(*np.array([[a], [b], [s]]), scale)[0]

    assert (mixed(one, other, 0.0), mixed(one, other, 1.0), mixed(one, one, share)) == (one, other, one)
