"""TouchedAdam: Adam for grids of which a step touches few nodes."""

import numpy as np
import torch
from torch import Tensor, nn

from relens.multiview.surface.grid_kernels import step_touched
from relens.multiview.surface.grid_layout import GridLayout

_MEAN_KEPT, _SQUARE_KEPT, _TINY = 0.9, 0.99, 1e-15


class TouchedAdam:
    """Adam that moves only what has a gradient, and leaves the running means of the rest as they are.

    A node that no ray came near keeps its value and its momentum: with Adam as it is, the grids would drift on long
    after a ray has passed, and each step would read and write seven numbers a node instead of one. No correction for
    the first steps: with these shares a node's first step has the length of the rate.
    """

    def __init__(self, grids: tuple[nn.Parameter, ...], layouts: tuple[GridLayout, ...]) -> None:
        self.grids, self.layouts = grids, layouts
        self.mean = [torch.zeros_like(grid, requires_grad=False) for grid in grids]
        self.square = [torch.zeros_like(grid, requires_grad=False) for grid in grids]
        for grid in grids:
            grid.grad = torch.zeros_like(grid, requires_grad=False)

    @torch.no_grad()
    def step(self, rates: tuple[tuple[float, ...], ...]) -> None:
        """One step, a rate for each level of each grid; the gradients are 0 afterwards."""
        for grid, layout, mean, square, levels in zip(
            self.grids, self.layouts, self.mean, self.square, rates, strict=True
        ):
            assert grid.grad is not None
            for level, rate in enumerate(levels):
                nodes = slice(layout.first[level], layout.first[level] + layout.nodes(level))
                parts = (grid.detach()[nodes], grid.grad[nodes], mean[nodes], square[nodes])
                if grid.device.type == "cpu":
                    value, slope, first, second = (part.view(-1).numpy() for part in parts)
                    said = np.array([rate, _MEAN_KEPT, _SQUARE_KEPT, _TINY], np.float32)
                    step_touched(value, slope, first, second, said[0], said[1], said[2], said[3])
                else:
                    value, slope, first, second = parts
                    _step_touched(value, slope, first, second, rate)

    def state(self) -> dict[str, list[Tensor]]:
        """What a checkpoint keeps."""
        return {"mean": self.mean, "square": self.square}

    def load(self, state: dict[str, list[Tensor]]) -> None:
        """The inverse of `state`."""
        for name, kept in (("mean", self.mean), ("square", self.square)):
            for one, saved in zip(kept, state[name], strict=True):
                one.copy_(saved)


def _step_touched(grid: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, rate: float) -> None:
    touched = gradient != 0
    mean.copy_(torch.where(touched, _MEAN_KEPT * mean + (1 - _MEAN_KEPT) * gradient, mean))
    square.copy_(torch.where(touched, _SQUARE_KEPT * square + (1 - _SQUARE_KEPT) * gradient.square(), square))
    grid.sub_(torch.where(touched, rate * mean / (square.sqrt() + _TINY), torch.zeros_like(mean)))
    gradient.zero_()
