"""Strategies: any move of any lens."""

import math

import numpy as np
from hypothesis import strategies as st

from relens.aperture import Aperture
from relens.lens import Lens
from relens.path.keyframe import Keyframe
from relens.render.aim import Aim
from relens.rotation import exp_so3

_NEAR = st.floats(-2, 2)
_LENSES = st.builds(
    Lens,
    focal_length_mm=st.floats(8, 400),
    f_number=st.floats(0.7, 22),
    aperture=st.builds(Aperture, blades=st.sampled_from([0, 5, 8]), rotation_rad=_NEAR, squeeze=st.floats(0.5, 2)),
    tilt_rad=st.floats(-0.5, 0.5),
    axial_colour=st.floats(-0.01, 0.01),
    t_stop=st.sampled_from([None, 30.0]),
    vignetting=st.booleans(),
    breathing=st.booleans(),
)


@st.composite
def any_camera_paths(draw, at_most=6):
    """What makes a CameraPath whose keyframes are its frames, open or going round: its arguments, in their order."""
    count, fps = draw(st.integers(1, at_most)), draw(st.sampled_from([24.0, 23.976, 7.3]))
    keyframes = [
        Keyframe(
            index / fps,
            eye_m=draw(st.tuples(_NEAR, _NEAR, _NEAR)),
            rotation=exp_so3(np.array(draw(st.tuples(_NEAR, _NEAR, _NEAR)))),
            vertical_fov_rad=draw(st.floats(0.05, 2.5)),
            focus=Aim(distance_m=draw(st.one_of(st.floats(0.5, 100), st.just(math.inf)))),
            exposure_ev=draw(_NEAR),
            lens={"focal_length_mm": draw(st.floats(8, 400)), "swing_deg": draw(st.floats(-20, 20))},
            hold_s=0.5 / fps if count == 1 else 0.0,
        )
        for index in range(count)
    ]
    loop_s = draw(st.sampled_from([None, 1 / fps]))
    shutter_deg = draw(st.sampled_from([0.0, 180.0]))
    lens = draw(_LENSES)
    loop_s = loop_s if count > 1 else None
    return tuple(keyframes), "linear", loop_s, lens, 0.0, shutter_deg, fps
