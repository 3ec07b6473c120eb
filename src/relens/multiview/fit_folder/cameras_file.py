"""transforms.json: the photos' cameras for other programs, in the frame of model.gltf."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from relens.camera import opengl_from_opencv
from relens.export.frame import FRAME
from relens.multiview.fit_folder.fitted_scene import FittedPhoto
from relens.multiview.fit_folder.manifest import CAMERAS_NAME

_Y_UP = np.diag([1.0, -1.0, -1.0, 1.0])


def write_cameras(photos: tuple[FittedPhoto, ...], folder: Path) -> None:
    """Write the cameras as nerfstudio and instant-ngp read them. relens itself reads fit.json."""
    said = {"camera_model": "PINHOLE", "frame": FRAME, "frames": [_frame(photo) for photo in photos]}
    (folder / CAMERAS_NAME).write_text(json.dumps(said, indent=1, allow_nan=False) + "\n", "utf-8")


def _frame(photo: FittedPhoto) -> dict[str, Any]:
    k = photo.camera.intrinsics
    pose = _Y_UP @ opengl_from_opencv(photo.camera.camera_to_world)
    return {
        "file_path": photo.name,
        "w": k.width_px,
        "h": k.height_px,
        "fl_x": k.fx_px,
        "fl_y": k.fy_px,
        "cx": k.cx_px,
        "cy": k.cy_px,
        "transform_matrix": pose.tolist(),
    }
