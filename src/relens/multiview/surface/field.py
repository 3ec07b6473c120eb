"""SurfaceField: a signed distance, its colour, and how unsure the priors are there, on trilinear grids."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import normalize

from relens.multiview.surface.box import Box
from relens.multiview.surface.grid import read_features, read_sdf, read_sdf_values
from relens.multiview.surface.grid_layout import GridLayout
from relens.multiview.surface.rendered import Rendered
from relens.multiview.surface.settings import SurfaceSettings

# What nobody has learned anything about is unsure: a thin part that colours raise out of free space is safe there from
# priors that miss it.
UNSURE_DEPTH, UNSURE_NORMAL = 0.15, 0.6
_LEAST_UNCERTAINTY = 0.01
_HIDDEN = 32
_SKY_RADIUS = 1e4


class SurfaceField(nn.Module):
    """What is fitted. Distances are positive in free space and negative inside what is solid.

    The signed distance is a sum of trilinear grids, so that its gradient is a sum over the same corners: an eikonal or
    normal loss costs one scatter, and no second derivative. Memory: 4 bytes a node of the SDF, and those of the colour
    channels; the optimiser takes three times as much again.

    Convention: world frame, metres; a ray's direction is a unit vector; colours are linear light.
    """

    beta: Tensor
    shown: Tensor
    sky_radius: Tensor

    def __init__(self, box: Box, settings: SurfaceSettings, photos: int, exposure: float = 1.0) -> None:
        super().__init__()
        self.box, self.exposure = box, exposure
        self.sdf_layout = GridLayout(box.extent, settings.sdf_cells)
        self.colour_layout = GridLayout(box.extent, settings.colour_cells)
        self.doubt_layout = GridLayout(box.extent, settings.uncertainty_cells)
        self.sdf_grid = nn.Parameter(torch.zeros(self.sdf_layout.count))
        self.colour_grid = nn.Parameter(0.1 * torch.randn(self.colour_layout.count, settings.colour_channels))
        self.doubt_grid = nn.Parameter(torch.zeros(self.doubt_layout.count, 2))
        width = len(settings.colour_cells) * settings.colour_channels + 7
        self.colour_network = nn.Sequential(
            nn.Linear(width, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, 3)
        )
        self.sky_layout = GridLayout((1.0, 1.0, 1.0), settings.sky_cells)
        self.sky_grid = nn.Parameter(0.1 * torch.randn(self.sky_layout.count, settings.colour_channels))
        self.sky_network = nn.Sequential(
            nn.Linear(len(settings.sky_cells) * settings.colour_channels + 3, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, 3)
        )
        # Of the sphere around the box that shows what lies beyond, in the box's unit; far is a sky.
        self.register_buffer("sky_radius", torch.tensor(_SKY_RADIUS))
        # Each photo's prior, in inverse depth: what it says, times exp(log scale), plus shift / the box's side.
        self.prior_log_scale = nn.Parameter(torch.zeros(photos))
        self.prior_shift = nn.Parameter(torch.zeros(photos))
        self.register_buffer("beta", torch.tensor(settings.beta_start))
        self.register_buffer("shown", torch.ones(len(settings.sdf_cells)))

    @property
    def grids(self) -> tuple[nn.Parameter, ...]:
        """The parameters of which a step touches few."""
        return self.sdf_grid, self.colour_grid, self.doubt_grid, self.sky_grid

    @property
    def layouts(self) -> tuple[GridLayout, ...]:
        """Of the grids."""
        return self.sdf_layout, self.colour_layout, self.doubt_layout, self.sky_layout

    @property
    def small(self) -> list[nn.Parameter]:
        """All other parameters."""
        return [one for one in self.parameters() if all(one is not grid for grid in self.grids)]

    def levels_shown(self) -> tuple[float, ...]:
        """The share of each SDF level that takes part now: the fine ones come later."""
        return tuple(float(share) for share in self.shown)

    def sdf(self, points_m: Float[Tensor, "n 3"]) -> Float[Tensor, " n"]:
        """Signed distance in metres, without gradients for training."""
        places = self.box.places(points_m).contiguous()
        return read_sdf_values(self.sdf_layout, self.sdf_grid, places, self.levels_shown()) * self.box.side_m

    def sdf_and_gradient(self, points_m: Float[Tensor, "n 3"]) -> tuple[Float[Tensor, " n"], Float[Tensor, "n 3"]]:
        """Signed distance in metres and its gradient by the point; both can be trained."""
        places = self.box.places(points_m).contiguous()
        value, gradient = read_sdf(self.sdf_layout, self.sdf_grid, places, self.levels_shown())
        return value * self.box.side_m, gradient

    def colour(
        self, places: Float[Tensor, "n 3"], normals: Float[Tensor, "n 3"], directions: Float[Tensor, "n 3"]
    ) -> Float[Tensor, "n 3"]:
        """Linear light given off at places (in the box's unit) against directions."""
        features = read_features(self.colour_layout, self.colour_grid, places).flatten(1)
        facing = (normals * directions).sum(-1, keepdim=True)
        encoded = self.colour_network(torch.cat([features, normals, directions, facing], dim=-1))
        return self.decoded(encoded)

    def sky(self, origins: Float[Tensor, "n 3"], directions: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
        """Linear light from beyond the box: of where rays, in the box's unit, leave a sphere around it."""
        off = origins - 0.5 * torch.tensor(self.box.extent, device=origins.device)
        along = (off * directions).sum(-1, keepdim=True)
        # From outside the sphere, rays that miss it see where they pass it.
        under = (along.square() - off.square().sum(-1, keepdim=True) + self.sky_radius.square()).clamp(min=0)
        way = normalize(off + (under.sqrt() - along) * directions, dim=-1)
        places = (0.5 + 0.5 * way).contiguous()
        features = read_features(self.sky_layout, self.sky_grid, places).flatten(1)
        return self.decoded(self.sky_network(torch.cat([features, way], dim=-1)))

    def decoded(self, network: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
        """Linear light of what a network says: evenly spaced for the eye, up to the photos' exposure."""
        return self.exposure * torch.sigmoid(network.float()).pow(2.2)

    def uncertainty(self, places: Float[Tensor, "n 3"]) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
        """How unsure the priors are at places: of relative depth, and of a normal (length of a difference)."""
        depth, normal = read_features(self.doubt_layout, self.doubt_grid, places).sum(1).unbind(-1)
        return _at_least(depth, UNSURE_DEPTH), _at_least(normal, UNSURE_NORMAL)

    def render(
        self,
        origins_m: Float[Tensor, "n 3"],
        directions: Float[Tensor, "n 3"],
        settings: SurfaceSettings,
        step: int,
        generator: torch.Generator | None = None,
    ) -> Rendered:
        """What rays see, see `relens.multiview.surface.render.render`."""
        from relens.multiview.surface.render import render

        return render(self, origins_m, directions, settings, step, generator)


def _at_least(raw: Tensor, start: float) -> Tensor:
    """A positive uncertainty, `start` for 0 and never less than what a prior could be known to."""
    # The grids learn it on a logarithmic scale: it spans two decades.
    return _LEAST_UNCERTAINTY + (start - _LEAST_UNCERTAINTY) * torch.exp(raw.clamp(-math.log(200.0), math.log(20.0)))
