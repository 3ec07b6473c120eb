"""Handheld: the drift of an operator who tries to hold still."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import place_aim_of, point_of
from relens.path.moves.amount import amount_m
from relens.path.moves.rig import Rig
from relens.path.shots import Shots, shots
from relens.ranges import number, positive, whole
from relens.render.aim import Aim
from relens.rotation import exp_so3
from relens.scene import Scene

# Sway has no more to say above; an operator's tremor, at 8 to 12 Hz, is what a stabiliser takes out.
_HIGHEST_HZ = 1.25
# Amplitudes are even up to here and then fall with the frequency squared, as those of a body that stands: Winter, Human
# balance and posture control during standing and walking, Gait and Posture 3, 1995.
_CORNER_HZ = 0.3
# Eight keyframes to the fastest wave: the spline is within a hundredth of the drift.
_KEYFRAMES_A_SECOND = 8 * _HIGHEST_HZ
_SHOTS = 10
# How far it goes each way, of the sway to the side: people stand firmer in height than to the sides.
_DOWN, _CLOSER = 0.6, 0.5
_PITCH, _ROLL = 0.8, 0.5
# Of the way to the subject, and at most, metres.
_BEST, _MOST_M = 0.02, 0.012


@dataclass(frozen=True)
class Handheld:
    """The camera drifts around the photo's place and turns a little, the subject about where it was, and in focus.

    Attributes:
        seconds: until it repeats; the path is a loop from the photo's own view.
        sway_mm: the farthest to a side; None for four fifths of what is safe.
        turn_deg: the farthest that it turns away from the subject.
        seed: another number, another drift.
        about: what it is held on: `subject`, or a pixel of the photo (`1200,800`).
    """

    seconds: float = 8.0
    sway_mm: float | None = None
    turn_deg: float = 0.25
    seed: int = 0
    about: str = "subject"

    def __post_init__(self) -> None:
        number("seconds", self.seconds, "1 to 3600 seconds", 1, 3600)
        if self.sway_mm is not None:
            positive("sway_mm", self.sway_mm, "a positive number of millimetres")
        number("turn_deg", self.turn_deg, "0 to 10 degrees", 0, 10)
        whole("seed", self.seed, "a whole number, 0 or more", 0)
        place_aim_of("about", self.about)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The loop. Raises ValueRangeError as `amount_m` and `point_of` do."""
        rig = Rig(point_of("about", self.about, scene))
        drift = _drift(self.seconds, self.seed)

        def look(sway_m: float) -> Shots:
            return shots(self._path(rig, drift, sway_m, rig.aim), scene, lens=lens, fps=_SHOTS / self.seconds)

        sway_m = amount_m(self.sway_mm, "sway_mm", scene, look, min(_BEST * rig.length_m, _MOST_M))
        return self._path(rig, drift, sway_m, place_aim_of("about", self.about))

    def _path(self, rig: Rig, drift: Float64[np.ndarray, "n 6"], sway_m: float, focus: Aim) -> CameraPath:
        place_m = drift[:, :3] * sway_m * np.array([1, _DOWN, _CLOSER])
        turn_rad = drift[:, 3:] * math.radians(self.turn_deg) * np.array([_PITCH, 1, _ROLL])
        step_s = self.seconds / len(drift)
        keyframes = []
        for index, away_m in enumerate(place_m):
            eye_m, rotation = rig.pose(*away_m.tolist())
            keyframes.append(Keyframe(index * step_s, eye_m, rotation @ exp_so3(turn_rad[index]), focus=focus))
        return CameraPath(tuple(keyframes), "kochanek-bartels", loop_s=step_s)


def _drift(seconds: float, seed: int) -> Float64[np.ndarray, "n 6"]:
    """Six independent drifts at even times of a round, 0 at its start and 1 at most: sums of waves that fit into it."""
    rng = np.random.default_rng(seed)
    count = max(1, math.floor(_HIGHEST_HZ * seconds))
    frequency_hz = np.arange(1, count + 1) / seconds
    amplitude = rng.standard_normal((2, count, 6)) / (1 + (frequency_hz / _CORNER_HZ) ** 2)[:, None]
    keyframes = max(8, math.ceil(_KEYFRAMES_A_SECOND * seconds))
    phase = 2 * np.pi * np.outer(np.arange(keyframes) / keyframes, np.arange(1, count + 1))
    drift = np.cos(phase) @ amplitude[0] + np.sin(phase) @ amplitude[1]
    drift -= drift[0]
    return drift / np.abs(drift).max(axis=0)
