"""The grids in plain torch: what the compiled kernels compute, and what CUDA runs."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from relens.multiview.surface.grid_layout import GridLayout

# The eight corners of a cell, z fastest.
_CORNERS = tuple((x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1))


def corners_of(
    layout: GridLayout, level: int, places: Float[Tensor, "n 3"]
) -> tuple[Int[Tensor, "n 8"], Float[Tensor, "n 8"], Float[Tensor, "n 8 3"]]:
    """The nodes around places in one level, their trilinear weights, and the gradients of these by the place."""
    cells = torch.tensor(layout.cells[level], device=places.device)
    at = (places * layout.scale[level]).clamp(min=0).minimum(cells.to(places.dtype))
    cell = at.long().minimum(cells - 1)
    after = at - cell.to(at.dtype)
    stride = torch.tensor(layout.strides(level), device=places.device)
    picks = torch.tensor(_CORNERS, device=places.device)
    nodes = layout.first[level] + ((cell[:, None] + picks) * stride).sum(-1)
    weight = torch.where(picks.bool(), after[:, None], 1 - after[:, None])
    x, y, z = weight.unbind(-1)
    sign = (2 * picks - 1).to(at.dtype) * layout.scale[level]
    slope = torch.stack([sign[:, 0] * y * z, sign[:, 1] * x * z, sign[:, 2] * x * y], dim=-1)
    return nodes, x * y * z, slope


def sdf_reference(
    layout: GridLayout, grid: Float[Tensor, " nodes"], places: Float[Tensor, "n 3"], shown: tuple[float, ...]
) -> tuple[Float[Tensor, " n"], Float[Tensor, "n 3"]]:
    """The sum of all levels, each times what is shown of it, and its gradient by the place."""
    value = grid.new_zeros(len(places))
    gradient = grid.new_zeros(len(places), 3)
    for level, share in enumerate(shown):
        if share:
            nodes, weight, slope = corners_of(layout, level, places)
            corner = grid[nodes] * share
            value = value + (corner * weight).sum(-1)
            gradient = gradient + (corner[..., None] * slope).sum(1)
    return value, gradient


def features_reference(
    layout: GridLayout, grid: Float[Tensor, "nodes channels"], places: Float[Tensor, "n 3"]
) -> Float[Tensor, "n levels channels"]:
    """Each level's features."""
    found = []
    for level in range(len(layout.cells)):
        nodes, weight, _ = corners_of(layout, level, places)
        found.append((grid[nodes] * weight[..., None]).sum(1))
    return torch.stack(found, dim=1)
