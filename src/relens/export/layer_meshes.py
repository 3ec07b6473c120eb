"""The meshes of a scene's layers: seen, torn at depth discontinuities, and simplified to a number of triangles."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from jaxtyping import Int32

from relens.errors import RelensError
from relens.export.export_mesh import ExportMesh, LayerMesh
from relens.export.grid import Grid, Limits, beyond_texels, grid_of
from relens.export.normals import vertex_normals
from relens.export.simplify import Lattice, lattice_of, triangles_of
from relens.export.texture import page_of
from relens.progress import Progress, silent
from relens.ranges import number, whole
from relens.scene import Layer, Scene

DEFAULT_TRIANGLES = 500_000
# A target is met when the count is between this share of it and all of it.
_CLOSE = 0.97
_MOST_TRIES = 8
# Light this far above white is worth a note, where so much of the page has it.
_CLIPPED, _CLIPPED_SHARE = 1.01, 1e-3
# More would hold more temporaries the size of a page at a time.
_THREADS = 2


def layer_meshes(
    scene: Scene,
    *,
    triangles: int | None = DEFAULT_TRIANGLES,
    outline_px: float = 4.0,
    texture_px: int | None = None,
    limits: Limits | None = None,
    progress: Progress = silent,
) -> ExportMesh:
    """A triangle mesh for each visible layer of a scene, with its canonical page as texture.

    Every square of four texel centres with a corner that is not clear is covered, unless it is torn or at infinity
    (`Limits`). Where the surface allows, squares are merged: the same error (of depth, as a share of the distance,
    times the triangle's size) is spent on all layers, so that the triangles go where there is form. All vertices are
    texel centres, with the layer's own depth and texture coordinates. Triangles may reach over clear texels, which show
    nothing; none is all clear, but for pieces of one that is cut off at the edge of the page or of what is visible.

    Args:
        scene: the layers.
        triangles: at most so many, of all layers together, unless outlines and tears alone need more, and a note says
            so; None for as many as give every texel its own depth.
        outline_px: how far, in texels, triangles may reach beyond the squares with a corner that is not clear. It
            grows, and a note says so, where the outline alone would need more than half of the triangles.
        texture_px: pages are reduced to so many texels on the longer side; None keeps them.
        limits: what is surface; the default for None.
        progress: told how far the work is.

    Raises RelensError when nothing is visible, ValueRangeError for numbers out of range.
    """
    limits = limits or Limits()
    if triangles is not None:
        whole("triangles", triangles, "a whole number, 1 or more", 1)
    number("outline_px", outline_px, "1 to 1024 texels", 1, 1024)
    if texture_px is not None:
        whole("texture_px", texture_px, "16 texels or more", 16)
    progress("mesh", 0.0)
    found = [(layer, grid_of(layer, scene.camera.intrinsics, limits)) for layer in scene.layers]
    found = [(layer, grid) for layer, grid in found if grid]
    if not found:
        raise RelensError(
            "the scene has no visible surface to export; lift the photo again, or raise infinity_m or steepest_deg"
        )
    progress("mesh", 0.2)
    lattices, tolerance, notes = _simplest([grid for _, grid in found], triangles, outline_px)
    progress("mesh", 0.5)
    parts = [
        (layer, grid, _texels(triangles_of(lattice, tolerance), lattice))
        for (layer, grid), lattice in zip(found, lattices, strict=True)
    ]
    del lattices
    progress("mesh", 0.6)
    with ThreadPoolExecutor(_THREADS) as pool:
        meshes = tuple(pool.map(lambda part: _mesh(scene, part[0], part[1], part[2], texture_px), parts))
    if beyond := sum(beyond_texels(layer, limits) for layer in scene.layers):
        notes.append(limits.note(f"{beyond} texels"))
    notes += [note for layer, _ in found for note in _clipped(layer)]
    progress("mesh", 1.0)
    return ExportMesh(scene.camera, meshes, tuple(notes))


def _simplest(grids: list[Grid], target: int | None, outline_px: float) -> tuple[list[Lattice], float, list[str]]:
    """Lattices, the least tolerance that keeps to the target, one for all of them, and notes."""
    # A triangle is no longer than the diagonal of its square.
    side = 1 << max(0, math.floor(math.log2(outline_px / math.sqrt(2)) + 1e-9)) if target else 1
    asked = side
    while True:
        lattices = [lattice_of(grid, side) for grid in grids]
        if target is None:
            return lattices, 0.0, []
        outline_cuts = sum(lattice.outline_cuts for lattice in lattices)
        if 2 * outline_cuts <= target / 2 or side >= max(lattice.root_px for lattice in lattices):
            break
        side *= 2
    tolerance, count = _tolerance(lattices, target)
    notes = []
    if side > asked:
        reach_px = side * math.sqrt(2)
        notes.append(f"outlines reach up to {reach_px:.0f} texels over clear ones, to keep to {target} triangles")
    if count > target:
        notes.append(f"{count} triangles: outlines and tears need more than {target}; raise steepest_deg for less")
    elif tolerance > 0:
        notes.append(f"simplified to the {target} triangles allowed; more of them keep more form")
    return lattices, tolerance, notes


def _tolerance(lattices: list[Lattice], target: int) -> tuple[float, int]:
    """The least tolerance found that keeps to the target, and the count that it gives.

    Outlines and tears are always cut.
    """
    errors = np.concatenate([np.zeros(1, np.float32), *(lattice.error[lattice.error > 0] for lattice in lattices)])
    must = int(np.isinf(errors).sum())
    # From the greatest on: cutting so many leaves the next as the tolerance. Clear and torn triangles do not count, so
    # that more cuts than half the target may be allowed.
    most = min(len(errors), must + 2 * target + 1)
    ranked = np.sort(np.partition(errors, len(errors) - most)[len(errors) - most :])[::-1]

    def count_at(cuts: int) -> int:
        return sum(len(triangles_of(lattice, float(ranked[cuts]))) for lattice in lattices)

    low, high = must, len(ranked)
    least = best = count_at(low)
    # A cut adds two triangles at most.
    cuts = must + (target - least) // 2
    for _ in range(_MOST_TRIES):
        if best >= _CLOSE * target or high - low <= 1:
            break
        cuts = min(cuts, len(ranked) - 1)
        cuts = cuts if low < cuts < high else (low + high) // 2
        count = count_at(cuts)
        if count <= target:
            low, best = cuts, count
        else:
            high = cuts
        cuts = must + int((cuts - must) * (0.99 * target - least) / max(1, count - least))
    return float(ranked[low]), best


def _texels(
    faces: Int32[np.ndarray, "m 3"], lattice: Lattice
) -> tuple[Int32[np.ndarray, "m 3"], Int32[np.ndarray, "n 2"]]:
    """Triangles, and their vertices (row, column in the grid)."""
    is_used = np.zeros(lattice.error.size, bool)
    is_used[faces.ravel()] = True
    used = is_used.nonzero()[0].astype(np.int32)
    index = np.zeros(lattice.error.size, np.int32)
    index[used] = np.arange(len(used), dtype=np.int32)
    return index[faces], np.stack(np.divmod(used, np.int32(lattice.shape[1])), axis=-1)


def _mesh(
    scene: Scene,
    layer: Layer,
    grid: Grid,
    shape: tuple[Int32[np.ndarray, "m 3"], Int32[np.ndarray, "n 2"]],
    texture_px: int | None,
) -> LayerMesh:
    triangles, texels = shape
    k = scene.camera.intrinsics
    centre = texels[:, ::-1] + np.array([grid.column, grid.row]) + 0.5
    inverse_depth = grid.inverse_depth[texels[:, 0], texels[:, 1]].astype(np.float64)
    pixels = np.column_stack([centre - scene.border_px, inverse_depth])
    height, width = layer.inverse_depth.shape
    return LayerMesh(
        layer.name,
        scene.camera.unproject(pixels).astype(np.float32),
        vertex_normals(pixels, triangles, k),
        (centre / [width, height]).astype(np.float32),
        triangles,
        page_of(layer.rgba, texture_px),
    )


def _clipped(layer: Layer) -> list[str]:
    seen = layer.rgba[..., 3] > 0
    above = layer.rgba[..., :3].max(axis=-1) > _CLIPPED * layer.rgba[..., 3]
    share = np.count_nonzero(above & seen) / max(1, np.count_nonzero(seen))
    if share < _CLIPPED_SHARE:
        return []
    return [f"layer {layer.name}: light above white, {share:.1%} of its texels, is clipped; 8 bits cannot hold it"]
