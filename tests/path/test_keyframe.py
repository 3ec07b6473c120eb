import math
import pickle
from dataclasses import asdict

import numpy as np
import pytest
from unchecked import any_type, unchecked

from relens.errors import ValueRangeError
from relens.path.keyframe import LENS_VALUES, LOG_LENS_VALUES, Keyframe
from relens.render.aim import Aim
from relens.rotation import exp_so3

NAN, INF = math.nan, math.inf
TURN = exp_so3(np.array([0.1, 0.2, 0.3]))


@pytest.mark.parametrize(
    "values, named",
    [
        ({"time_s": -1}, "time_s=-1: expected seconds, 0 or more"),
        ({"time_s": NAN}, "time_s=nan"),
        ({"time_s": INF}, "time_s=inf"),
        ({"time_s": "1"}, "time_s=1: expected seconds"),
        ({"hold_s": -0.1}, "hold_s=-0.1"),
        ({"eye_m": (0, 0, 1e7)}, "eye_m=10000000.0: expected three distances in metres, up to a thousand kilometres"),
        ({"eye_m": (0, 0)}, "eye_m=(0, 0): expected three finite distances"),
        ({"eye_m": (0, 0, NAN)}, "eye_m=nan"),
        ({"rotation": np.eye(2)}, "rotation=matrix: expected 3x3"),
        ({"rotation": np.full((3, 3), NAN)}, "rotation=matrix: expected 3x3 finite"),
        ({"rotation": 1.01 * np.eye(3)}, "an orthonormal, right-handed matrix"),
        ({"rotation": np.diag([1.0, 1, -1])}, "an orthonormal, right-handed matrix"),
        ({"rotation": np.eye(3), "look_at": Aim()}, "nothing beside a rotation"),
        ({"look_at": Aim(distance_m=2)}, "look_at=2: expected a place"),
        ({"vertical_fov_rad": 0}, "vertical_fov_rad=0: expected 0.001 to 3.1"),
        ({"vertical_fov_rad": 3.2}, "vertical_fov_rad=3.2"),
        ({"zoom": 0}, "zoom=0: expected 0.01 to 100"),
        ({"zoom": 2, "vertical_fov_rad": 0.5}, "zoom=2: expected nothing beside a field of view"),
        ({"exposure_ev": 21}, "exposure_ev=21: expected -20 to 20 stops"),
        ({"lens": {"blades": 5.0}}, "lens=blades: expected some of focal_length_mm"),
        ({"lens": {"f_number": NAN}}, "f_number=nan"),
        ({"lens": {"f_number": 0}}, "f_number=0: expected a number over 0"),
        ({"lens": {"tilt_deg": INF}}, "tilt_deg=inf"),
        ({"ease": "slowly"}, "ease='slowly': expected one of linear"),
        ({"ease": (0, 0, 1)}, "ease=(0, 0, 1)"),
        ({"ease": (0, 0, 1.1, 1)}, "with x within 0 to 1"),
        ({"ease": (0, NAN, 1, 1)}, "ease=nan"),
        ({"tension": 1.1}, "tension=1.1: expected -1 to 1"),
        ({"continuity": NAN}, "continuity=nan"),
        ({"bias": -2}, "bias=-2"),
    ],
)
def test_what_is_out_of_range_is_named_in_a_line(values, named):
    with unchecked(), pytest.raises(ValueRangeError) as caught:
        Keyframe(**{"time_s": 0.0, **values})
    assert named in str(caught.value) and len(str(caught.value).splitlines()) == 1


def test_kinds_of_numbers():
    with unchecked():
        loose = Keyframe(any_type(np.float32(1)), any_type([1, np.int64(2), 3]), lens={"f_number": any_type(2)})
    assert loose == Keyframe(1.0, (1.0, 2.0, 3.0), lens={"f_number": 2.0})
    assert type(loose.time_s) is float and type(loose.eye_m) is tuple


def test_equal_is_equal_in_every_value():
    everything = {
        "eye_m": (1.0, 2.0, 3.0), "rotation": TURN, "vertical_fov_rad": 0.5, "focus": Aim(), "lens": {"f_number": 2.0},
        "exposure_ev": 1.0, "ease": "in", "hold_s": 1.0, "tension": 0.1, "continuity": 0.2, "bias": 0.3,
    }  # fmt: skip
    one = Keyframe(1.0, **everything)
    assert one == Keyframe(1.0, **{**everything, "rotation": TURN.copy()})
    assert one != Keyframe(2.0, **everything) and one != "keyframe"
    assert one != Keyframe(1.0, **{**everything, "rotation": np.eye(3)})
    for name in everything:
        without = {key: value for key, value in everything.items() if key != name}
        assert one != Keyframe(1.0, **without)


def test_it_can_be_sent_to_other_processes_and_written_down():
    key = Keyframe(1.0, rotation=TURN, lens={"f_number": 2.0}, look_at=None, focus=Aim(pixel=(1.0, 2.0)))
    assert pickle.loads(pickle.dumps(key)) == key
    assert asdict(key)["lens"] == {"f_number": 2.0}


def test_nothing_of_it_changes_with_what_it_was_made_of():
    turn, lens = TURN.copy(), {"f_number": 2.0}
    key = Keyframe(1.0, rotation=turn, lens=lens)
    turn[:], lens["f_number"] = 0, 9
    assert np.array_equal(key.rotation, TURN) and key.lens == {"f_number": 2.0}
    with pytest.raises(ValueError, match="read-only"):
        key.rotation[0, 0] = 2


def test_lens_values_are_those_of_presets():
    from dataclasses import fields

    from relens.lens_preset import LensPreset

    assert set(LOG_LENS_VALUES) < set(LENS_VALUES) < {field.name for field in fields(LensPreset)}
