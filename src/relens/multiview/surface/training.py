"""Training: the state of a surface fit and one step of it."""

import math

import numpy as np
import torch
from torch import Tensor

from relens.multiview.photo_set import PhotoSet
from relens.multiview.surface.adam import TouchedAdam
from relens.multiview.surface.box import Box
from relens.multiview.surface.field import SurfaceField
from relens.multiview.surface.guide import Guide
from relens.multiview.surface.initial import initial_sdf
from relens.multiview.surface.losses import blended_uncertainty, encoded, surface_loss
from relens.multiview.surface.ray_bank import RayBank
from relens.multiview.surface.schedule import beta_at, levels_at, rate_share
from relens.multiview.surface.settings import SurfaceSettings

_PRIOR_RATE = 1e-3
# Where nothing tells how far it is, what lies beyond the box is a sky.
_FAR = 1e4
_DOUBT_RATE = 5e-2
# The squared error's running mean follows a batch by so much.
_ERROR_NEW = 0.02


class Training:
    """Everything that changes while a surface is fitted, so that it can be stopped and go on.

    On a CPU the same seed gives the same numbers bit for bit: every sum is added in one order for a given number of
    torch's threads. On CUDA sums of gradients are added in any order, and fits differ by rounding.
    """

    def __init__(self, photos: PhotoSet, settings: SurfaceSettings, device: torch.device) -> None:
        self.settings, self.device = settings, device
        self.bank = RayBank.of(photos, device)
        colours = self.bank.colour.flatten()
        exposure = float(max(1.0, colours[:: max(1, len(colours) // 1_000_000)].quantile(0.999)))
        box = Box.around(photos.box_m)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.field = SurfaceField(box, settings, len(photos.fitted), exposure)
        self._start(photos)
        self.field.to(device)
        self.grids = TouchedAdam(self.field.grids, self.field.layouts)
        priors = [self.field.prior_log_scale, self.field.prior_shift]
        network = [one for one in self.field.small if all(one is not prior for prior in priors)]
        self.small = torch.optim.Adam(
            [{"params": network, "lr": settings.network_rate}, {"params": priors, "lr": _PRIOR_RATE}],
            betas=(0.9, 0.99),
        )
        self.guide = Guide(self.bank, settings.uniform_share)
        self.generator = torch.Generator(device).manual_seed(settings.seed)
        self.scaler = torch.amp.GradScaler(device.type, enabled=settings.mixed_precision and device.type == "cuda")
        self.done = 0
        self.error = 0.1

    def _start(self, photos: PhotoSet) -> None:
        layout = self.field.sdf_layout
        # The finest level that takes part at once: fine enough for what priors can tell.
        level = max(one for one, share in enumerate(levels_at(0, self.settings)) if share == 1)
        nodes = slice(layout.first[level], layout.first[level] + layout.nodes(level))
        cell = 1 / layout.finest[level]
        start = initial_sdf(
            photos, self.field.box, layout.shape(level), cell, self.settings.carves, self.settings.beta_start
        )
        self.field.sdf_grid.data[nodes] = torch.from_numpy(start).flatten()
        self.field.sky_radius.fill_(self._beyond(photos.box_m))

    def _beyond(self, box_m: np.ndarray) -> float:
        """How far from the box's middle the priors see what lies outside it, in the box's unit: the median."""
        bank, box = self.bank, self.field.box
        pixel = torch.arange(0, bank.pixels, max(1, bank.pixels // 20_000), device=self.device)
        origins_m, directions, cosine = bank.rays(pixel)
        inverse = bank.inverse_depth[pixel]
        known = inverse > 0
        points_m = (origins_m + directions / (inverse * cosine)[:, None])[known].cpu().numpy()
        outside = points_m[((points_m < box_m[0]) | (points_m > box_m[1])).any(axis=1)]
        if len(outside) < 0.02 * len(pixel):
            return _FAR
        return float(np.median(np.linalg.norm(outside - box_m.mean(axis=0), axis=1))) / box.side_m

    @property
    def psnr_db(self) -> float:
        """Of the photos' colours on the even scale, over the last few dozen batches."""
        return -10 * math.log10(max(self.error, 1e-12))

    def step(self) -> dict[str, float]:
        """One step; returns the losses' terms."""
        settings, field, step = self.settings, self.field, self.done
        field.beta.fill_(beta_at(step, settings))
        field.shown.copy_(torch.tensor(levels_at(step, settings)))
        learns = settings.uses_priors and settings.learns_uncertainty and self.bank.has_priors
        guided = settings.guides_rays and learns and step >= settings.start_share * settings.steps
        pixel, weight = self.guide.draw(settings.rays, guided, self.generator)
        origins, directions, cosine = self.bank.rays(pixel)
        target = self.bank.target(pixel, cosine, weight)
        rendered = field.render(origins, directions, settings, step, self.generator)
        terms = surface_loss(rendered, target, field, settings, step, self.generator)
        loss = torch.stack(list(terms.values())).sum()
        self.small.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        share = rate_share(step, settings)
        self._move(share)
        if learns:
            # What lies beyond the box is nobody's geometry.
            self.guide.learn(pixel, blended_uncertainty(rendered) * rendered.opacity.detach())
        with torch.no_grad():
            off = encoded(rendered.colour, field.exposure) - encoded(target.colour, field.exposure)
            error = float((weight[:, None] * off.square()).mean())
        self.error += (_ERROR_NEW if step > 1 / _ERROR_NEW else 1 / (step + 1)) * (error - self.error)
        self.done += 1
        return {name: float(term.detach()) for name, term in terms.items()}

    def _move(self, share: float) -> None:
        for group, rate in zip(self.small.param_groups, (self.settings.network_rate, _PRIOR_RATE), strict=True):
            group["lr"] = rate * share
        if self.scaler.is_enabled():
            # The grids' Adam does not care for scale, but must not see what overflowed.
            self.scaler.unscale_(self.small)
            for grid in self.field.grids:
                assert grid.grad is not None
                grid.grad.div_(self.scaler.get_scale()).nan_to_num_(0.0, 0.0, 0.0)
        self.scaler.step(self.small)
        self.scaler.update()
        settings, layouts = self.settings, self.field.layouts
        starts = settings.colour_rate, _DOUBT_RATE, settings.colour_rate
        # A level's steps are in proportion to its cells: so all of them turn the surface by as much.
        rates = [tuple(settings.sdf_rate * share / cells for cells in layouts[0].scale)]
        rates += [(rate * share,) * len(layout.finest) for rate, layout in zip(starts, layouts[1:], strict=True)]
        self.grids.step(tuple(rates))

    def state(self) -> dict[str, object]:
        """What a checkpoint keeps: tensors and plain values."""
        return {
            "done": self.done,
            "error": self.error,
            "field": self.field.state_dict(),
            "grids": self.grids.state(),
            "small": self.small.state_dict(),
            "guide": self.guide.state(),
            "generator": self.generator.get_state(),
            "scaler": self.scaler.state_dict(),
        }

    def load(self, state: dict) -> None:
        """The inverse of `state`."""
        self.field.load_state_dict(state["field"])
        self.grids.load(state["grids"])
        self.small.load_state_dict(state["small"])
        self.guide.load(state["guide"])
        generator: Tensor = state["generator"]
        self.generator.set_state(generator.cpu())
        self.scaler.load_state_dict(state["scaler"])
        self.done, self.error = int(state["done"]), float(state["error"])
