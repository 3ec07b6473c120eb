import math

import pytest
from unchecked import unchecked

from relens.errors import ValueRangeError
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe

TWO = (Keyframe(0.0), Keyframe(1.0))


@pytest.mark.parametrize(
    "values, named",
    [
        ({"keyframes": ()}, "keyframes=0: expected at least one"),
        ({"keyframes": (Keyframe(1.0),)}, "expected a path that lasts; hold_s holds"),
        ({"keyframes": (Keyframe(1.0), Keyframe(0.5))}, "keyframes[1].time_s=0.5: expected a time after"),
        ({"keyframes": (Keyframe(1.0), Keyframe(1.0))}, "keyframes[1].time_s=1: expected a time after"),
        ({"keyframes": (Keyframe(0.0, hold_s=2), Keyframe(1.0))}, "the last keyframe's, 2 s"),
        ({"keyframes": (Keyframe(0.0, hold_s=2), Keyframe(2.0))}, "the last keyframe's, 2 s"),
        ({"keyframes": (*TWO, Keyframe(3.0), Keyframe(2.0))}, "keyframes[3]"),
        ({"spline": "bezier"}, "spline='bezier': expected one of centripetal"),
        ({"loop_s": 0}, "loop_s=0: expected a positive number"),
        ({"loop_s": math.nan}, "loop_s=nan"),
        ({"focus_lag_s": -1}, "focus_lag_s=-1: expected 0 to 60"),
        ({"shutter_deg": 361}, "shutter_deg=361: expected 0 to 360"),
        ({"fps": 0}, "fps=0: expected 0.01 to 1000"),
        ({"fps": math.inf}, "fps=inf"),
    ],
)
def test_what_is_out_of_range_is_named_in_a_line(values, named):
    with unchecked(), pytest.raises(ValueRangeError) as caught:
        CameraPath(**{"keyframes": TWO, **values})
    assert named in str(caught.value) and len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "path, duration_s",
    [
        (CameraPath(TWO), 1),
        (CameraPath(TWO, loop_s=2), 3),
        (CameraPath((Keyframe(1.0), Keyframe(4.0, hold_s=0.5))), 3.5),
        (CameraPath((Keyframe(1.0, hold_s=2),)), 2),
        (CameraPath((Keyframe(1.0),), loop_s=3), 3),
    ],
)
def test_duration(path, duration_s):
    assert path.duration_s == duration_s
