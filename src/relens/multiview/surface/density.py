"""From signed distance to density and weights along rays, without the bias of slanted and curved surfaces."""

import torch
from jaxtyping import Float
from torch import Tensor

# A distance is stretched at most this often: rays that graze a flat surface would need infinity.
_MOST_STRETCH = 12.0
# A surface's circle is at least this share of the distance to its centre.
_LEAST_CIRCLE = 0.05


def laplace_density(distance: Float[Tensor, "*n"], beta: Float[Tensor, "..."]) -> Float[Tensor, "*n"]:
    """VolSDF's density (arXiv 2106.12052, equation 2): the Laplace distribution's CDF of -distance, over beta.

    A beta for all, or one that is broadcast.
    """
    half = 0.5 * torch.exp(-distance.abs() / beta)
    return torch.where(distance > 0, half, 1 - half) / beta


def curvature_along(
    cosine: Float[Tensor, "rays samples"], distance: Float[Tensor, "rays samples"], most: float
) -> Float[Tensor, "rays samples"]:
    """Curvature of the level sets in the plane of ray and normal, from how the normals turn along the ray.

    With a ray's direction d, a unit normal n, c = n.d and the signed distance's Hessian H (H n = 0): along the ray
    dc/dt = d.H d, and d's part along the level set is sqrt(1 - c^2) long, so that dc/dt = k (1 - c^2) with k the normal
    curvature in d's direction. Positive where the solid bulges. Central differences, at most `most` either way.
    """
    change = torch.zeros_like(cosine)
    change[:, 1:-1] = (cosine[:, 2:] - cosine[:, :-2]) / (distance[:, 2:] - distance[:, :-2]).clamp(min=1e-6)
    return (change / (1 - cosine.square()).clamp(min=0.02)).clamp(-most, most)


def stretch_along(
    sdf: Float[Tensor, "rays samples"],
    cosine: Float[Tensor, "rays samples"],
    curvature: Float[Tensor, "rays samples"],
) -> Float[Tensor, "rays samples"]:
    """How much farther the surface is along the ray than at right angles to the surface (after DebSDF, section 3.5).

    At signed distance s the level set's circle, of curvature k, has its centre 1/k behind the point, against the
    normal, and the surface's own circle, concentric, the radius 1/k - s. The ray meets it where

        t^2 + 2 t c/k + s (2/k - s) = 0

    Its smaller root, written without a difference of large numbers and without 1/k, is |t| = |s| g with

        g = (2 - s k) / (|c| + sqrt(c^2 - s k (2 - s k)))

    For k = 0 that is 1/|c|, a plane's; for |c| = 1 it is 1. Where the root is not real the ray passes the circle, at a
    clearance m = sqrt(1 - c^2)/k - (1/k - s), and |t| is taken as the distance to where the circle comes closest to the
    ray, sqrt((c/k)^2 + m^2): the two agree for a tangent, and right there, where c = 0, it is s.
    """
    bend = (sdf * curvature).clamp(max=1 - _LEAST_CIRCLE)
    across = cosine.abs()
    inside = across.square() - bend * (2 - bend)
    met = (2 - bend) / (across + inside.clamp(min=0).sqrt()).clamp(min=1e-3)
    # In units of s: c/k and m.
    passed_by = 1 - (1 - (1 - across.square()).clamp(min=0).sqrt()) / bend.clamp(min=1e-4)
    missed = ((across / bend.clamp(min=1e-4)).square() + passed_by.square()).sqrt()
    return torch.where(inside >= 0, met, missed).clamp(1.0, _MOST_STRETCH)


def weights_of(
    density: Float[Tensor, "rays samples"], distance: Float[Tensor, "rays samples"]
) -> Float[Tensor, "rays samples"]:
    """How much of each sample is seen: emission and absorption, each sample standing for the cell around it."""
    middle = 0.5 * (distance[:, 1:] + distance[:, :-1])
    step = torch.diff(torch.cat([distance[:, :1], middle, distance[:, -1:]], dim=1))
    thickness = density * step
    before = torch.cumsum(thickness, dim=1) - thickness
    return torch.exp(-before) * (1 - torch.exp(-thickness))
