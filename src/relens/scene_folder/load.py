"""Loading a scene folder, pages edited in an editor included."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera, Intrinsics
from relens.errors import FileError, ValueRangeError
from relens.photo.photo import SourceFile
from relens.scene import Layer, Scene
from relens.scene_folder.check_total import check_total
from relens.scene_folder.float_plane import read_plane
from relens.scene_folder.manifest import (
    INVERSE_DEPTH,
    MANIFEST_NAME,
    UNCERTAINTY,
    UNCERTAINTY_PATH,
    LayerRecord,
    Manifest,
    depth_path,
    page_path,
    read_manifest,
)
from relens.scene_folder.page import read_page
from relens.scene_folder.read_bytes import read_bytes

# More would hold more pages in memory at a time.
_THREADS = 2
_SOURCE_BYTES_LIMIT = 1 << 30


def load_scene(path: str | os.PathLike[str]) -> Scene:
    """Read a scene folder.

    Raises FileError, naming the file, for anything missing, damaged, of another size or kind than scene.json says,
    or that no scene can hold.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    check_total(manifest, folder)
    with ThreadPoolExecutor(_THREADS) as pool:
        layers = tuple(pool.map(lambda record: _read_layer(record, manifest, folder), manifest.layers))
    try:
        return Scene(
            camera=Camera(Intrinsics(**manifest.camera.model_dump())),
            layers=layers,
            border_px=manifest.border_px,
            source=_read_source(manifest, folder),
            depth_source=manifest.depth_source,
            uncertainty=_read_uncertainty(manifest, folder),
        )
    except ValueRangeError as error:
        raise FileError(folder / MANIFEST_NAME, f"is not valid: {error}") from error


def _read_layer(record: LayerRecord, manifest: Manifest, folder: Path) -> Layer:
    depth = folder / depth_path(record.name)
    inverse_depth = read_plane(depth, INVERSE_DEPTH, manifest.width_px, manifest.height_px)
    page = folder / page_path(record.name)
    rgba = read_page(page, manifest.width_px, manifest.height_px, record.gain)
    floating = np.isnan(inverse_depth) & (rgba[..., 3] > 0)
    if floating.any():
        row, column = np.argwhere(floating)[0]
        problem = f"{int(floating.sum())} pixels have alpha but no depth, the first in column {column}, row {row}"
        raise FileError(page, f"{problem}; erase them or give {depth_path(record.name)} a value there")
    try:
        return Layer(record.name, rgba, inverse_depth)
    except ValueRangeError as error:
        raise FileError(page, str(error)) from error


def _read_uncertainty(manifest: Manifest, folder: Path) -> Float32[np.ndarray, "h w"] | None:
    if not manifest.uncertainty:
        return None
    camera = manifest.camera
    return read_plane(folder / UNCERTAINTY_PATH, UNCERTAINTY, camera.width_px, camera.height_px)


def _read_source(manifest: Manifest, folder: Path) -> SourceFile | None:
    if manifest.source is None or manifest.source_path is None:
        return None
    return SourceFile(manifest.source, read_bytes(folder / manifest.source_path, _SOURCE_BYTES_LIMIT))
