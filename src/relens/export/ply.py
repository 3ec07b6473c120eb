"""PLY: binary points, or one mesh of all layers with vertex colours."""

import os
from pathlib import Path

import numpy as np

from relens.atomic import atomic_file
from relens.export.export_mesh import ExportMesh
from relens.export.file_name import require_suffix
from relens.export.frame import FRAME, y_up
from relens.export.points import PointCloud

_POSITION, _NORMAL = ("x", "y", "z"), ("nx", "ny", "nz")
_COLOUR = ("red", "green", "blue", "alpha")
_TYPES = {"<f4": "float", "u1": "uchar", "<u2": "ushort"}
_FACE = np.dtype([("count", "u1"), ("corners", "<i4", 3)])
# Elements packed at a time, to bound the memory.
_BLOCK = 1 << 20


def write_ply(mesh: ExportMesh, path: str | os.PathLike[str]) -> None:
    """Write one mesh of all layers: positions, normals, vertex colours with alpha, texture coordinates, layer number.

    PLY knows no textures: the colours are the page's at the vertices, so that a simplified mesh is coarse in colour,
    too. The comments name the frame and the layers. Raises FileError.
    """
    file = require_suffix(path, ".ply")
    vertices = _vertices(mesh.vertex_count, ("s", "t"))
    start = 0
    for number, layer in enumerate(mesh.layers):
        part = vertices[start : start + len(layer.positions_m)]
        _fill(part, layer.positions_m, layer.normals, layer.rgba)
        part["s"], part["t"] = layer.uv[:, 0], 1 - layer.uv[:, 1]
        part["layer"] = number
        start += len(part)
    faces = np.empty(mesh.triangle_count, _FACE)
    faces["count"] = 3
    offsets = np.cumsum([0, *(len(layer.positions_m) for layer in mesh.layers)])
    indices = [layer.triangles + offset for layer, offset in zip(mesh.layers, offsets, strict=False)]
    faces["corners"] = np.concatenate(indices) if indices else 0
    names = tuple(layer.name for layer in mesh.layers)
    element = f"element face {len(faces)}\nproperty list uchar int vertex_indices\n"
    _write(file, names, vertices, element, faces)


def write_points(points: PointCloud, path: str | os.PathLike[str]) -> None:
    """Write a point cloud: positions, normals, colours with alpha, layer number.

    The comments name the frame and the layers. Raises FileError.
    """
    file = require_suffix(path, ".ply")
    vertices = _vertices(len(points.positions_m))
    for start in range(0, len(vertices), _BLOCK):
        block = slice(start, start + _BLOCK)
        _fill(vertices[block], points.positions_m[block], points.normals[block], points.rgba[block])
    vertices["layer"] = points.layer
    _write(file, points.layer_names, vertices)


def _vertices(count: int, more: tuple[str, ...] = ()) -> np.ndarray:
    floats = [(name, "<f4") for name in (*_POSITION, *_NORMAL)]
    colours = [(name, "u1") for name in _COLOUR]
    return np.empty(count, [*floats, *colours, *((name, "<f4") for name in more), ("layer", "<u2")])


def _fill(vertices: np.ndarray, positions_m: np.ndarray, normals: np.ndarray, rgba: np.ndarray) -> None:
    for names, values in ((_POSITION, y_up(positions_m)), (_NORMAL, y_up(normals)), (_COLOUR, rgba)):
        for column, name in enumerate(names):
            vertices[name] = values[:, column]


def _write(
    file: Path, layers: tuple[str, ...], vertices: np.ndarray, faces_header: str = "", faces: np.ndarray | None = None
) -> None:
    types = vertices.dtype.fields or {}
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        "comment relens",
        f"comment {FRAME}",
        *(f"comment layer {number} {name}" for number, name in enumerate(layers)),
        f"element vertex {len(vertices)}",
        *(f"property {_TYPES[types[name][0].str.lstrip('|')]} {name}" for name in types),
    ]
    with atomic_file(file) as temporary, temporary.open("wb") as out:
        out.write(("\n".join(lines) + f"\n{faces_header}end_header\n").encode("ascii"))
        # Not `tofile`, which does not say why it cannot write.
        out.write(vertices.tobytes())
        if faces is not None:
            out.write(faces.tobytes())
