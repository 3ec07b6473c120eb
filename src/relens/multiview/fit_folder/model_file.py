"""model.gltf and model.bin: the fitted mesh as standard glTF 2.0, its texture page.png, its cameras the photos'.

Source: Khronos, glTF 2.0 specification. Any glTF reader opens it; this one reads what this writer wrote, to the bit.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32

from relens.camera import Camera, opengl_from_opencv
from relens.errors import FileError
from relens.export.frame import FRAME, y_up
from relens.multiview.fit_folder.fitted_scene import FittedPhoto
from relens.multiview.fit_folder.manifest import BUFFER_NAME, MODEL_NAME, PAGE_NAME, read_file

_ARRAY, _ELEMENTS = 34962, 34963
_FLOAT, _UINT = 5126, 5125
_CLAMP, _REPEAT, _LINEAR, _MIPMAPS = 33071, 10497, 9729, 9987
_TEXT_LIMIT, _BUFFER_LIMIT = 256 << 20, 4 << 30
# The world's OpenCV axes, turned to glTF's: +y up, +z towards the viewer.
_Y_UP = np.diag([1.0, -1.0, -1.0, 1.0])


def write_model(
    vertices_m: Float32[np.ndarray, "n 3"],
    triangles: Int32[np.ndarray, "m 3"],
    uv: Float32[np.ndarray, "m 3 2"],
    repeats: bool,
    photos: tuple[FittedPhoto, ...],
    folder: Path,
) -> None:
    """Write the mesh, unlit and seen from both sides, and a camera for each photo."""
    corner_of, positions, coordinates = _split_at_seams(vertices_m, triangles, uv)
    arrays = (y_up(positions), coordinates, corner_of.astype(np.uint32))
    views, start = [], 0
    for array, target in zip(arrays, (_ARRAY, _ARRAY, _ELEMENTS), strict=True):
        views.append({"buffer": 0, "byteOffset": start, "byteLength": array.nbytes, "target": target})
        start += array.nbytes
    extent = {"min": arrays[0].min(axis=0).tolist(), "max": arrays[0].max(axis=0).tolist()}
    accessors = [
        {"bufferView": 0, "componentType": _FLOAT, "count": len(positions), "type": "VEC3", **extent},
        {"bufferView": 1, "componentType": _FLOAT, "count": len(coordinates), "type": "VEC2"},
        {"bufferView": 2, "componentType": _UINT, "count": corner_of.size, "type": "SCALAR"},
    ]
    wrap = {"wrapS": _REPEAT if repeats else _CLAMP, "wrapT": _CLAMP}
    surface = {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 1.0}
    gltf = {
        "asset": {"version": "2.0", "generator": "relens", "extras": {"frame": FRAME}},
        "extensionsUsed": ["KHR_materials_unlit"],
        "scene": 0,
        "scenes": [{"nodes": list(range(len(photos) + 1))}],
        "nodes": [{"name": "surface", "mesh": 0}, *(_node(photo, number) for number, photo in enumerate(photos))],
        "cameras": [_camera(photo.name, photo.camera) for photo in photos],
        "meshes": [
            {
                "name": "surface",
                "primitives": [
                    {"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0, "mode": 4}
                ],
            }
        ],
        "materials": [
            {
                "name": "page",
                "pbrMetallicRoughness": surface,
                "doubleSided": True,
                "alphaMode": "MASK",
                "alphaCutoff": 0.5,
                "extensions": {"KHR_materials_unlit": {}},
            }
        ],
        "textures": [{"source": 0, "sampler": 0}],
        "samplers": [{"magFilter": _LINEAR, "minFilter": _MIPMAPS, **wrap}],
        "images": [{"name": "page", "uri": PAGE_NAME}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"uri": BUFFER_NAME, "byteLength": start}],
    }
    (folder / MODEL_NAME).write_text(json.dumps(gltf, separators=(",", ":"), allow_nan=False), "utf-8")
    with (folder / BUFFER_NAME).open("wb") as out:
        out.writelines(np.ascontiguousarray(array).tobytes() for array in arrays)


def read_model(
    folder: Path,
) -> tuple[Float32[np.ndarray, "n 3"], Int32[np.ndarray, "m 3"], Float32[np.ndarray, "m 3 2"]]:
    """Vertices, triangles and texture coordinates of the fit's model. Raises FileError for anything else."""
    path = folder / MODEL_NAME
    text, data = read_file(path, _TEXT_LIMIT), read_file(folder / BUFFER_NAME, _BUFFER_LIMIT)
    try:
        gltf = json.loads(text)
        (primitive,) = gltf["meshes"][0]["primitives"]
        attributes = primitive["attributes"]
        positions = _array(gltf, data, attributes["POSITION"], "VEC3")
        uv = _array(gltf, data, attributes["TEXCOORD_0"], "VEC2")
        indices = _array(gltf, data, primitive["indices"], "SCALAR")
        if len(uv) != len(positions) or indices.size % 3 or (indices.size and indices.max() >= len(positions)):
            raise ValueError("its arrays do not fit each other")
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        advice = "restore the file, or fit the photos again; edits belong on the page"
        raise FileError(path, f"is not the model that relens wrote ({str(error)[:80]}); {advice}") from error
    triangles = indices.reshape(-1, 3).astype(np.int32)
    return y_up(positions), triangles, np.ascontiguousarray(uv[triangles])


def _split_at_seams(
    vertices_m: Float32[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"], uv: Float32[np.ndarray, "m 3 2"]
) -> tuple[np.ndarray, Float32[np.ndarray, "k 3"], Float32[np.ndarray, "k 2"]]:
    """Indices of corners, and positions and texture coordinates: a vertex for each place on the page it has."""
    rows = np.empty((triangles.size, 3), np.int64)
    rows[:, 0] = triangles.ravel()
    rows[:, 1:] = np.ascontiguousarray(uv.reshape(-1, 2)).view(np.int32)
    unique, corner_of = np.unique(rows, axis=0, return_inverse=True)
    coordinates = unique[:, 1:].astype(np.int32).view(np.float32)
    return corner_of.reshape(-1, 3), vertices_m[unique[:, 0]], np.ascontiguousarray(coordinates)


def _array(gltf: dict[str, Any], data: bytes, index: int, kind: str) -> np.ndarray:
    accessor = gltf["accessors"][index]
    view = gltf["bufferViews"][accessor["bufferView"]]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[kind]
    dtype = {_FLOAT: "<f4", _UINT: "<u4"}[accessor["componentType"]]
    count, start = accessor["count"], view["byteOffset"]
    if accessor["type"] != kind or view["byteLength"] != 4 * width * count or start + view["byteLength"] > len(data):
        raise ValueError(f"accessor {index}")
    values = np.frombuffer(data, dtype, width * count, start)
    return values.reshape(count, width) if width > 1 else values


def _node(photo: FittedPhoto, number: int) -> dict[str, Any]:
    # Columns first, as glTF has matrices; cameras look along their -z.
    matrix = _Y_UP @ opengl_from_opencv(photo.camera.camera_to_world)
    return {"name": photo.name, "camera": number, "matrix": matrix.T.ravel().tolist()}


def _camera(name: str, camera: Camera) -> dict[str, Any]:
    k = camera.intrinsics
    view = {
        "yfov": 2 * math.atan(k.height_px / (2 * k.fy_px)),
        "aspectRatio": k.width_px * k.fy_px / (k.height_px * k.fx_px),
        "znear": 0.01,
    }
    names = ("fx_px", "fy_px", "cx_px", "cy_px", "width_px", "height_px")
    return {"name": name, "type": "perspective", "perspective": view, "extras": {n: getattr(k, n) for n in names}}
