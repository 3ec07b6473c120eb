"""SurfaceSettings: what a surface fit does and for how long."""

from dataclasses import dataclass, fields
from typing import Literal

from relens.errors import ValueRangeError
from relens.ranges import number, positive, whole


@dataclass(frozen=True)
class SurfaceSettings:
    """How a surface is fitted. Lengths without a unit are shares of the box's longest side.

    Attributes:
        uses_priors: depth and normals of the photos' priors take part.
        learns_uncertainty: unsure priors are found and left out (DebSDF, sections 3.2 and 3.3).
        guides_rays: more rays where the priors are unsure (DebSDF, section 3.4).
        masks_smoothness: normals are smoothed only where the priors are sure (DebSDF, section 3.4).
        corrects_bias: density of the distance along the ray instead of the distance (DebSDF, section 3.5).
        carves: the fit starts from what the priors, fused, leave of the box; else from a sphere or a plane.
        steps: of Adam.
        rays: in each step.
        coarse_samples, fine_samples: on a ray: first without gradients, then where the surface is.
        sdf_cells, colour_cells, uncertainty_cells: along the box's longest side, a grid each, coarse first.
        sky_cells: the same for a cube around the sphere that shows what lies beyond the box.
        colour_channels: of each colour grid.
        sdf_rate: Adam's at the start, as a slope: a step moves a node by so much of its cell.
        colour_rate, network_rate: Adam's at the start; all end at a twentieth.
        beta_start, beta_end: how soft the surface is (VolSDF's beta), at the start and at the end.
        colour_weight, depth_weight, normal_weight, eikonal_weight, smooth_weight, mask_weight: of the losses.
        sure_depth, sure_normal: uncertainty under which a prior trains the geometry: of relative depth, of a normal.
        uniform_share: of the rays, drawn alike from all pixels though the others are guided.
        start_share: of the steps, with plain prior losses and without guidance.
        seed: of everything drawn.
        device: "auto" takes CUDA where there is one.
        mixed_precision: on CUDA only; the small networks in half precision.

    Raises ValueRangeError for numbers out of range.
    """

    uses_priors: bool = True
    learns_uncertainty: bool = True
    guides_rays: bool = True
    masks_smoothness: bool = True
    corrects_bias: bool = True
    carves: bool = True
    steps: int = 2000
    rays: int = 512
    coarse_samples: int = 64
    fine_samples: int = 20
    sdf_cells: tuple[int, ...] = (32, 64, 128, 192)
    colour_cells: tuple[int, ...] = (32, 64, 128)
    uncertainty_cells: tuple[int, ...] = (16, 64)
    sky_cells: tuple[int, ...] = (16, 64)
    colour_channels: int = 4
    sdf_rate: float = 6e-2
    colour_rate: float = 2e-2
    network_rate: float = 5e-3
    beta_start: float = 0.007
    beta_end: float = 0.002
    colour_weight: float = 1.0
    depth_weight: float = 0.5
    normal_weight: float = 0.1
    eikonal_weight: float = 0.05
    smooth_weight: float = 0.01
    mask_weight: float = 0.2
    sure_depth: float = 0.05
    sure_normal: float = 0.4
    uniform_share: float = 0.5
    start_share: float = 0.05
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    mixed_precision: bool = True

    def __post_init__(self) -> None:
        whole("steps", self.steps, "a whole number of steps, 1 or more", 1)
        whole("rays", self.rays, "a whole number of rays, 2 or more", 2)
        for name in ("coarse_samples", "fine_samples"):
            whole(name, getattr(self, name), "a whole number of samples, 4 to 1024", 4, 1024)
        for name in ("sdf_cells", "colour_cells", "uncertainty_cells", "sky_cells"):
            cells = getattr(self, name)
            if not cells or list(cells) != sorted(cells):
                raise ValueRangeError(name, cells, "one or more numbers of cells, coarse first")
            for count in cells:
                whole(name, count, "whole numbers of cells, 2 to 2048", 2, 2048)
        whole("colour_channels", self.colour_channels, "1 to 32", 1, 32)
        for one in fields(self):
            if one.name.endswith(("_rate", "_start", "_end", "sure_depth", "sure_normal")):
                positive(one.name, getattr(self, one.name), "more than 0")
            if one.name.endswith("_weight"):
                number(one.name, getattr(self, one.name), "0 or more", 0)
            if one.name.endswith("_share"):
                number(one.name, getattr(self, one.name), "0 to 1", 0, 1)
        if self.device not in ("auto", "cpu", "cuda"):
            raise ValueRangeError("device", self.device, "auto, cpu or cuda")
