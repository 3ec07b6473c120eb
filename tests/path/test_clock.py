"""The clock stands while a keyframe is held, runs at one second a second else, and winds back in a loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unchecked import unchecked

from relens.path.camera_path import CameraPath
from relens.path.clock import clock_of, cuts_s
from relens.path.keyframe import Keyframe

seconds = st.floats(0.01, 10)


@st.composite
def paths(draw):
    at_s, keyframes = draw(st.floats(0, 5)), []
    for _ in range(draw(st.integers(1, 5))):
        hold_s = draw(st.floats(0.1, 3) | st.just(0.0))
        keyframes.append(Keyframe(at_s, hold_s=hold_s, ease=draw(st.sampled_from(["linear", "hold"]))))
        at_s += hold_s + draw(seconds)
    loop_s = draw(seconds)
    # The check of a tuple picks an element with Python's own random numbers, which a strategy must not use.
    with unchecked():
        return CameraPath(tuple(keyframes), loop_s=loop_s)


@given(paths(), st.floats(0, 1), st.floats(0, 1))
def test_runs_or_stands(path, one, other):
    shares = np.sort([one, other])
    moments = path.keyframes[0].time_s + 0.999 * shares * path.duration_s
    begin, end = clock_of(path).running_at(moments)
    assert -1e-8 <= end - begin <= moments[1] - moments[0] + 1e-8
    if any(key.time_s <= moments[0] and moments[1] <= key.time_s + key.hold_s for key in path.keyframes):
        assert begin == end


@given(paths())
def test_holds_are_taken_out_and_rounds_are_alike(path):
    clock = clock_of(path)
    holds_s = sum(key.hold_s for key in path.keyframes)
    assert clock.period_s == pytest.approx(path.duration_s - holds_s)
    times_s = np.array([key.time_s for key in path.keyframes])
    assert clock.running_at(times_s).tolist() == clock.running_s.tolist()
    for key, running_s in zip(path.keyframes, clock.running_s, strict=True):
        assert (clock.running_at(key.time_s + key.hold_s * np.array([0, 0.3, 0.9])) == running_s).all()
    moments = np.linspace(0, path.duration_s * 0.999, 7) + path.keyframes[0].time_s
    np.testing.assert_allclose(clock.running_at(moments + path.duration_s), clock.running_at(moments), atol=1e-8)


def test_an_open_path_stands_at_its_ends():
    clock = clock_of(CameraPath((Keyframe(1.0), Keyframe(3.0, hold_s=1))))
    assert clock.running_at(np.array([0.0, 1, 2, 3, 3.5, 9])).tolist() == [1, 1, 2, 3, 3, 3]
    assert (clock.period_s, clock.end_s) == (None, 4)


def test_a_frame_next_to_a_keyframe_is_at_it():
    clock = clock_of(CameraPath((Keyframe(0.0), Keyframe(0.3), Keyframe(1.0))))
    assert clock.running_at(np.array([0.1 + 0.2, 0.3 - 1e-12])).tolist() == [0.3, 0.3]


def test_cuts_are_where_a_hold_ends():
    keyframes = Keyframe(0.0, ease="hold"), Keyframe(1.0, hold_s=1), Keyframe(3.0, ease="hold")
    open_path, loop = CameraPath(keyframes), CameraPath(keyframes, loop_s=2)
    assert cuts_s(loop, clock_of(loop)).tolist() == [1, 5]
    assert 1 in cuts_s(open_path, clock_of(open_path))
