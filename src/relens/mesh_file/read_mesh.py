"""Reading GLB, glTF, OBJ and PLY models, through trimesh."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.errors import FileError, MissingPackageError, RelensError, ValueRangeError
from relens.mesh import Mesh, MeshPart
from relens.photo.stored import check_size, decoding
from relens.photo.transfer import srgb_decode

SUFFIXES = (".glb", ".gltf", ".obj", ".ply")
_MOST_BYTES = 4 << 30
# Triangles or vertices that any file may unfold to; longer files may have one a byte.
_MOST_OF_ANY_FILE = 10_000_000
# glTF: +y up, +z towards the viewer. The world: +y down, +z away from the viewer (docs/conventions.md).
_FROM_GLTF = np.array([1.0, -1.0, -1.0])


def read_mesh(path: str | os.PathLike[str]) -> Mesh:
    """A model with its colours, unlit, in the world frame.

    | in the file | becomes |
    |---|---|
    | base colour texture (times its factor) | texture, decoded from sRGB; repeated as glTF has it |
    | vertex colours | colours of the vertices, decoded from sRGB |
    | a plain base colour | one colour, lit from the camera |
    | no colour at all, or a texture that is missing | clay: grey, lit from the camera; the notes say so |

    Convention: all formats are read in glTF's axes (+y up, +z towards the viewer) and metres.

    Raises FileError for a file that is missing, damaged, too large or holds no triangles; MissingPackageError without
    trimesh.
    """
    source = Path(path)
    if source.suffix.lower() not in SUFFIXES:
        raise FileError(source, f"unknown suffix {source.suffix or '(none)'}; expected one of {' '.join(SUFFIXES)}")
    if not source.is_file():
        raise FileError(source, "is no file; expected a GLB, glTF, OBJ or PLY model")
    if source.stat().st_size > _MOST_BYTES:
        raise FileError(source, f"is larger than {_MOST_BYTES >> 30} GB; simplify the model")
    try:
        import trimesh
    except ImportError as error:
        raise MissingPackageError("trimesh", "reading models", "pip install 'relens[mesh]'") from error
    try:
        # No merging, and no fetching of what a file points to elsewhere.
        loaded = trimesh.load_scene(source, process=False, allow_remote=False)
        _require_size(loaded, source)
        geometries = [part for part in loaded.dump() if isinstance(part, trimesh.Trimesh) and len(part.faces)]
    except RelensError:
        raise
    except Exception as error:  # Parsers raise errors of every kind for a damaged file.
        raise FileError(source, f"cannot be read as a model ({' '.join(str(error).split())[:120]})") from error
    if not geometries:
        raise FileError(source, "holds no triangles; expected a surface, not points or lines")
    try:
        parts, clay = zip(*(_part(geometry, source) for geometry in geometries), strict=True)
        notes = (f"{sum(clay)} of {len(clay)} parts have no colour: shown as grey clay",) if any(clay) else ()
        return Mesh(tuple(parts), notes)
    except RelensError as error:
        raise FileError(source, f"is no model to photograph: {error}") from error


def _require_size(loaded: Any, source: Path) -> None:
    """Refuse what would fill the memory from a short file, before it is unfolded: textures, and parts repeated."""
    for part in loaded.geometry.values():
        image, _ = _material(getattr(part.visual, "material", None))
        # Not decoded yet: what it came in is still there.
        stream = getattr(image, "fp", None)
        if stream is not None:
            check_size(source, image.width, image.height, stream.seek(0, os.SEEK_END), 4)
    parts = (loaded.geometry[loaded.graph[node][1]] for node in loaded.graph.nodes_geometry)
    count = sum(max(len(part.vertices), len(getattr(part, "faces", ()))) for part in parts)
    most = max(_MOST_OF_ANY_FILE, source.stat().st_size)
    if count > most:
        raise FileError(source, f"repeats its parts to {count} triangles or vertices; expected at most {most}")


def _part(geometry: Any, source: Path) -> tuple[MeshPart, bool]:
    """A part of the mesh, and whether it lacks colour."""
    if np.ndim(geometry.vertices) != 2 or np.shape(geometry.vertices)[1] != 3:
        raise ValueRangeError("vertices", np.shape(geometry.vertices), "three numbers each")
    vertices_m = (np.asarray(geometry.vertices, np.float64) * _FROM_GLTF).astype(np.float32)
    triangles = np.asarray(geometry.faces, np.int32)
    if triangles.min() < 0 or triangles.max() >= len(vertices_m):
        expected = f"corners 0 to {len(vertices_m) - 1}, one for each vertex"
        raise ValueRangeError("triangles", f"{triangles.min()} to {triangles.max()}", expected)
    visual = geometry.visual
    uv = getattr(visual, "uv", None)
    image, factor = _material(getattr(visual, "material", None))
    if uv is not None and image is not None and len(uv) == len(vertices_m):
        # glTF and trimesh count v upwards.
        corners = (np.asarray(uv, np.float64) * [1, -1] + [0, 1]).astype(np.float32)[triangles]
        texture = _linear(_pixels(image, source)) * factor
        return MeshPart(vertices_m, triangles, corners, texture, True), False
    colours = getattr(visual, "vertex_colors", None) if getattr(visual, "kind", None) == "vertex" else None
    if colours is not None and len(colours) == len(vertices_m):
        return MeshPart(vertices_m, triangles, rgba=_linear(np.asarray(colours))), False
    if getattr(visual, "kind", None) == "face":
        # A vertex of its own for every corner, so that each face keeps its colour.
        every = np.repeat(_linear(np.asarray(visual.face_colors)), 3, axis=0)
        own = np.arange(3 * len(triangles), dtype=np.int32).reshape(-1, 3)
        return MeshPart(vertices_m[triangles.ravel()], own, rgba=every), False
    if image is None and not np.all(factor == 1):
        return MeshPart(vertices_m, triangles, rgba=factor), False
    return MeshPart(vertices_m, triangles), True


def _pixels(image: Any, source: Path) -> np.ndarray:
    """A texture's RGBA of 8 bits. Raises FileError for what is damaged."""
    with decoding(source, "texture"):
        return np.asarray(image.convert("RGBA"))


def _material(material: Any) -> tuple[Any, Float32[np.ndarray, "4"]]:
    """A material's picture, if it has one, and its factor: linear RGBA, premultiplied."""
    image = getattr(material, "baseColorTexture", None)
    image = getattr(material, "image", None) if image is None else image
    factor = getattr(material, "baseColorFactor", None)
    if factor is None:
        diffuse = getattr(material, "diffuse", None)
        if image is not None or diffuse is None:
            return image, np.ones(4, np.float32)
        return image, _linear(np.asarray(diffuse, np.uint8).reshape(1, 4))[0]
    factor = np.asarray(factor)
    scaled = factor / 255 if factor.dtype == np.uint8 else factor
    rgba = np.clip(np.asarray(scaled, np.float32), 0, 1)
    return image, np.concatenate([rgba[:3] * rgba[3], rgba[3:]]).astype(np.float32)


def _linear(encoded: np.ndarray) -> Float32[np.ndarray, "*s 4"]:
    """Premultiplied linear RGBA from 8-bit sRGB with straight alpha."""
    values = np.asarray(encoded, np.float32) / np.float32(255 if encoded.dtype == np.uint8 else 1)
    alpha = values[..., 3:] if values.shape[-1] == 4 else np.ones_like(values[..., :1])
    return np.concatenate([srgb_decode(values[..., :3]) * alpha, alpha], axis=-1).astype(np.float32)
