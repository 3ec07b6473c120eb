"""A layered scene as one triangle mesh with one texture: the same world for renderers that know nothing of layers."""

from dataclasses import dataclass

import numpy as np

from relens import Scene
from relens.render.mesh_of_scene import mesh_of_scene


@dataclass(frozen=True)
class LayeredMesh:
    """The parts of `mesh_of_scene` in one shape, their textures one above the other.

    Attributes:
        vertices_m: (v, 3) float32, world frame (the photo's camera: +x right, +y down, +z forward).
        triangles: (t, 3) uint32; front faces look at the photo's camera.
        uv: (v, 2) float32, texel centres; v downwards.
        rgba: (h, w, 4) float32, linear light, premultiplied by alpha.
    """

    vertices_m: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray
    rgba: np.ndarray


def layered_mesh(scene: Scene) -> LayeredMesh:
    """The mesh that a layered scene stands for: cut at silhouettes, where alpha ends, and whole elsewhere."""
    parts = mesh_of_scene(scene).parts
    triangles, uvs, first = [], [], 0
    for number, part in enumerate(parts):
        uv = np.empty((len(part.vertices_m), 2))
        uv[part.triangles] = part.uv
        # No reading reaches into the next page: the texture coordinates end at texel centres.
        uvs.append((uv + np.array([0, number])) / [1, len(parts)])
        triangles.append(part.triangles + first)
        first += len(part.vertices_m)
    return LayeredMesh(
        np.concatenate([part.vertices_m for part in parts]),
        np.concatenate(triangles).astype(np.uint32),
        np.concatenate(uvs).astype(np.float32),
        np.concatenate([layer_texture for part in parts if (layer_texture := part.texture) is not None]),
    )
