"""Shutter: when it opens and closes for each frame."""

import numpy as np
from jaxtyping import Float64

from relens.path.camera_path import CameraPath
from relens.path.clock import JUST_BEFORE_S, Clock, cuts_s

Times = Float64[np.ndarray, " n"]


def exposures_s(path: CameraPath, clock: Clock, time_s: Times, fps: float) -> tuple[Times, Times]:
    """Openings and closings around the frames' times, half before and half after; no exposure reaches over a cut."""
    half_s = path.shutter_deg / 720 / fps
    cuts = cuts_s(path, clock)
    if path.loop_s is not None:
        round_s = clock.end_s - clock.time_s[0]
        cuts = np.concatenate([cuts - round_s, cuts, cuts + round_s])
    cuts = np.concatenate([[-np.inf], cuts, [np.inf]])
    next_ = np.searchsorted(cuts, time_s + JUST_BEFORE_S, side="right")
    return np.maximum(time_s - half_s, cuts[next_ - 1]), np.minimum(time_s + half_s, cuts[next_] - JUST_BEFORE_S)
