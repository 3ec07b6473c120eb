"""mesh_of: a fitted surface as triangles."""

import numpy as np
from jaxtyping import Bool, Float32, Int32

from relens.errors import MissingPackageError, RelensError
from relens.mesh import MeshPart
from relens.multiview.photo_set import PhotoSet
from relens.multiview.surface.surface_fit import SurfaceFit

# Pieces of less than this share of the largest one's area are crumbs.
_CRUMB = 0.002
# A vertex counts as seen by a camera that meets the mesh at most this many cells before it.
_HIDDEN_CELLS = 1.5
# What is seen grows by so many rings of triangles, so that no crack shows where two views meet.
_RINGS = 2
_COLOURED_AT_ONCE = 1 << 16


def mesh_of(
    fit: SurfaceFit,
    photos: PhotoSet,
    *,
    cells: int | None = None,
    triangles: int = 200_000,
    removes_unseen: bool = True,
) -> MeshPart:
    """The zero level of a fitted signed distance, where the photos see it.

    Marching cubes on a grid whose blocks are read only where the surface can cross them; vertices are moved onto the
    distance's own zero; small pieces and what no camera sees are left out; quadric simplification. Vertices have the
    colour that the nearest camera before them sees.

    Args:
        fit: the surface.
        photos: whose cameras see it.
        cells: along the box's longest side; those of the finest grid, half as many again, when left out.
        triangles: at most so many.
        removes_unseen: leave out what no camera sees.

    Returns: triangles whose (b - a) x (c - a) points into free space.

    Raises RelensError where there is no surface; MissingPackageError without open3d or scikit-image.
    """
    try:
        import open3d  # noqa: F401
        import skimage  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(error.name or "open3d", "a fit's mesh", "pip install 'relens[fit]'") from error
    from relens.multiview.surface.level_set import on_zero, zero_level

    cells = cells or int(1.5 * fit.settings.sdf_cells[-1])
    vertices_m, faces = zero_level(fit.field, cells)
    if not len(faces):
        raise RelensError("the fit has no surface in its box; were the photos' poses right?")
    vertices_m = on_zero(fit.field, vertices_m, steps=2)
    cell_m = fit.field.box.side_m / cells
    if removes_unseen:
        faces = _grown(faces, _seen(vertices_m, faces, photos, _HIDDEN_CELLS * cell_m), len(vertices_m))
    faces = faces[_large(vertices_m, faces)] if len(faces) else faces
    if not len(faces):
        raise RelensError("no camera sees the fitted surface; were the photos' poses right?")
    vertices_m, faces = _simplified(vertices_m, faces, triangles)
    return MeshPart(vertices_m, faces, rgba=_colours(fit, vertices_m, photos))


def _seen(
    vertices_m: Float32[np.ndarray, "n 3"], faces: Int32[np.ndarray, "m 3"], photos: PhotoSet, slack_m: float
) -> Bool[np.ndarray, " m"]:
    """Which triangles' middles some fitted camera sees."""
    import open3d

    tensor = open3d.core.Tensor.from_numpy
    tracer = open3d.t.geometry.RaycastingScene()
    tracer.add_triangles(tensor(np.ascontiguousarray(vertices_m)), tensor(faces.astype(np.uint32)))
    middles = vertices_m[faces].mean(axis=1)
    seen = np.zeros(len(faces), bool)
    for photo in photos.fitted:
        k = photo.camera.intrinsics
        pixels = photo.camera.project(middles)
        inside = (pixels[:, 2] > 0) & (pixels[:, 0] > 0) & (pixels[:, 0] < k.width_px)
        inside &= (pixels[:, 1] > 0) & (pixels[:, 1] < k.height_px)
        asked = np.flatnonzero(inside & ~seen)
        eye_m = photo.camera.eye_m.astype(np.float32)
        way = middles[asked] - eye_m
        length = np.linalg.norm(way, axis=1, keepdims=True)
        rays = np.concatenate([np.broadcast_to(eye_m, way.shape), way / length], axis=1).astype(np.float32)
        hit = tracer.cast_rays(tensor(rays))["t_hit"].numpy()
        seen[asked[hit > length[:, 0] - slack_m]] = True
    return seen


def _grown(faces: np.ndarray, kept: np.ndarray, vertices: int) -> np.ndarray:
    """The faces kept, and `_RINGS` rings of neighbours."""
    for _ in range(_RINGS):
        touched = np.zeros(vertices, bool)
        touched[faces[kept]] = True
        kept = np.asarray(touched[faces].any(axis=1))
    return faces[kept]


def _large(vertices_m: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Which faces belong to pieces that are not crumbs."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    size = len(vertices_m)
    joined = coo_array((np.ones(len(edges), bool), (edges[:, 0], edges[:, 1])), shape=(size, size))
    piece = connected_components(joined, directed=False)[1][faces[:, 0]]
    a, b, c = (vertices_m[faces[:, corner]] for corner in range(3))
    area = np.bincount(piece, np.linalg.norm(np.cross(b - a, c - a), axis=1))
    return area[piece] >= _CRUMB * area.max()


def _simplified(vertices_m: np.ndarray, faces: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    import open3d

    mesh = open3d.geometry.TriangleMesh(
        open3d.utility.Vector3dVector(vertices_m.astype(np.float64)), open3d.utility.Vector3iVector(faces)
    )
    mesh.remove_unreferenced_vertices()
    if len(faces) > most:
        mesh = mesh.simplify_quadric_decimation(most)
        mesh.remove_degenerate_triangles()
        mesh.remove_unreferenced_vertices()
    return np.asarray(mesh.vertices, np.float32), np.asarray(mesh.triangles, np.int32)


def _colours(fit: SurfaceFit, vertices_m: np.ndarray, photos: PhotoSet) -> Float32[np.ndarray, "n 4"]:
    """Each vertex as the camera sees it that looks at it most directly, as far as the normal tells."""
    import torch
    from torch.nn.functional import normalize

    field = fit.field
    device = field.sdf_grid.device
    eyes_m = torch.tensor(np.stack([p.camera.eye_m for p in photos.fitted]), dtype=torch.float32, device=device)
    rgba = np.ones((len(vertices_m), 4), np.float32)
    for start in range(0, len(vertices_m), _COLOURED_AT_ONCE):
        part = slice(start, start + _COLOURED_AT_ONCE)
        points_m = torch.from_numpy(vertices_m[part]).to(device)
        with torch.no_grad():
            normals = normalize(field.sdf_and_gradient(points_m)[1], dim=-1)
            towards = normalize(eyes_m - points_m[:, None], dim=-1)
            best = (towards * normals[:, None]).sum(-1).argmax(1)
            ways = -towards[torch.arange(len(best), device=device), best]
            light = field.colour(field.box.places(points_m).contiguous(), normals, ways)
        rgba[part, :3] = light.clamp(min=0).cpu().numpy()
    return rgba
