"""A tiny scene, shots that pan over it, and frames to encode."""

import math

import numpy as np
from layer_scenes import grid, plane, scene_of, texture

from relens.film.frame_form import FrameForm, encoded_frame
from relens.film.frame_store import FrameStore
from relens.film.reel import Reel
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.render.aim import Aim

LENS = Lens(50, 4, 1.0)
FOCUS = Aim(distance_m=1.0)


def two_planes():
    """A textured disc at 1 m before a textured wall at 4 m; 64 x 48 pixels."""
    row, column = grid()
    disc = (np.hypot(row - 24, column - 32) < 10).astype(np.float32)
    return scene_of(plane("disc", texture(1), 1.0, disc), plane("wall", texture(2), 0.25))


def pan(seconds=1.0, degrees=20.0, hold_s=0.0, fps=6, **more):
    """From left to right."""
    ends = [_turned(math.radians(angle)) for angle in (-degrees, degrees)]
    keyframes = (
        Keyframe(0.0, rotation=ends[0], focus=FOCUS),
        Keyframe(seconds, rotation=ends[1], focus=FOCUS, hold_s=hold_s),
    )
    return CameraPath(keyframes, lens=LENS, fps=fps, **more)


def still(seconds=0.5, fps=6):
    return CameraPath((Keyframe(0.0, focus=FOCUS, hold_s=seconds),), lens=LENS, fps=fps)


def _turned(yaw_rad):
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def reel_of(folder, linears, form=None):
    """Frames that are all there."""
    form = form or FrameForm()
    store = FrameStore(folder, form)
    for number, linear in enumerate(linears):
        store.put(f"shot{number}-scene", encoded_frame(np.asarray(linear, np.float32), form))
    return Reel(store, [f"shot{number}-scene" for number in range(len(linears))])
