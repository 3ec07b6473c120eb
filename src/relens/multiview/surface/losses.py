"""What a surface field is trained for (after DebSDF, sections 3.1 to 3.4)."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from relens.multiview.surface.field import SurfaceField
from relens.multiview.surface.grid import read_sdf
from relens.multiview.surface.ray_bank import Target
from relens.multiview.surface.rendered import Rendered
from relens.multiview.surface.settings import SurfaceSettings

# Under this share of the exposure, colours are compared as they are.
_DARK = 0.01
# Neighbours whose normals are compared are so many of the finest cells apart.
_NEIGHBOUR_CELLS = 1.0
# Residuals of priors beyond are as bad as any.
_MOST_DEPTH = 1.0


def encoded(linear: Float[Tensor, "n 3"], exposure: float) -> Float[Tensor, "n 3"]:
    """Linear light on a scale that is roughly even for the eye, 1 for the exposure."""
    shifted = (linear.clamp(min=0) / exposure + _DARK) ** (1 / 2.2)
    dark, bright = _DARK ** (1 / 2.2), (1 + _DARK) ** (1 / 2.2)
    return (shifted - dark) / (bright - dark)


def surface_loss(
    rendered: Rendered,
    target: Target,
    field: SurfaceField,
    settings: SurfaceSettings,
    step: int,
    generator: torch.Generator | None = None,
) -> dict[str, Tensor]:
    """The terms, weighted; their sum is what a step lowers.

    | term | of | weighed by 1 / (N p) |
    |---|---|---|
    | colour | mean of the absolute difference, on a scale even for the eye | no: guidance is meant to weigh there |
    | depth, normal | the priors: all in the start phase; then the first half of the batch, where they are sure | yes |
    | depth_doubt, normal_doubt | the uncertainties: the second half of the batch, geometry held | yes |
    | eikonal | (|gradient| - 1)^2 near the surface and anywhere | no: any points do |
    | smooth | difference of neighbouring normals, where the priors are sure | no |
    | mask | opacity against the mask | yes |
    | align | scales and shifts of the priors, kept near 1 and 0 | |

    The weights make a term the mean over all pixels, however rays were drawn. Priors need that, since guided rays are
    those where they are worst, and so do the uncertainties, since they decide what is drawn. Colours do not: where
    structure is unsure they are what tells it, and all pixels can be met at once.
    """
    weight = target.weight
    on_subject = torch.where(target.subject.isnan(), 1.0, target.subject)
    difference = (encoded(rendered.colour, field.exposure) - encoded(target.colour, field.exposure)).abs().mean(-1)
    terms = {"colour": settings.colour_weight * (on_subject * difference).mean()}
    if settings.uses_priors:
        terms |= _prior_terms(rendered, target, field, settings, step)
        terms["align"] = 0.1 * (field.prior_log_scale.square().mean() + field.prior_shift.square().mean())
    if settings.mask_weight and not bool(target.subject.isnan().all()):
        opacity = rendered.opacity.clamp(1e-4, 1 - 1e-4)
        entropy = -(on_subject * opacity.log() + (1 - on_subject) * (1 - opacity).log())
        known = (~target.subject.isnan()).to(weight.dtype)
        terms["mask"] = settings.mask_weight * (weight * known * entropy).mean()
    return terms | _shape_terms(rendered, field, settings, step, generator)


@dataclass(frozen=True)
class Residuals:
    """How far rendered and prior are apart; NaN-free, with what is known.

    Attributes:
        depth: (n,) |rendered / prior - 1| of z-depth, the prior's scale and shift applied.
        normal: (n,) length of the difference of unit normals.
        knows_depth, knows_normal: (n,) 1 where the prior says something and something is seen.
    """

    depth: Float[Tensor, " n"]
    normal: Float[Tensor, " n"]
    knows_depth: Float[Tensor, " n"]
    knows_normal: Float[Tensor, " n"]


def residuals(rendered: Rendered, target: Target, field: SurfaceField) -> Residuals:
    """How far what is rendered is from the priors."""
    seen = rendered.opacity.detach() > 0.5
    knows_depth = (target.inverse_depth > 0) & seen
    prior = torch.where(knows_depth, target.inverse_depth, 1.0)
    scale = field.prior_log_scale[target.photo].exp()
    aligned = (prior * scale + field.prior_shift[target.photo] / field.box.side_m).clamp(min=1e-6)
    depth = (rendered.distance * target.axis_cosine * aligned - 1).abs().clamp(max=_MOST_DEPTH)
    knows_normal = target.normal.isfinite().all(-1) & seen
    normal = torch.where(knows_normal[:, None], target.normal, rendered.normal.detach())
    apart = (rendered.normal - normal).square().sum(-1)
    return Residuals(depth, (apart + 1e-6).sqrt(), knows_depth.to(depth.dtype), knows_normal.to(depth.dtype))


def _prior_terms(
    rendered: Rendered, target: Target, field: SurfaceField, settings: SurfaceSettings, step: int
) -> dict[str, Tensor]:
    apart = residuals(rendered, target, field)
    weight = target.weight
    parts = {
        "depth": (apart.depth, apart.knows_depth, rendered.depth_uncertainty, settings.depth_weight),
        "normal": (apart.normal, apart.knows_normal, rendered.normal_uncertainty, settings.normal_weight),
    }
    sure = {"depth": settings.sure_depth, "normal": settings.sure_normal}
    terms = {}
    if not settings.learns_uncertainty:
        return {name: share * (weight * knows * off).mean() for name, (off, knows, _, share) in parts.items()}
    half = torch.arange(len(weight), device=weight.device) < len(weight) // 2
    starts = step < settings.start_share * settings.steps
    for name, (off, knows, doubt, share) in parts.items():
        held = doubt.detach()
        # As Laplace has it, |off| / U, but never more than the plain loss.
        trust = torch.ones_like(held) if starts else (held < sure[name]) / (held / (0.5 * sure[name])).clamp(min=1)
        terms[name] = share * 2 * (weight * half * knows * trust * off).mean()
        terms[name + "_doubt"] = 0.02 * 2 * (weight * ~half * knows * (doubt.log() + off.detach() / doubt)).mean()
    return terms


def _shape_terms(
    rendered: Rendered,
    field: SurfaceField,
    settings: SurfaceSettings,
    step: int,
    generator: torch.Generator | None,
) -> dict[str, Tensor]:
    """Unit gradients, and neighbouring normals alike, at each ray's weightiest sample and at random places."""
    points, _ = weightiest(rendered.points, rendered.weights.detach(), 1)
    places = field.box.places(points[:, 0])
    count = len(places)
    jitter = torch.randn(places.shape, generator=generator, device=places.device)
    neighbour = places + jitter * (_NEIGHBOUR_CELLS / settings.sdf_cells[-1])
    extent = torch.tensor(field.box.extent, device=places.device)
    anywhere = torch.rand(places.shape, generator=generator, device=places.device) * extent
    asked = torch.cat([places, neighbour, anywhere]).contiguous()
    _, gradient = read_sdf(field.sdf_layout, field.sdf_grid, asked, field.levels_shown())
    slope = (gradient.square().sum(-1) + 1e-8).sqrt() - 1
    # In the open the distance may be level: what counts there is that no step hides a surface.
    unit = torch.cat([slope[: 2 * count], slope[2 * count :].clamp(min=0)]).square()
    apart = (normalize(gradient[:count], dim=-1) - normalize(gradient[count : 2 * count], dim=-1)).norm(dim=-1)
    smooth = rendered.opacity.detach() > 0.5
    if settings.masks_smoothness and settings.learns_uncertainty and settings.uses_priors:
        blended = blended_uncertainty(rendered)
        smooth = smooth & (blended < (settings.sure_depth * settings.sure_normal) ** 0.5)
    return {
        "eikonal": settings.eikonal_weight * unit.mean(),
        "smooth": settings.smooth_weight * (smooth * apart).mean(),
    }


def blended_uncertainty(rendered: Rendered) -> Float[Tensor, " n"]:
    """sqrt(U_depth U_normal), DebSDF's equation for where structure is unsure; without a gradient."""
    return (rendered.depth_uncertainty * rendered.normal_uncertainty).detach().sqrt()


def weightiest(
    points: Float[Tensor, "n s 3"], weights: Float[Tensor, "n s"], count: int
) -> tuple[Float[Tensor, "n k 3"], Float[Tensor, "n k"]]:
    """Each ray's samples of highest weight, highest first."""
    best, index = weights.topk(count, dim=1)
    return points.gather(1, index[..., None].expand(-1, -1, 3)), best
