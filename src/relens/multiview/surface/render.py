"""Volume rendering of a surface field (VolSDF, with DebSDF's correction)."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from relens.multiview.surface.density import curvature_along, laplace_density, stretch_along, weights_of
from relens.multiview.surface.field import UNSURE_DEPTH, UNSURE_NORMAL, SurfaceField
from relens.multiview.surface.grid import read_sdf
from relens.multiview.surface.rendered import Rendered
from relens.multiview.surface.sampling import sample_distances
from relens.multiview.surface.settings import SurfaceSettings

# Samples of less weight give no colour of their own worth the network.
_SEEN = 3e-4


def render(
    field: SurfaceField,
    origins_m: Float[Tensor, "n 3"],
    directions: Float[Tensor, "n 3"],
    settings: SurfaceSettings,
    step: int,
    generator: torch.Generator | None = None,
) -> Rendered:
    """What rays see.

    A sample costs the 8 corners of each SDF and uncertainty grid, and, where its weight counts, of each colour grid and
    a network of about 1,700 multiplications; a coarse sample only the SDF's corners.

    Args:
        field: what is seen.
        origins_m: (n, 3) where rays start.
        directions: (n, 3) unit vectors.
        settings: how many samples, and whether density is corrected.
        step: of the fit: the correction grows over the first half of the steps.
        generator: jitters the samples; without one they stand still.
    """
    origins = field.box.places(origins_m)
    at = sample_distances(field, origins, directions, settings.coarse_samples, settings.fine_samples, generator)
    places = origins[:, None] + directions[:, None] * at[..., None]
    flat = places.view(-1, 3)
    sdf, gradient = read_sdf(field.sdf_layout, field.sdf_grid, flat, field.levels_shown())
    sdf, gradients = sdf.view(at.shape), gradient.view(places.shape)
    normals = normalize(gradients, dim=-1, eps=1e-4)
    distance = sdf
    if settings.corrects_bias:
        distance = sdf * _stretch(sdf, normals, directions, at, settings, step)
    weights = weights_of(laplace_density(distance, field.beta), at)
    opacity = weights.sum(-1)
    depth = ((weights * at).sum(-1) + 1e-4 * at[:, -1]) / (opacity + 1e-4)
    seen_from = directions[:, None].expand_as(places)

    counts = weights.detach() > _SEEN
    counted = counts.nonzero(as_tuple=True)
    with torch.autocast(at.device.type, torch.float16, enabled=settings.mixed_precision and at.is_cuda):
        light = field.colour(places[counted].contiguous(), normals[counted].detach(), seen_from[counted])
        sky = field.sky(origins, directions)
    colour = torch.zeros_like(directions).index_add(0, counted[0], weights[counted][:, None] * light)
    colour = colour + (1 - (weights * counts).sum(-1))[:, None] * sky

    fixed = weights.detach()
    left = 1 - fixed.sum(-1)
    doubts = [
        (fixed * doubt.view(at.shape)).sum(-1) + left * unsure
        for doubt, unsure in zip(field.uncertainty(flat), (UNSURE_DEPTH, UNSURE_NORMAL), strict=True)
    ]
    return Rendered(
        colour=colour,
        distance=depth * field.box.side_m,
        normal=normalize((weights[..., None] * normals).sum(1), dim=-1, eps=1e-4),
        opacity=opacity,
        depth_uncertainty=doubts[0],
        normal_uncertainty=doubts[1],
        weights=weights,
        points=field.box.points_m(places),
        gradients=gradients,
    )


@torch.no_grad()
def _stretch(
    sdf: Float[Tensor, "n s"],
    normals: Float[Tensor, "n s 3"],
    directions: Float[Tensor, "n 3"],
    at: Float[Tensor, "n s"],
    settings: SurfaceSettings,
    step: int,
) -> Float[Tensor, "n s"]:
    """The correction as a factor, without a gradient of its own; its power grows from 0 to 1."""
    cosine = (normals * directions[:, None]).sum(-1)
    # Finer bends than two cells of the finest grid are noise.
    curvature = curvature_along(cosine, at, 0.5 * settings.sdf_cells[-1])
    grown = min(1.0, 2 * step / settings.steps)
    return stretch_along(sdf, cosine, curvature).pow(grown)
