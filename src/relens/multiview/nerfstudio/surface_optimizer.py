"""The optimiser of `relens fit`'s surface, as one of nerfstudio's."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from nerfstudio.engine.optimizers import OptimizerConfig

from relens.multiview.surface.training import Training


def moved_by(parameters: list[torch.nn.Parameter], fit: Training) -> list[torch.nn.Parameter]:
    """Parameters that say which fit they are of: nerfstudio tells its optimisers nothing but parameters."""
    parameters[0].relens_fit = fit  # type: ignore[attr-defined]
    return parameters


class SurfaceOptimizer(torch.optim.Optimizer):
    """Moves a surface as `relens.multiview.surface.training.Training` does; `lr` is the share of its rates."""

    def __init__(self, params: Iterable[torch.nn.Parameter], lr: float, eps: float = 0.0) -> None:
        parameters = list(params)
        super().__init__(parameters, {"lr": lr})
        self._fit: Training = parameters[0].relens_fit  # type: ignore[attr-defined]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Of the networks; the grids' optimiser leaves gradients of 0 behind, in which they gather."""
        self._fit.small.zero_grad(set_to_none=set_to_none)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step."""
        self._fit._move(self.param_groups[0]["lr"])

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"grids": self._fit.grids.state(), "small": self._fit.small.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The inverse of `state_dict`."""
        self._fit.grids.load(state_dict["grids"])
        self._fit.small.load_state_dict(state_dict["small"])


@dataclass
class SurfaceOptimizerConfig(OptimizerConfig):
    """For a SurfaceField."""

    _target: type = field(default_factory=lambda: SurfaceOptimizer)
    lr: float = 1.0
    """Share of the rates of the surface's settings."""
