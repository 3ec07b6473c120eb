"""The zero of a signed distance field as triangles, read only where it can be."""

import numpy as np
import torch
from jaxtyping import Float32, Int32

from relens.multiview.surface.field import SurfaceField

# Nodes along a block's side. A block is read where its middle is nearer to the surface than this many half diagonals:
# fitted distances are steeper than 1 here and there.
_BLOCK, _REACH = 8, 2.0
_POINTS_AT_ONCE = 1 << 19


@torch.no_grad()
def zero_level(field: SurfaceField, cells: int) -> tuple[Float32[np.ndarray, "n 3"], Int32[np.ndarray, "m 3"]]:
    """Vertices in metres and triangles, (b - a) x (c - a) into free space; none where the distance has no zero.

    Memory: 5 bytes a node of the whole grid; the field itself is read in the blocks near the surface alone, some
    percent of them.
    """
    from skimage.measure import marching_cubes

    side_m = field.box.side_m / cells
    blocks = [max(1, -(-int(np.ceil(cells * part)) // _BLOCK)) for part in field.box.extent]
    corner = np.stack(np.meshgrid(*(np.arange(count) for count in blocks), indexing="ij"), -1).reshape(-1, 3) * _BLOCK
    middle = field_at(field, corner + _BLOCK / 2, side_m)
    crossed = np.abs(middle) < _REACH * _BLOCK * side_m * 3**0.5 / 2
    shape = tuple(count * _BLOCK + 1 for count in blocks)
    volume, asked = np.ones(shape, np.float32), np.zeros(shape, bool)
    inside = np.stack(np.meshgrid(*[np.arange(_BLOCK + 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
    many = max(1, _POINTS_AT_ONCE // len(inside))
    for start in range(0, int(crossed.sum()), many):
        nodes = (corner[crossed][start : start + many, None] + inside).reshape(-1, 3)
        x, y, z = nodes.T
        volume[x, y, z], asked[x, y, z] = field_at(field, nodes, side_m), True
    # A cell takes part only where all its corners were read.
    whole = asked.copy()
    for axis in range(3):
        near = [slice(None)] * 3
        far = [slice(None)] * 3
        near[axis], far[axis] = slice(None, -1), slice(1, None)
        whole[tuple(near)] &= whole[tuple(far)]
    if not (volume[asked] < 0).any() or not (volume[asked] > 0).any():
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
    vertices, faces, _, _ = marching_cubes(volume, 0.0, mask=whole, gradient_direction="descent")
    vertices_m = vertices * side_m + np.array(field.box.least_m)
    # A surface that leaves the box is cut there, not turned around: what lies beyond was never fitted.
    high = np.array(field.box.least_m) + np.array(field.box.extent) * field.box.side_m
    kept = (vertices_m[faces] <= high + 1e-6 * field.box.side_m).all(axis=(1, 2))
    return vertices_m.astype(np.float32), faces[kept].astype(np.int32)


@torch.no_grad()
def on_zero(field: SurfaceField, points_m: Float32[np.ndarray, "n 3"], steps: int) -> Float32[np.ndarray, "n 3"]:
    """Points moved onto the zero near them: Newton's steps along the gradient, none longer than a finest cell."""
    device = field.sdf_grid.device
    moved = torch.from_numpy(points_m).to(device)
    most_m = field.box.side_m / field.sdf_layout.finest[-1]
    for _ in range(steps):
        value, gradient = field.sdf_and_gradient(moved)
        length = gradient.norm(dim=-1).clamp(min=0.2)
        moved = moved - (value / length).clamp(-most_m, most_m)[:, None] * gradient / length[:, None]
    return moved.cpu().numpy().astype(np.float32)


def field_at(field: SurfaceField, nodes: np.ndarray, side_m: float) -> np.ndarray:
    """Signed distance in metres at nodes of a grid of this side."""
    points_m = torch.from_numpy((nodes * side_m + np.array(field.box.least_m)).astype(np.float32))
    return field.sdf(points_m.to(field.sdf_grid.device)).cpu().numpy()
