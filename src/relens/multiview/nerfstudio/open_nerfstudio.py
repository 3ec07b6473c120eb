"""open_nerfstudio: a trained nerfstudio model, ready to be photographed."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
import os
from typing import Any, Literal

import numpy as np

from relens.camera import Camera, Intrinsics, opencv_from_opengl
from relens.errors import RelensError
from relens.multiview.nerfstudio.engine import NerfstudioEngine
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.multiview.nerfstudio.trained import load_trained


def open_nerfstudio(
    config: str | os.PathLike[str], *, device: Literal["auto", "cpu", "cuda"] = "auto"
) -> NerfstudioEngine:
    """The engine for the model of a config.yml that ns-train wrote; its data set has to be where it was.

    A config.yml can run any code when it is read, as in nerfstudio's own commands: open only those that you trust.

    Raises FileError for a file, a checkpoint or a data set that is missing or of another kind; RelensError for Gaussian
    splats without CUDA; MissingPackageError without nerfstudio.
    """
    trained = load_trained(config, device=device)
    return engine_of(trained.pipeline, trained.frame)


def engine_of(pipeline: Any, frame: ModelFrame) -> NerfstudioEngine:
    """The engine for a pipeline's model. Raises RelensError for Gaussian splats without CUDA."""
    rasterises = _is_splats(pipeline.model)
    if rasterises and pipeline.device.type != "cuda":
        raise RelensError("Gaussian splats are rasterised on CUDA only; photograph this model where there is a GPU")
    cameras = getattr(getattr(pipeline.datamanager, "train_dataset", None), "cameras", None)
    return NerfstudioEngine(pipeline.model, frame, cameras_of(cameras, frame), rasterises)


def cameras_of(cameras: Any, frame: ModelFrame) -> tuple[Camera, ...]:
    """Cameras of nerfstudio's in the data set's world; those that are not perspective are left out."""
    from nerfstudio.cameras.cameras import CameraType

    if cameras is None:
        return ()
    made = []
    for index in range(cameras.size):
        one = cameras.flatten()[index]
        if int(one.camera_type) != CameraType.PERSPECTIVE.value:
            continue
        pose = np.eye(4)
        pose[:3] = one.camera_to_worlds.cpu().numpy()
        fx_px, fy_px, cx_px, cy_px = (float(value) for value in (one.fx, one.fy, one.cx, one.cy))
        intrinsics = Intrinsics(fx_px, fy_px, cx_px, cy_px, int(one.width), int(one.height), "nerfstudio")
        made.append(Camera(intrinsics, opencv_from_opengl(frame.pose_in_dataset(pose))))
    return tuple(made)


def _is_splats(model: Any) -> bool:
    from nerfstudio.models.splatfacto import SplatfactoModel

    return isinstance(model, SplatfactoModel)
