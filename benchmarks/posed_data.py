"""A folder that posed_render.py wrote: its photos for relens, and the truth about it."""

import json
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from fit_scores import Surface, Views

from relens.camera import opencv_from_opengl
from relens.mesh import MeshPart
from relens.multiview.photo_set import Arrangement, PhotoSet
from relens.multiview.photos import PhotoRequest, read_photos

# The fitted box is this share of the scene's size wider than what is scored, on each side.
_WIDER = 0.03


@dataclass(frozen=True)
class PosedData:
    """One scene's folder. All in the data set's own world, cameras with OpenCV axes.

    Attributes:
        true: every surface. thin: those that networks of depth miss.
        views: of the photos that are fitted.
        held_out: file_path of the others.
        subject_m: (2, 3) the box that is scored. size_m: the scene's size.
        new_view: (4, 4) a camera between the others. lenses: for it, as posed_scenes.PosedLens has them.
        arrangement: how the cameras stand.
    """

    folder: Path
    true: Surface
    thin: Surface
    views: Views
    held_out: tuple[str, ...]
    subject_m: np.ndarray
    size_m: float
    new_view: np.ndarray
    lenses: tuple[dict[str, float], ...]
    arrangement: Arrangement

    @property
    def name(self) -> str:
        """Of the scene."""
        return self.folder.name

    def photos(self, priors: bool = True) -> PhotoSet:
        """As relens reads them, with the box to fit and the photos to hold out that the data set itself tells."""
        request = PhotoRequest(depth="files" if priors else "none", arrangement=self.arrangement)
        photos = read_photos(self.folder, request)
        held_out = tuple(number for number, photo in enumerate(photos.photos) if photo.name in self.held_out)
        world = np.linalg.inv(photos.dataset_from_world)
        corners = np.array(list(product(*self.subject_m.T))) @ world[:3, :3].T + world[:3, 3]
        wider_m = _WIDER * self.size_m * np.linalg.norm(world[:3, 0])
        box_m = np.stack([corners.min(axis=0) - wider_m, corners.max(axis=0) + wider_m])
        return replace(photos, held_out=held_out, box_m=box_m)

    def in_its_world(self, part: MeshPart, photos: PhotoSet) -> Surface:
        """A fitted mesh as the data set has the place."""
        pose = photos.dataset_from_world
        return Surface(part.vertices_m.astype(np.float64) @ pose[:3, :3].T + pose[:3, 3], part.triangles)


def read_posed(folder: Path) -> PosedData:
    """The folder's truth."""
    said = json.loads((folder / "transforms.json").read_text("utf-8"))
    facts = json.loads((folder / "scene.json").read_text("utf-8"))
    held_out = tuple(said["test_filenames"])
    fitted = [frame["transform_matrix"] for frame in said["frames"] if frame["file_path"] not in held_out]
    matrix = np.array([[said["fl_x"], 0, said["cx"]], [0, said["fl_y"], said["cy"]], [0, 0, 1]])
    views = Views(np.array([opencv_from_opengl(np.array(pose)) for pose in fitted]), matrix, (said["w"], said["h"]))
    return PosedData(
        folder,
        _read_ply(folder / "true.ply"),
        _read_ply(folder / "thin.ply"),
        views,
        held_out,
        np.array(facts["subject_m"]),
        facts["size_m"],
        opencv_from_opengl(np.array(facts["new_view"])),
        tuple(facts["lenses"]),
        facts["arrangement"],
    )


def _read_ply(path: Path) -> Surface:
    import trimesh

    mesh: Any = trimesh.load(path, process=False)
    return Surface(np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int32))
