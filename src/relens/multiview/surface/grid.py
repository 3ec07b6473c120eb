"""Reading grids with gradients for training: compiled kernels on the CPU, plain torch elsewhere."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from relens.multiview.surface import grid_kernels as kernels
from relens.multiview.surface.grid_layout import GridLayout
from relens.multiview.surface.grid_reference import features_reference, sdf_reference

# Points that are worth a thread of their own.
_LEAST_POINTS = 2048
_threads = ThreadPoolExecutor(8, thread_name_prefix="relens-grid")


def read_sdf(
    layout: GridLayout, grid: Float[Tensor, " nodes"], places: Float[Tensor, "n 3"], shown: tuple[float, ...]
) -> tuple[Float[Tensor, " n"], Float[Tensor, "n 3"]]:
    """The sum of all levels at places and its gradient by the place, both differentiable by the grid (not the place).

    Backwards one scatter serves value and gradient: no second derivative of a network is needed.
    """
    if grid.device.type != "cpu":
        return sdf_reference(layout, grid, places, shown)
    return _Sdf.apply(grid, places, layout, shown)  # type: ignore[return-value]


def read_sdf_values(
    layout: GridLayout, grid: Float[Tensor, " nodes"], places: Float[Tensor, "n 3"], shown: tuple[float, ...]
) -> Float[Tensor, " n"]:
    """The sum of all levels at places, without gradients."""
    with torch.no_grad():
        if grid.device.type != "cpu":
            return sdf_reference(layout, grid, places, shown)[0]
        value = torch.empty(len(places))
        _read(layout, grid, places, shown, value.numpy(), np.empty((0, 3), np.float32))
        return value


def read_features(
    layout: GridLayout, grid: Float[Tensor, "nodes channels"], places: Float[Tensor, "n 3"]
) -> Float[Tensor, "n levels channels"]:
    """Each level's features at places, differentiable by the grid."""
    if grid.device.type != "cpu":
        return features_reference(layout, grid, places)
    return _Features.apply(grid, places, layout)  # type: ignore[return-value]


def _in_parts(count: int, work: Callable[[slice], None]) -> None:
    """Work on all points, in as many parts as torch has threads; the parts do not depend on each other."""
    parts = max(1, min(torch.get_num_threads(), count // _LEAST_POINTS, 8))
    bounds = np.linspace(0, count, parts + 1).astype(int)
    slices = [slice(int(low), int(high)) for low, high in pairwise(bounds)]
    _side_by_side([lambda part=part: work(part) for part in slices])


def _side_by_side(works: list[Callable[[], Any]]) -> None:
    others = [_threads.submit(work) for work in works[1:]] if torch.get_num_threads() > 1 else []
    works[0]()
    if others:
        for other in others:
            other.result()
    else:
        for work in works[1:]:
            work()


def _read(
    layout: GridLayout,
    grid: Tensor,
    places: Tensor,
    shown: tuple[float, ...],
    value: np.ndarray,
    gradient: np.ndarray,
) -> None:
    first, cells, scale = layout.arrays
    at, nodes, share = places.detach().numpy(), grid.detach().numpy(), np.array(shown, np.float32)
    _in_parts(
        len(at),
        lambda part: kernels.read_sdf(at[part], nodes, first, cells, scale, share, value[part], gradient[part]),
    )


def _gathering(grid: Tensor) -> tuple[Tensor, Tensor | None]:
    """Where a grid's gradient is to be added, and what the backward pass returns.

    A grid that already has a gradient gains there at once: a new row of zeros, as long as the grid, for every read
    would cost more than the read.
    """
    if grid.grad is not None:
        return grid.grad, None
    out = torch.zeros_like(grid, requires_grad=False)
    return out, out


class _Sdf(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, grid: Tensor, places: Tensor, layout: GridLayout, shown: tuple[float, ...]) -> Any:
        value, gradient = torch.empty(len(places)), torch.empty(len(places), 3)
        _read(layout, grid, places, shown, value.numpy(), gradient.numpy())
        ctx.save_for_backward(places)
        ctx.layout, ctx.shown, ctx.grid = layout, shown, grid
        return value, gradient

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (places,) = ctx.saved_tensors
        value, gradient = (grad.contiguous().numpy() for grad in grads)
        out, returned = _gathering(ctx.grid)
        first, cells, scale = ctx.layout.arrays
        share = np.array(ctx.shown, np.float32)
        # A level a thread: the sums of a level are always added in the same order.
        _side_by_side(
            [
                lambda level=level: kernels.add_sdf(
                    places.numpy(), out.numpy(), first, cells, scale, share, level, value, gradient
                )
                for level in reversed(range(len(first)))
            ]
        )
        return returned, None, None, None


class _Features(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, grid: Tensor, places: Tensor, layout: GridLayout) -> Tensor:
        out = torch.empty(len(places), len(layout.cells), grid.shape[1])
        first, cells, scale = layout.arrays
        at, nodes, found = places.numpy(), grid.detach().numpy(), out.numpy()
        _in_parts(len(at), lambda part: kernels.read_features(at[part], nodes, first, cells, scale, found[part]))
        ctx.save_for_backward(places)
        ctx.layout, ctx.grid = layout, grid
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (places,) = ctx.saved_tensors
        features = grads[0].contiguous().numpy()
        out, returned = _gathering(ctx.grid)
        first, cells, scale = ctx.layout.arrays
        _side_by_side(
            [
                lambda level=level: kernels.add_features(
                    places.numpy(), out.numpy(), first, cells, scale, level, features
                )
                for level in reversed(range(len(first)))
            ]
        )
        return returned, None, None
