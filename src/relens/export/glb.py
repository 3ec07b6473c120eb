"""GLB: glTF 2.0 in one file, with the pages inside and the photo's camera."""

import json
import math
import os
import struct
from typing import Any, Literal

import numpy as np

from relens.atomic import atomic_file
from relens.camera import Camera
from relens.errors import FileError, ValueRangeError
from relens.export.export_mesh import ExportMesh, LayerMesh
from relens.export.file_name import require_suffix
from relens.export.frame import FRAME, y_up

AlphaMode = Literal["blend", "mask"]

_MOST_BYTES = 2**32 - 1
_ARRAY, _ELEMENTS = 34962, 34963  # buffer targets
_FLOAT, _UINT = 5126, 5125
_CLAMP, _LINEAR, _MIPMAPS = 33071, 9729, 9987


def write_glb(mesh: ExportMesh, path: str | os.PathLike[str], *, alpha_mode: AlphaMode = "blend") -> None:
    """Write a GLB with a node for each layer, and the photo's camera as a perspective camera.

    The material shows the page unlit (KHR_materials_unlit) on both sides: the photo already holds the light. Layers are
    listed back to front, the order in which viewers that do not sort blend them. A glTF camera looks through the middle
    of its picture: the exact intrinsics stand in its extras.

    Args:
        mesh: from `layer_meshes`.
        path: ends in .glb.
        alpha_mode: "blend" keeps soft edges; "mask" cuts at alpha 0.5, which every viewer sorts right.

    Raises FileError when it cannot be written or would pass the format's 4 GB; ValueRangeError for another mode.
    """
    file = require_suffix(path, ".glb")
    if alpha_mode not in ("blend", "mask"):
        raise ValueRangeError("alpha_mode", repr(alpha_mode), "blend or mask")
    gltf, pieces = _document(mesh, alpha_mode)
    text = json.dumps(gltf, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body_bytes = sum(len(piece) for piece in pieces)
    total_bytes = 12 + 8 + len(text) + 8 + body_bytes
    if total_bytes > _MOST_BYTES:
        raise FileError(file, f"would be {total_bytes / 1e9:.1f} GB, over the 4 GB of a GLB; allow fewer triangles")
    with atomic_file(file) as temporary, temporary.open("wb") as out:
        out.write(struct.pack("<4sII", b"glTF", 2, total_bytes))
        out.write(struct.pack("<I4s", len(text), b"JSON") + text)
        out.write(struct.pack("<I4s", body_bytes, b"BIN\0"))
        out.writelines(pieces)


def _document(mesh: ExportMesh, alpha_mode: AlphaMode) -> tuple[dict[str, Any], list[bytes]]:
    """The glTF JSON and its buffer, in pieces."""
    gltf: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "relens", "extras": {"frame": FRAME}},
        "extensionsUsed": ["KHR_materials_unlit"],
        "scene": 0,
        "scenes": [{"nodes": list(range(len(mesh.layers) + 1))}],
        "nodes": [{"name": "photo", "camera": 0}],
        "cameras": [_camera(mesh.camera)],
        "meshes": [],
        "materials": [],
        "textures": [],
        "samplers": [{"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": _CLAMP, "wrapT": _CLAMP}],
        "images": [],
        "accessors": [],
        "bufferViews": [],
    }
    pieces: list[bytes] = []
    for layer in reversed(mesh.layers):
        _add_layer(gltf, pieces, layer, alpha_mode)
    gltf["buffers"] = [{"byteLength": sum(len(piece) for piece in pieces)}]
    return gltf, pieces


def _add_layer(gltf: dict[str, Any], pieces: list[bytes], layer: LayerMesh, alpha_mode: AlphaMode) -> None:
    number = len(gltf["meshes"])
    positions = y_up(layer.positions_m)
    extent = {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
    attributes = {
        "POSITION": _accessor(gltf, pieces, positions, "VEC3", extent),
        "NORMAL": _accessor(gltf, pieces, y_up(layer.normals), "VEC3"),
        "TEXCOORD_0": _accessor(gltf, pieces, layer.uv, "VEC2"),
    }
    indices = _accessor(gltf, pieces, layer.triangles.ravel().astype(np.uint32), "SCALAR")
    gltf["nodes"].append({"name": layer.name, "mesh": number})
    primitive = {"attributes": attributes, "indices": indices, "material": number, "mode": 4}
    gltf["meshes"].append({"name": layer.name, "primitives": [primitive]})
    gltf["materials"].append(_material(layer, number, alpha_mode))
    gltf["textures"].append({"source": number, "sampler": 0})
    image = _buffer_view(gltf, pieces, layer.page_png)
    gltf["images"].append({"name": layer.name, "mimeType": "image/png", "bufferView": image})


def _material(layer: LayerMesh, number: int, alpha_mode: AlphaMode) -> dict[str, Any]:
    surface = {"baseColorTexture": {"index": number}, "metallicFactor": 0.0, "roughnessFactor": 1.0}
    material: dict[str, Any] = {
        "name": layer.name,
        "pbrMetallicRoughness": surface,
        "doubleSided": True,
        "extensions": {"KHR_materials_unlit": {}},
    }
    if not layer.is_opaque:
        material["alphaMode"] = alpha_mode.upper()
        if alpha_mode == "mask":
            material["alphaCutoff"] = 0.5
    return material


def _camera(camera: Camera) -> dict[str, Any]:
    k = camera.intrinsics
    view = {
        "yfov": 2 * math.atan(k.height_px / (2 * k.fy_px)),
        "aspectRatio": k.width_px * k.fy_px / (k.height_px * k.fx_px),
        "znear": 0.01,
    }
    names = ("fx_px", "fy_px", "cx_px", "cy_px", "width_px", "height_px")
    return {"name": "photo", "type": "perspective", "perspective": view, "extras": {n: getattr(k, n) for n in names}}


def _accessor(
    gltf: dict[str, Any], pieces: list[bytes], values: np.ndarray, kind: str, extent: dict[str, Any] | None = None
) -> int:
    is_index = kind == "SCALAR"
    gltf["accessors"].append(
        {
            "bufferView": _buffer_view(gltf, pieces, values.tobytes(), _ELEMENTS if is_index else _ARRAY),
            "componentType": _UINT if is_index else _FLOAT,
            "count": len(values),
            "type": kind,
            **(extent or {}),
        }
    )
    return len(gltf["accessors"]) - 1


def _buffer_view(gltf: dict[str, Any], pieces: list[bytes], data: bytes, target: int | None = None) -> int:
    start = sum(len(piece) for piece in pieces)
    view = {"buffer": 0, "byteOffset": start, "byteLength": len(data)}
    gltf["bufferViews"].append(view if target is None else {**view, "target": target})
    pieces.append(data + b"\0" * (-len(data) % 4))
    return len(gltf["bufferViews"]) - 1
