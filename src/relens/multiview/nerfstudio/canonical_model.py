"""The canonical page of `relens fit` as a model of nerfstudio's."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nerfstudio.cameras.rays import RayBundle
from nerfstudio.engine.callbacks import TrainingCallback, TrainingCallbackAttributes, TrainingCallbackLocation
from nerfstudio.utils.rich_utils import CONSOLE
from torch.nn import Parameter

from relens.errors import FileError
from relens.multiview.nerfstudio.surface_model import (
    SurfaceModel,
    SurfaceModelConfig,
    SurfacePipeline,
    SurfacePipelineConfig,
)
from relens.multiview.nerfstudio.trained import last_checkpoint, read_checkpoint
from relens.multiview.page.canonical_camera import CanonicalCamera, canonical_camera
from relens.multiview.page.field import TexelField
from relens.multiview.page.fill import filled
from relens.multiview.page.fit_page import open_levels, view_share
from relens.multiview.page.layout import PageLayout
from relens.multiview.page.lookup import spread_bilinear
from relens.multiview.page.page_model import PageData, PageModel, encode
from relens.multiview.page.plan import plan_page
from relens.multiview.page.seen_points import SeenPoints, seen_points
from relens.multiview.page.settings import PageSettings
from relens.multiview.photo_set import PhotoSet
from relens.multiview.surface import fit_surface
from relens.multiview.surface.losses import weightiest

# The rates of `relens.multiview.page.fit_page`, first and last.
RATES = {"page": (0.02, 0.001), "offsets": (0.03, 0.003)}
_FIELD = "_model.field."
_LEAST_SEEN = 0.05


@dataclass
class CanonicalModelConfig(SurfaceModelConfig):
    """A canonical page on a surface that stays as it is, after AGAP."""

    _target: type = field(default_factory=lambda: CanonicalModel)
    page: PageSettings = field(default_factory=PageSettings)
    """Of the page. Its steps and batch are those of ns-train."""
    surface: Path | None = None
    """config.yml of a relens-surface of the same photos; one is fitted first when left out."""
    surface_steps: int = 2000
    """Of the surface that is fitted first."""


class CanonicalModel(SurfaceModel):
    """Looks colours up on one page, where the surface's points have their texels.

    Attributes:
        plan: the way from points to texels, without offsets; None before the page is planned or loaded.
        page: the page and its offsets.
    """

    config: CanonicalModelConfig
    plan: TexelField | None
    page: PageModel | None

    def populate_modules(self) -> None:
        """The surface's field; the page comes with `start`, or with a checkpoint."""
        super().populate_modules()
        self.plan, self.page = None, None

    def start(self, photos: PhotoSet) -> None:
        """Fit the surface, or take a fitted one, and plan the page on it: what comes before training.

        Raises FileError for a surface that is none of these photos.
        """
        if self.config.surface is None:
            settings = replace(self.config.settings, steps=self.config.surface_steps, mixed_precision=False)

            def tell(stage: str, fraction: float) -> None:
                if round(fraction * settings.steps) % max(1, settings.steps // 10) == 0:
                    CONSOLE.print(f"{stage}, {fraction:.0%}")

            state = fit_surface(photos, settings, progress=tell).field.state_dict()
        else:
            state = _field_in(self.config.surface)
        try:
            self.field.load_state_dict(state)
        except RuntimeError as error:
            raise FileError(self.config.surface, f"is no surface of these photos: {str(error)[:160]}") from error
        self.progress.copy_(torch.tensor([self.config.surface_steps] * 2))
        self.field.requires_grad_(False)
        points = seen_points(photos.fitted, self._sight, self.config.page)
        self.plan = plan_page(points, canonical_camera(photos, self.config.page.camera), self.config.page)
        light, seen = spread_bilinear(
            self.plan.texels(points.points_m.reshape(-1, 3)),
            np.repeat(points.linear, points.weights.shape[1], axis=0),
            points.weights.ravel(),
            (self.plan.layout.height_px, self.plan.layout.width_px),
            self.plan.layout.goes_round,
        )
        self.page = PageModel(self.plan, filled(light, seen > _LEAST_SEEN), self.config.page).to(self.device)

    def get_param_groups(self) -> dict[str, list[Parameter]]:
        """The page, and its offsets."""
        assert self.page is not None
        return {"page": [self.page.page], "offsets": [*self.page.lattices, self.page.parallax_lattice]}

    def get_training_callbacks(
        self, training_callback_attributes: TrainingCallbackAttributes
    ) -> list[TrainingCallback]:
        """Before every step: the rates, and how much of the offsets takes part."""
        trainer, optimizers = training_callback_attributes.trainer, training_callback_attributes.optimizers
        assert trainer is not None and optimizers is not None
        steps = trainer.config.max_num_iterations

        def before(step: int) -> None:
            self._share = step / steps
            for name, (first, last) in RATES.items():
                for group in optimizers.optimizers[name].param_groups:
                    group["lr"] = optimizers.config[name]["optimizer"].lr * (last / first) ** self._share

        return [TrainingCallback([TrainingCallbackLocation.BEFORE_TRAIN_ITERATION], before, update_every_num_iters=1)]

    def get_outputs(self, ray_bundle: RayBundle) -> dict[str, Any]:
        """What rays see of the page; past the surface, the surface's sky."""
        assert self.page is not None and self.plan is not None
        origins_m = self.frame.to_world(ray_bundle.origins)
        directions = self.frame.turned_to_world(ray_bundle.directions)
        with torch.no_grad():
            rendered = self.field.render(origins_m, directions, self.settings, self.settings.steps, None)
            points, weights = weightiest(rendered.points, rendered.weights, self.config.page.samples)
            weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-6)
            sky = self.field.sky(self.field.box.places(origins_m), directions)
        count = len(directions)
        seen = SeenPoints(
            points.cpu().numpy(),
            weights.cpu().numpy(),
            directions.cpu().numpy(),
            np.zeros(count, np.float32),
            origins_m.cpu().numpy(),
            np.zeros((count, 3), np.float32),
        )
        data = PageData(seen, self.plan, str(self.device))
        share = getattr(self, "_share", 1.0) if self.training else 1.0
        levels, by_view = open_levels(self.config.page, share), view_share(self.config.page, share)
        light, moved = self.page.colours(data, torch.arange(count, device=self.device), levels, by_view)
        opacity = rendered.opacity[:, None]
        outputs: dict[str, Any] = {
            "rgb": encode(opacity * light + (1 - opacity) * sky).clamp(0, 1),
            "accumulation": opacity,
            "depth": rendered.distance[:, None] * self.frame.scale,
            "normals": 0.5 + 0.5 * self.frame.turned_to_model(rendered.normal),
        }
        if self.training:
            outputs |= {"light": light, "moved": moved}
        return outputs

    def get_loss_dict(
        self, outputs: dict[str, Any], batch: dict[str, Any], metrics_dict: dict[str, Any] | None = None
    ) -> dict[str, torch.Tensor]:
        """The terms of `relens.multiview.page.fit_page`, of the rays that meet the surface."""
        photo = batch["image"].to(self.device)[..., :3]
        if "light" not in outputs or self.page is None:
            return {"colour": (outputs["rgb"] - photo).square().mean()}
        met = (outputs["accumulation"] > 0.5).float()
        square = (met * (encode(outputs["light"]) - photo).square()).sum() / (3 * met.sum()).clamp(min=1)
        settings = self.config.page
        return {
            "colour": square,
            "smoothness": settings.smoothness * self.page.total_variation(),
            "offsets": settings.offset_weight * outputs["moved"].square().mean(),
        }

    def get_image_metrics_and_images(
        self, outputs: dict[str, torch.Tensor], batch: dict[str, torch.Tensor]
    ) -> tuple[dict[str, float], dict[str, torch.Tensor]]:
        """As of the surface, and the page itself."""
        scores, pictures = super().get_image_metrics_and_images(outputs, batch)
        assert self.page is not None
        return scores, {**pictures, "page": self.page.page.detach().permute(1, 2, 0).clamp(0, 1)}

    def get_extra_state(self) -> dict[str, Any]:
        """What a checkpoint keeps of the plan: tensors and plain values."""
        if self.plan is None:
            return {}
        plan = self.plan
        arrays = {name: torch.from_numpy(np.array(getattr(plan, name))) for name in ("low", "high", "nearest")}
        camera = {"kind": plan.camera.kind, "pose": torch.from_numpy(np.array(plan.camera.pose))}
        return {**arrays, "camera": camera, "layout": asdict(plan.layout), "tolerance": plan.tolerance}

    def set_extra_state(self, state: dict[str, Any]) -> None:
        """The inverse of `get_extra_state`; makes a page that the checkpoint then fills."""
        if not state:
            return
        camera = CanonicalCamera(state["camera"]["kind"], state["camera"]["pose"].numpy())
        low, high, nearest = (state[name].cpu().numpy() for name in ("low", "high", "nearest"))
        layout = PageLayout(**state["layout"])
        none = np.zeros((2, 2, 2, 2), np.float32)
        self.plan = TexelField(camera, layout, none, low, high, nearest, state["tolerance"])
        empty = np.zeros((layout.height_px, layout.width_px, 3), np.float32)
        self.page = PageModel(self.plan, empty, self.config.page).to(self.device)

    def _sight(self, origins_m: np.ndarray, directions: np.ndarray, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        origins, along = (
            torch.from_numpy(np.ascontiguousarray(values)).to(self.device) for values in (origins_m, directions)
        )
        with torch.no_grad():
            rendered = self.field.render(origins, along, self.settings, self.settings.steps, None)
            return weightiest(rendered.points, rendered.weights, count)


def _field_in(config: Path) -> dict[str, torch.Tensor]:
    checkpoint = last_checkpoint(config.parent / "nerfstudio_models", config)
    state = read_checkpoint(checkpoint)["pipeline"]
    return {name[len(_FIELD) :]: value for name, value in state.items() if name.startswith(_FIELD)}


@dataclass
class CanonicalPipelineConfig(SurfacePipelineConfig):
    """A pipeline that fits its model's surface before training."""

    _target: type = field(default_factory=lambda: CanonicalPipeline)


class CanonicalPipeline(SurfacePipeline):
    """Fits the surface and plans the page where it is set up for training; elsewhere the checkpoint has both."""

    def __init__(self, config: Any, device: str, test_mode: str = "val", *args: Any, **kwargs: Any) -> None:
        super().__init__(config, device, test_mode, *args, **kwargs)
        if test_mode == "val":
            self.model.start(self.datamanager.train_dataset.metadata["photo_set"])
