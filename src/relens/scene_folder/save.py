"""Saving a scene: every file into a new folder, then one swap."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from relens.atomic import atomic_folder
from relens.errors import FileError
from relens.left_over import tidy
from relens.scene import Layer, Scene
from relens.scene_folder.beside import belongs_to_edits
from relens.scene_folder.float_plane import write_plane
from relens.scene_folder.manifest import (
    INVERSE_DEPTH,
    UNCERTAINTY,
    UNCERTAINTY_PATH,
    CameraRecord,
    LayerRecord,
    Manifest,
    depth_path,
    first_problem,
    page_path,
    portable_file_name,
    read_manifest,
    this_relens,
    write_manifest,
)
from relens.scene_folder.page import write_page

# More would hold more pages in memory at a time.
_THREADS = 2
# What file browsers drop into every folder they show.
_DROPPINGS = {".DS_Store", "Thumbs.db", "desktop.ini"}


def save_scene(
    scene: Scene, path: str | os.PathLike[str], *, beside: Callable[[Path], None] = lambda folder: None
) -> None:
    """Write a scene as a folder of open files; a crash leaves the folder as it was.

    Pages are clipped to the sRGB gamut and rounded to 16 bits, the rest is exact; a loaded scene saves unchanged.
    An existing scene is replaced, with the record of its edits (`relens.edit.save_history` keeps one); any other
    folder, and a scene to which other files were added, is left alone.

    beside: writes the record of the scene's edits into the new folder, in which the scene already is.
    Raises FileError when it cannot be written or `path` is something else.
    """
    require_replaceable(path)
    with atomic_folder(path) as folder:
        for room in ("canonical", "depth") + (("source",) if scene.source else ()):
            (folder / room).mkdir()
        with ThreadPoolExecutor(_THREADS) as pool:
            records = list(pool.map(lambda layer: _write_layer(layer, folder), scene.layers))
        manifest = _manifest(scene, records, path)
        if scene.uncertainty is not None:
            write_plane(scene.uncertainty, folder / UNCERTAINTY_PATH, UNCERTAINTY)
        if scene.source and manifest.source_path:
            (folder / manifest.source_path).write_bytes(scene.source.data)
        write_manifest(manifest, folder)
        beside(folder)


def _write_layer(layer: Layer, folder: Path) -> LayerRecord:
    gain = write_page(layer.rgba, folder / page_path(layer.name))
    write_plane(layer.inverse_depth, folder / depth_path(layer.name), INVERSE_DEPTH)
    return LayerRecord(name=layer.name, gain=gain)


def _manifest(scene: Scene, records: list[LayerRecord], path: str | os.PathLike[str]) -> Manifest:
    camera = scene.camera.intrinsics
    try:
        return Manifest(
            written_by=this_relens(),
            camera=CameraRecord(**{**asdict(camera), "source": _printable(camera.source)}),
            border_px=scene.border_px,
            layers=records,
            depth_source=_printable(scene.depth_source),
            source=portable_file_name(scene.source.name) if scene.source else None,
            uncertainty=scene.uncertainty is not None,
        )
    except ValidationError as error:
        raise FileError(path, f"the format cannot hold this scene: {first_problem(error)}") from error


def _printable(text: str) -> str:
    # File names, which these texts may quote, can hold bytes that are no characters.
    return text.encode("utf-8", "replace").decode("utf-8")


def require_replaceable(path: str | os.PathLike[str]) -> None:
    """Raise FileError where replacing `path` would delete anything but a scene."""
    folder = Path(path)
    try:
        if not folder.is_dir() or not any(folder.iterdir()):
            return
        try:
            own = read_manifest(folder).files()
        except FileError as error:
            problem = f"is a folder that this relens does not know as a scene, and stays as it is ({error})"
            raise FileError(path, f"{problem}; choose another name") from error
        # A `relens migrate` that was killed writes inside the folder.
        tidy(folder)
        for file in folder.rglob("*"):
            name = file.relative_to(folder)
            known = name in own or belongs_to_edits(name) or file.name in _DROPPINGS
            if not known and (file.is_symlink() or not file.is_dir()):
                advice = "move that file elsewhere or choose another name"
                raise FileError(path, f"holds {name}, which is no part of the scene; {advice}")
    except OSError as error:
        raise FileError(path, f"cannot write: {error.strerror or error}") from error
