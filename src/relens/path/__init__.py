"""Camera paths: keyframes, what lies between them, the frames they make, and the files they come from."""

from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.path_file import read_path
from relens.path.shot import Shot
from relens.path.shots import Shots, shots
from relens.path.write_path import write_path
from relens.render.aim import Aim, parse_aim

__all__ = [
    "Aim",
    "CameraPath",
    "Keyframe",
    "Shot",
    "Shots",
    "parse_aim",
    "read_path",
    "shots",
    "write_path",
]
