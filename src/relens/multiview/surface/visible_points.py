"""visible_points: where the light that rays see comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from relens.errors import MissingPackageError
from relens.multiview.surface.surface_fit import SurfaceFit

if TYPE_CHECKING:
    from torch import Tensor

_RAYS_AT_ONCE = 1 << 13


def visible_points(fit: SurfaceFit, origins_m: Any, directions: Any, count: int) -> tuple[Tensor, Tensor]:
    """The samples along rays that weigh most in what is seen.

    Args:
        fit: the surface.
        origins_m: (n, 3) where rays start, world frame; an array or a tensor.
        directions: (n, 3) unit vectors.
        count: samples a ray, at most the fine samples of the fit's settings.

    Returns: points (n, count, 3) in metres and weights (n, count), highest first; what is missing to 1 is other samples
    and what lies beyond the box. Tensors on the fit's device, without gradients, the same at every call.

    Raises MissingPackageError without torch.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingPackageError("torch", "a fitted surface", "pip install 'relens[fit]'") from error
    from relens.multiview.surface.losses import weightiest

    device = fit.field.sdf_grid.device
    eyes, ways = (
        torch.as_tensor(np.asarray(one) if not torch.is_tensor(one) else one, dtype=torch.float32, device=device)
        for one in (origins_m, directions)
    )
    found = []
    with torch.no_grad():
        for start in range(0, max(len(eyes), 1), _RAYS_AT_ONCE):
            part = slice(start, start + _RAYS_AT_ONCE)
            rendered = fit.field.render(eyes[part], ways[part], fit.settings, fit.settings.steps)
            found.append(weightiest(rendered.points, rendered.weights, count))
    points, weights = zip(*found, strict=True)
    return torch.cat(points), torch.cat(weights)
