"""The mesh that a layered scene stands for: the same world for renderers that know nothing of layers."""

import numpy as np
from jaxtyping import Bool, Int32

from relens.camera import Camera
from relens.errors import RelensError
from relens.mesh import INFINITY_M, Mesh, MeshPart
from relens.scene import Layer, Scene


def mesh_of_scene(scene: Scene, *, cut: float | None = None) -> Mesh:
    """A grid of triangles for each visible layer, with vertices at the texel centres and the layer itself as texture.

    Every square of four texel centres makes two triangles, wound so that (b - a) x (c - a) points back at the photo's
    camera. Squares that lack a surface at a corner, or are clear at all four, are left out. Inverse depth 0 stands at
    `relens.mesh.INFINITY_M`. The texture coordinates are those of the texel centres, so that a bilinear reading at a
    vertex gives exactly that texel. Where one page jumps in depth it stays connected, as the other engines see it.

    Args:
        scene: the layers.
        cut: leaves out squares whose corners differ by more than this in inverse depth (1/m). It tears a page at its
            silhouettes, and so spares a ray tracer's hierarchy the long triangles there.

    Raises ValueRangeError or RelensError when nothing of the scene is visible.
    """
    parts = [_part(scene.camera, scene.border_px, layer, squares)
             for layer in scene.layers if (squares := _squares(layer, cut)).any()]  # fmt: skip
    if not parts:
        raise RelensError("the scene has no visible surface to make a mesh of; lift the photo again")
    return Mesh(tuple(parts))


def _squares(layer: Layer, cut: float | None) -> Bool[np.ndarray, "_ _"]:
    """Which squares of four texel centres hold a visible surface."""
    corners = (slice(None, -1), slice(1, None))
    w = np.stack([layer.inverse_depth[rows, columns] for rows in corners for columns in corners])
    visible = np.any([layer.rgba[rows, columns, 3] > 0 for rows in corners for columns in corners], axis=0)
    jump = w.max(axis=0) - w.min(axis=0)  # NaN where a corner has no surface
    return visible & (jump <= (np.inf if cut is None else cut))


def _part(camera: Camera, border_px: int, layer: Layer, squares: Bool[np.ndarray, "_ _"]) -> MeshPart:
    width = layer.inverse_depth.shape[1]
    row, column = squares.nonzero()
    a = (row * width + column).astype(np.int32)  # upper left texel of every square
    faces = np.concatenate([np.stack([a, a + width, a + 1], -1), np.stack([a + 1, a + width, a + width + 1], -1)])
    triangles, used = _compacted(faces, layer.inverse_depth.size)
    row, column = np.divmod(used, width)
    w = np.maximum(layer.inverse_depth.ravel()[used], 1 / INFINITY_M)
    centre = np.stack([column, row], axis=-1) + 0.5
    vertices_m = camera.unproject(np.column_stack([centre - border_px, w])).astype(np.float32)
    uv = (centre / [width, layer.inverse_depth.shape[0]]).astype(np.float32)
    return MeshPart(vertices_m, triangles, uv[triangles], layer.rgba)


def _compacted(
    faces: Int32[np.ndarray, "m 3"], texels: int
) -> tuple[Int32[np.ndarray, "m 3"], Int32[np.ndarray, " n"]]:
    """Faces with indices into the texels that they use, and those texels."""
    is_used = np.zeros(texels, bool)
    is_used[faces.ravel()] = True
    used = is_used.nonzero()[0].astype(np.int32)
    index = np.zeros(texels, np.int32)
    index[used] = np.arange(len(used), dtype=np.int32)
    return index[faces], used
