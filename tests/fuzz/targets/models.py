"""Meshes and splats."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import trimesh
from fuzz.mutate.containers import change_glb
from fuzz.mutate.numbers import change_number
from fuzz.mutate.text import change_text
from fuzz.target import ChangeBytes, Target
from fuzz.targets.parts import Files, files_in, folder_target
from PIL import Image
from splat_clouds import random_cloud, raw_rows, write_ply, write_sharp

from relens.mesh_file import read_mesh
from relens.splat_file import read_splats

_SQUARE = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
_FACES = np.array([[0, 1, 2], [0, 2, 3]])
_UV = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])


def _textured() -> trimesh.Trimesh:
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=Image.new("RGB", (2, 2), "red"), name="m")
    return trimesh.Trimesh(_SQUARE, _FACES, visual=trimesh.visual.TextureVisuals(_UV, material=material), process=False)


def _coloured() -> trimesh.Trimesh:
    colours = np.full((4, 4), 128, np.uint8)
    return trimesh.Trimesh(_SQUARE, _FACES, vertex_colors=colours, process=False)


def _exported(name: str, *models: trimesh.Trimesh) -> Files:
    with TemporaryDirectory() as folder:
        for number, model in enumerate(models):
            model.export(Path(folder, name.format(number)))
        return files_in(Path(folder))


def _one(suffix: str):
    def read(data: bytes, folder: Path) -> None:
        file = folder / f"model.{suffix}"
        file.write_bytes(data)
        read_mesh(file)

    return read


def _ply_text() -> list[bytes]:
    # Trimesh writes it as text when asked to.
    return [_coloured().export(file_type="ply", encoding=way) for way in ("ascii", "binary")]


def _change_ply(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    end = data.find(b"end_header\n") + 11
    if random.random() < 0.6:
        return change_text(data[:end], random, change) + data[end:]
    return data[:end] + change_number(data[end:], random, change)


def _splats() -> list[bytes]:
    cloud = random_cloud(1, 4)
    with TemporaryDirectory() as folder:
        file = Path(folder, "a.ply")
        files = [write_ply(file, *raw_rows(cloud)).read_bytes(), write_sharp(file, cloud).read_bytes()]
        files += [write_ply(file, *raw_rows(random_cloud(2, 3, 1), 9), order=order).read_bytes() for order in (">", "")]
        return files


def _read_splats(data: bytes, folder: Path) -> None:
    file = folder / "splats.ply"
    file.write_bytes(data)
    read_splats(file)


_TRIMESH = ("trimesh",)
TARGETS = (
    Target(
        "glb",
        _one("glb"),
        lambda: list(_exported("{}.glb", _textured(), _coloured()).values()),
        change_glb,
        packages=_TRIMESH,
    ),
    folder_target("gltf", lambda: _gltf(), lambda folder: read_mesh(folder / "model.gltf")),
    folder_target(
        "obj", lambda: _exported("model{}.obj", _textured()), lambda folder: read_mesh(folder / "model0.obj")
    ),
    Target("ply", _one("ply"), _ply_text, _change_ply, packages=_TRIMESH),
    Target("splats", _read_splats, _splats, _change_ply),
)


def _gltf() -> Files:
    return _textured().scene().export(file_type="gltf")
