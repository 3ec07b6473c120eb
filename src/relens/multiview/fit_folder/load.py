"""Loading a fit folder, its page edited or not."""

import os
from pathlib import Path

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.errors import FileError, ValueRangeError
from relens.mesh import Mesh, MeshPart
from relens.multiview.fit_folder.fitted_scene import FittedPhoto, FittedScene
from relens.multiview.fit_folder.manifest import MANIFEST_NAME, MODEL_NAME, PAGE_NAME, read_manifest
from relens.multiview.fit_folder.model_file import read_model
from relens.multiview.fit_folder.page_file import read_page_file
from relens.multiview.fit_folder.texels_file import read_field


def load_fit(path: str | os.PathLike[str]) -> FittedScene:
    """Read a fit folder; torch is not needed.

    Raises FileError, naming the file, for anything missing, damaged, of another version, or of another size or kind
    than fit.json says.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    field = read_field(manifest.canonical, folder)
    layout = field.layout
    vertices_m, triangles, uv = read_model(folder)
    page = read_page_file(folder / PAGE_NAME, layout.width_px, layout.height_px, manifest.gain)
    try:
        mesh = Mesh((MeshPart(vertices_m, triangles, uv, page, repeat=layout.goes_round),))
    except ValueRangeError as error:
        raise FileError(folder / MODEL_NAME, f"is not valid: {error}") from error
    try:
        photos = tuple(
            FittedPhoto(
                record.name,
                Camera(Intrinsics(**record.camera.model_dump()), np.array(record.camera_to_world, np.float64)),
                record.held_out,
            )
            for record in manifest.photos
        )
        return FittedScene(
            mesh=mesh,
            field=field,
            photos=photos,
            reference=manifest.reference,
            box_m=np.array(manifest.box_m, np.float64),
            arrangement=manifest.arrangement,
            dataset_from_world=np.array(manifest.dataset_from_world, np.float64),
            surface_psnr_db=manifest.surface_psnr_db,
            fitted_psnr_db=manifest.fitted_psnr_db,
            held_out_psnr_db=manifest.held_out_psnr_db,
            settings=manifest.settings,
            notes=tuple(manifest.notes),
        )
    except ValueRangeError as error:
        raise FileError(folder / MANIFEST_NAME, f"is not valid: {error}") from error
