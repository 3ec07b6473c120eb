"""capture: a model's file becomes a scene."""

import os
from pathlib import Path

from relens.camera import Camera
from relens.capture.default_camera import default_camera
from relens.capture.scene_of import DEFAULT_REACH_M, scene_of_mesh, scene_of_splats
from relens.errors import FileError
from relens.mesh_file import read_mesh
from relens.mesh_file.read_mesh import SUFFIXES
from relens.progress import Progress, silent
from relens.render.viewpoint import viewpoint
from relens.scene import Scene
from relens.splat_file import is_splat_header, read_header, read_splats

# Splats in other wrappings, which are told apart to say what to do.
_OTHER_SPLATS = (".splat", ".spz", ".ksplat", ".sog")


def is_model(path: str | os.PathLike[str]) -> bool:
    """Whether a file's name says that it is a model, not a photo."""
    return Path(path).suffix.lower() in (*SUFFIXES, *_OTHER_SPLATS)


def is_splats(path: str | os.PathLike[str]) -> bool:
    """Whether a file holds Gaussian splats. Raises FileError for a PLY file that cannot be read."""
    source = Path(path)
    if source.suffix.lower() in _OTHER_SPLATS:
        return True
    return source.suffix.lower() == ".ply" and source.is_file() and is_splat_header(read_header(source))


def capture(
    path: str | os.PathLike[str],
    camera: Camera | None = None,
    *,
    width_px: int | None = None,
    reach_m: float = DEFAULT_REACH_M,
    progress: Progress = silent,
) -> tuple[Scene, tuple[str, ...]]:
    """A model's file as a scene of layers, and notes for the user.

    Args:
        path: GLB, glTF, OBJ or PLY; a PLY with splat properties holds splats, else a mesh.
        camera: the view that becomes the scene's photo, in the model's world; when left out the file's (SHARP), else
            one that frames the model.
        width_px: of the picture; the camera's own when left out.
        reach_m: see `relens.lift`.
        progress: told how far the work is; may raise to stop it.

    Raises FileError for a file that cannot be read; RelensError when the camera sees nothing of it.
    """
    source = Path(path)
    if source.suffix.lower() in _OTHER_SPLATS:
        raise FileError(source, f"{source.suffix} splats are not read; export them as plain PLY")
    progress("read model", 0.0)
    if is_splats(source):
        splats = read_splats(source)
        found, notes = (camera, ()) if camera is not None else default_camera(splats)
        scene = scene_of_splats(splats, _sized(found, width_px), reach_m=reach_m, progress=progress)
        return scene, (*splats.notes, *notes)
    mesh = read_mesh(source)
    scene = scene_of_mesh(mesh, _sized(camera or viewpoint(mesh), width_px), reach_m=reach_m, progress=progress)
    return scene, mesh.notes


def _sized(camera: Camera, width_px: int | None) -> Camera:
    return camera if width_px is None else camera.resized(width_px)
