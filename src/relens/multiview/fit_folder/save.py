"""Saving a fit: every file into a new folder, then one swap."""

import json
import os
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from relens.atomic import atomic_folder
from relens.errors import FileError
from relens.mesh import MeshPart
from relens.multiview.fit_folder.cameras_file import write_cameras
from relens.multiview.fit_folder.fitted_scene import FittedPhoto, FittedScene
from relens.multiview.fit_folder.manifest import (
    FILES,
    PAGE_NAME,
    CameraRecord,
    FitManifest,
    PhotoRecord,
    first_problem,
    read_manifest,
    write_manifest,
)
from relens.multiview.fit_folder.model_file import write_model
from relens.multiview.fit_folder.page_file import write_page_file
from relens.multiview.fit_folder.texels_file import write_field
from relens.multiview.page.page_fit import PageFit
from relens.multiview.page.textured import textured
from relens.multiview.photo_set import PhotoSet

# What file browsers drop into every folder they show.
_DROPPINGS = {".DS_Store", "Thumbs.db", "desktop.ini"}


def save_fit(
    path: str | os.PathLike[str], photos: PhotoSet, surface: Any, mesh: MeshPart, page: PageFit
) -> FittedScene:
    """Write what photos became as a fit folder; returns it as it is in memory, before the page is rounded to 16 bits.

    Args:
        path: the folder; an older fit of that name is replaced.
        photos: whose cameras they are.
        surface: the SurfaceFit, for its figures and settings; None where there is none.
        mesh: the surface's mesh, without a texture.
        page: its page.

    Raises FileError when it cannot be written, or `path` is something else.
    """
    names = {"surface": getattr(surface, "settings", None), "page": page.settings}
    fitted = FittedScene(
        mesh=textured(mesh, page),
        field=page.field,
        photos=tuple(
            FittedPhoto(photo.name, photo.camera, number in photos.held_out)
            for number, photo in enumerate(photos.photos)
        ),
        reference=_reference(photos),
        box_m=photos.box_m,
        arrangement=photos.arrangement,
        dataset_from_world=photos.dataset_from_world,
        surface_psnr_db=getattr(surface, "psnr_db", None),
        fitted_psnr_db=page.psnr_db,
        held_out_psnr_db=page.held_out_psnr_db,
        settings={name: asdict(of) for name, of in names.items() if is_dataclass(of) and not isinstance(of, type)},
        notes=photos.notes,
    )
    save_fitted(path, fitted)
    return fitted


def save_fitted(path: str | os.PathLike[str], fitted: FittedScene) -> None:
    """Write a fit as a folder of open files; a crash leaves the folder as it was.

    The page is clipped to the sRGB gamut and rounded to 16 bits, the rest is exact; a loaded fit saves unchanged.

    Raises FileError when it cannot be written, or `path` is something else.
    """
    require_fit_path(path)
    (part,) = fitted.mesh.parts
    assert part.texture is not None and part.uv is not None
    with atomic_folder(path) as folder:
        gain = write_page_file(part.texture, folder / PAGE_NAME)
        canonical = write_field(fitted.field, folder)
        write_model(part.vertices_m, part.triangles, part.uv, part.repeat, fitted.photos, folder)
        write_cameras(fitted.photos, folder)
        try:
            manifest = FitManifest(
                relens=_version(),
                gain=gain,
                canonical=canonical,
                reference=fitted.reference,
                box_m=fitted.box_m.tolist(),
                arrangement=fitted.arrangement,
                dataset_from_world=fitted.dataset_from_world.tolist(),
                surface_psnr_db=fitted.surface_psnr_db,
                fitted_psnr_db=fitted.fitted_psnr_db,
                held_out_psnr_db=fitted.held_out_psnr_db,
                notes=[_printable(note) for note in fitted.notes],
                settings=json.loads(json.dumps(fitted.settings, default=str)),
                photos=[_record(photo) for photo in fitted.photos],
            )
        except (ValidationError, ValueError) as error:
            problem = first_problem(error) if isinstance(error, ValidationError) else str(error)
            raise FileError(path, f"the format cannot hold this fit: {problem}") from error
        write_manifest(manifest, folder)


def is_fit(path: str | os.PathLike[str]) -> bool:
    """Whether a folder holds a fit."""
    return (Path(path) / FILES[0]).is_file()


def require_fit_path(path: str | os.PathLike[str]) -> None:
    """Raise FileError where writing a fit to `path` would delete anything but a fit."""
    folder = Path(path)
    try:
        if folder.is_file():
            raise FileError(path, "is a file; expected a folder name for the fit")
        if not folder.is_dir() or not any(folder.iterdir()):
            return
        try:
            read_manifest(folder)
        except FileError as error:
            problem = f"is a folder that this relens does not know as a fit, and stays as it is ({error})"
            raise FileError(path, f"{problem}; choose another name") from error
        for file in folder.iterdir():
            if file.name not in FILES and file.name not in _DROPPINGS:
                advice = "move it elsewhere or choose another name"
                raise FileError(path, f"holds {file.name}, which is no part of the fit; {advice}")
    except OSError as error:
        raise FileError(path, f"cannot write: {error.strerror or error}") from error


def _reference(photos: PhotoSet) -> int:
    """The photo whose camera is the world: the one whose pose is nearest to the identity."""
    off = [np.abs(photo.camera.camera_to_world - np.eye(4)).max() for photo in photos.photos]
    return int(np.argmin(off))


def _record(photo: FittedPhoto) -> PhotoRecord:
    camera = asdict(photo.camera.intrinsics)
    camera["source"] = _printable(camera["source"])
    pose = photo.camera.camera_to_world.tolist()
    return PhotoRecord(
        name=_printable(photo.name), camera=CameraRecord(**camera), camera_to_world=pose, held_out=photo.held_out
    )


def _printable(text: str) -> str:
    # File names, which these texts may quote, can hold bytes that are no characters.
    return text.encode("utf-8", "replace").decode("utf-8")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("relens")
    except PackageNotFoundError:
        return "unknown"
