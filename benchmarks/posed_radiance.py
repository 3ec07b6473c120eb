"""The true mesh with its true light: each point's radiance path traced, since diffuse surfaces show it to everyone."""

from typing import Any

import numpy as np
from posed_scenes import HEIGHT_PX, WIDTH_PX, PosedScene
from truth_scene import Surface

from relens.mesh import Mesh, MeshPart

# Rays start this far off the surface that they ask.
_OFF_M = 2e-4


def true_mesh(mi, traced, scene: PosedScene, edge_m: float, samples: int) -> Mesh:
    """All that is fitted, cut into triangles with sides of at most `edge_m`, radiance at their corners.

    Each corner's is the mean over the triangles about it, of the brighter one of a surface's two sides; corners that
    the new view cannot have in its picture are left black.
    """
    return Mesh(tuple(_part(mi, traced, scene, one, edge_m, samples) for one in (*scene.solid, *scene.thin)))


def _part(mi, traced, scene: PosedScene, surface: Surface, edge_m: float, samples: int) -> MeshPart:
    import trimesh

    shape = surface.shape
    cut: Any = trimesh.remesh.subdivide_to_size(shape.vertices_m, shape.triangles, edge_m, max_iter=16)
    # The cuts leave each triangle with corners of its own.
    mesh = trimesh.Trimesh(*cut, process=False)
    mesh.merge_vertices()
    vertices, triangles = np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces)
    normals = np.cross(
        vertices[triangles[:, 1]] - vertices[triangles[:, 0]], vertices[triangles[:, 2]] - vertices[triangles[:, 0]]
    )
    kept = np.linalg.norm(normals, axis=1) > 1e-14
    triangles, normals = triangles[kept], normals[kept]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    # Triangles about each corner, side by side.
    order = np.argsort(triangles.ravel(), kind="stable")
    count = np.bincount(triangles.ravel(), minlength=len(vertices))
    first = np.cumsum(count) - count
    sides = [
        _mean_radiance(mi, traced, scene, vertices, triangles, side * normals, (order, first, count), samples)
        for side in (1.0, -1.0)
    ]
    light = np.maximum(*sides)
    rgba = np.column_stack([light, np.ones(len(light))]).astype(np.float32)
    return MeshPart(vertices.astype(np.float32), triangles.astype(np.int32), rgba=rgba)


def _mean_radiance(mi, traced, scene, vertices, triangles, normals, around, samples: int) -> np.ndarray:
    order, first, count = around
    random, total = np.random.default_rng(5), np.zeros(vertices.shape)
    used = np.flatnonzero((count > 0) & _in_picture(vertices, scene))
    if not len(used):
        return total
    integrator = mi.load_dict({"type": "path", "max_depth": scene.bounces + 1})
    sampler = mi.load_dict({"type": "independent"})
    for number in range(samples):
        corner = order[first[used] + (random.random(len(used)) * count[used]).astype(int)]
        face = corner // 3
        # Anywhere in the third of the triangle that is the corner's own.
        a, b = np.sort(random.random((2, len(used))), axis=0)
        share = np.stack([1 - b, b - a, a], axis=1)
        share = np.take_along_axis(share, np.argsort(-share, axis=1), axis=1)
        points = (
            sum(share[:, k : k + 1] * vertices[triangles[face, (corner % 3 + k) % 3]] for k in range(3))
            + _OFF_M * normals[face]
        )
        sampler.seed(number, len(used))
        ray = mi.RayDifferential3f(_vector(mi, points, mi.Point3f), _vector(mi, -normals[face], mi.Vector3f))
        ray.maxt = np.inf
        light, _, _ = integrator.sample(traced, sampler, ray)
        total[used] += np.array(light).T
    return total / samples


def _in_picture(points_m: np.ndarray, scene: PosedScene) -> np.ndarray:
    """Which points (n, 3) the new view, or a lens's rim beside it, may see."""
    local = (points_m - scene.new_view[:3, 3]) @ scene.new_view[:3, :3]
    reach = 1.15 * np.array([WIDTH_PX, HEIGHT_PX]) / 2 / scene.fx_px
    return (local[:, 2] > 0) & (np.abs(local[:, :2]) < reach * local[:, 2:] + 0.1).all(axis=1)


def _vector(mi, values: np.ndarray, kind):
    return kind(*(mi.Float(axis.astype(np.float32)) for axis in values.T))
