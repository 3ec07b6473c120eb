"""What relens has made, as posed photos: a scene folder from places around its photo, a fit folder from its photos'."""

import math
import os
from pathlib import Path

import numpy as np

from relens.camera import Camera
from relens.lens import Lens
from relens.multiview.fit_folder import load_fit
from relens.multiview.photo_set import PhotoSet
from relens.multiview.posed_photo import PosedPhoto, Prior
from relens.progress import silent
from relens.render.choose import open_engine
from relens.render.engine import Engine, SampleBlock
from relens.render.mesh import MeshEngine
from relens.scene_folder import load_scene

# A pupil so small that everything is sharp.
_PINHOLE = Lens(1.0, 128.0)


def is_scene(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a scene folder of relens."""
    return (Path(path) / "scene.json").is_file()


def scene_views(path: str | os.PathLike[str], count: int = 9, reach_m: float = 0.03) -> PhotoSet:
    """The photo set of a scene: the photo, then what stands around it on a circle would see, with exact depth.

    Args:
        path: a scene folder.
        count: how many photos, two or more.
        reach_m: radius of the circle; no more than the scene was lifted for.

    Raises FileError for what is no scene folder; ValueRangeError for fewer than two photos.
    """
    scene = load_scene(path)
    places = [(0.0, 0.0)]
    for index in range(count - 1):
        angle = 2 * math.pi * index / (count - 1)
        places.append((reach_m * math.cos(angle), reach_m * math.sin(angle)))
    engine = open_engine(scene)
    photos = tuple(
        _view(engine, scene.camera.moved(x_m, y_m), f"view-{index:03d}") for index, (x_m, y_m) in enumerate(places)
    )
    points = np.concatenate([_points(photo) for photo in photos])
    low, high = np.quantile(points, [0.005, 0.995], axis=0)
    margin = 0.05 * float((high - low).max()) + 1e-3
    box_m = np.stack([low - margin, high + margin])
    return PhotoSet(photos, (), box_m, "forward", points[::101].astype(np.float32), None, np.eye(4))


def fit_views(path: str | os.PathLike[str]) -> PhotoSet:
    """The photo set of a fit folder: its surface with its page, edits included, where the photos were taken.

    Raises FileError for what is no fit folder, MissingPackageError without open3d.
    """
    fit = load_fit(path)
    engine = MeshEngine(fit.mesh)
    photos = tuple(_view(engine, photo.camera, Path(photo.name).stem) for photo in fit.photos)
    held_out = tuple(index for index, photo in enumerate(fit.photos) if photo.held_out)
    points = np.concatenate([_points(photo) for photo in photos])[::101].astype(np.float32)
    return PhotoSet(photos, held_out, fit.box_m, fit.arrangement, points, None, fit.dataset_from_world)


def _view(engine: Engine, camera: Camera, name: str) -> PosedPhoto:
    seen = engine.render(camera, _PINHOLE, SampleBlock(0, 1, 0), None, silent)
    depth_m = engine.pinhole_depth_m(camera)
    with np.errstate(divide="ignore"):
        inverse = (1 / depth_m).astype(np.float32)
    prior = Prior(inverse, np.full((*seen.rgba.shape[:2], 3), np.nan, np.float32), "exact depth")
    covered = seen.rgba[..., 3] > 0.5
    linear = np.ascontiguousarray(seen.rgba[..., :3])
    return PosedPhoto(name, camera, linear, None if covered.all() else covered, prior)


def _points(photo: PosedPhoto) -> np.ndarray:
    assert photo.prior is not None
    rows, columns = np.nonzero(photo.prior.inverse_depth > 0)
    inverse = photo.prior.inverse_depth[rows, columns]
    return photo.camera.unproject(np.stack([columns + 0.5, rows + 0.5, inverse], axis=-1))
