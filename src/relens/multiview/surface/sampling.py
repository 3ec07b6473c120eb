"""Where on a ray to look: evenly first, then where the surface is."""

import torch
from jaxtyping import Float
from torch import Tensor

from relens.multiview.surface.density import laplace_density, weights_of
from relens.multiview.surface.field import SurfaceField
from relens.multiview.surface.grid import read_sdf_values

# Between two coarse samples the distance is taken as linear, and looked at this often.
_BETWEEN = 4
# A share of the fine samples lies anywhere, so that what has no weight yet can gain some.
_ANYWHERE = 0.1


@torch.no_grad()
def sample_distances(
    field: SurfaceField,
    origins: Float[Tensor, "n 3"],
    directions: Float[Tensor, "n 3"],
    coarse: int,
    fine: int,
    generator: torch.Generator | None,
) -> Float[Tensor, "n fine"]:
    """Sorted distances along rays (all in the box's unit), most where the surface is seen.

    Coarse ones are stratified over the box; the fine ones invert the cumulative weights. Without a generator all stand
    in the middle of their strata.
    """
    near, far = field.box.crossed(origins, directions)
    span = (far - near)[:, None]
    count = len(origins)
    at = near[:, None] + span * _strata(count, coarse, generator, origins)
    places = origins[:, None] + directions[:, None] * at[..., None]
    sdf = read_sdf_values(field.sdf_layout, field.sdf_grid, places.view(-1, 3), field.levels_shown()).view(at.shape)
    at, sdf = _between(at), _between(sdf)
    # No softer than needed to be met by a step, and no sharper: a surface between two steps must not be lost.
    soft = torch.maximum(field.beta, 0.5 * span / (coarse * _BETWEEN))
    weights = weights_of(laplace_density(sdf, soft), at)
    weights = weights + (_ANYWHERE * weights.sum(-1, keepdim=True) + 1e-4) / weights.shape[1]
    rising = torch.cumsum(weights, dim=1)
    wanted = _strata(count, fine, generator, origins) * rising[:, -1:]
    right = torch.searchsorted(rising, wanted.contiguous()).clamp(max=rising.shape[1] - 1)
    before = torch.where(right > 0, rising.gather(1, (right - 1).clamp(min=0)), torch.zeros_like(wanted))
    share = ((wanted - before) / weights.gather(1, right)).clamp(0, 1)
    edges = torch.cat([near[:, None], 0.5 * (at[:, 1:] + at[:, :-1]), far[:, None]], dim=1)
    low, high = edges.gather(1, right), edges.gather(1, right + 1)
    return low + share * (high - low)


def _strata(count: int, parts: int, generator: torch.Generator | None, like: Tensor) -> Float[Tensor, "n parts"]:
    low = torch.arange(parts, device=like.device, dtype=like.dtype)
    if generator is None:
        return ((low + 0.5) / parts).expand(count, parts)
    return (low + torch.rand(count, parts, generator=generator, device=like.device)) / parts


def _between(values: Float[Tensor, "n s"]) -> Float[Tensor, "n more"]:
    """Values and, evenly between each two, `_BETWEEN` - 1 more."""
    share = torch.arange(_BETWEEN, device=values.device, dtype=values.dtype) / _BETWEEN
    parts = values[:, :-1, None] + (values[:, 1:] - values[:, :-1])[..., None] * share
    return torch.cat([parts.flatten(1), values[:, -1:]], dim=1)
