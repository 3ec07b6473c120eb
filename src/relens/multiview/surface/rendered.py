"""Rendered: what rays see of a surface field, and the samples that it comes from."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Rendered:
    """Tensors that can be trained through.

    Convention: world frame, metres; distances are along the ray, in metres.

    Attributes:
        colour: (n, 3) linear light, the sky's included.
        distance: (n,) of what is seen, NaN-free: where nothing is seen, the box's far side.
        normal: (n, 3) mean normal, a unit vector where something is seen.
        opacity: (n,) how much of the ray ends in the box.
        depth_uncertainty, normal_uncertainty: (n,) of the priors, rendered; no gradient reaches geometry by them.
        weights: (n, s) of the samples.
        points: (n, s, 3) the samples.
        gradients: (n, s, 3) of the signed distance there.
    """

    colour: Float[Tensor, "n 3"]
    distance: Float[Tensor, " n"]
    normal: Float[Tensor, "n 3"]
    opacity: Float[Tensor, " n"]
    depth_uncertainty: Float[Tensor, " n"]
    normal_uncertainty: Float[Tensor, " n"]
    weights: Float[Tensor, "n s"]
    points: Float[Tensor, "n s 3"]
    gradients: Float[Tensor, "n s 3"]
