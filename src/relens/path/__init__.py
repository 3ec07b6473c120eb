"""Camera paths: keyframes, what lies between them, the frames they make, and the files they come from."""

from relens.path.blender import write_blender
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.nerfstudio import read_nerfstudio, write_nerfstudio
from relens.path.path_file import read_path
from relens.path.path_through import path_through
from relens.path.read_cameras import read_cameras
from relens.path.safe import warnings_of
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
    "path_through",
    "read_cameras",
    "read_nerfstudio",
    "read_path",
    "shots",
    "warnings_of",
    "write_blender",
    "write_nerfstudio",
    "write_path",
]
