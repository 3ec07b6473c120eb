"""The surface of `relens fit` as a model of nerfstudio's."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from nerfstudio.cameras.rays import RayBundle
from nerfstudio.engine.callbacks import TrainingCallback, TrainingCallbackAttributes, TrainingCallbackLocation
from nerfstudio.models.base_model import Model, ModelConfig
from torch.nn import Parameter

from relens.multiview.nerfstudio.dataparser import handed_over
from relens.multiview.nerfstudio.lens_control import LensPipeline, LensPipelineConfig
from relens.multiview.nerfstudio.picture_scores import picture_scores
from relens.multiview.nerfstudio.surface_optimizer import moved_by
from relens.multiview.nerfstudio.torch_frame import TorchFrame
from relens.multiview.page.page_model import encode
from relens.multiview.surface.losses import blended_uncertainty, surface_loss
from relens.multiview.surface.schedule import beta_at, levels_at, rate_share
from relens.multiview.surface.settings import SurfaceSettings
from relens.multiview.surface.training import Training


@dataclass
class SurfaceModelConfig(ModelConfig):
    """A signed distance field with uncertain priors, after DebSDF."""

    _target: type = field(default_factory=lambda: SurfaceModel)
    eval_num_rays_per_chunk: int = 8192
    enable_collider: bool = False
    settings: SurfaceSettings = field(default_factory=SurfaceSettings)
    """Of the fit. Its steps and rays are those of ns-train (--max-num-iterations, --pipeline.datamanager)."""


class SurfaceModel(Model):
    """Renders a SurfaceField; its light is linear inside, sRGB-encoded in the outputs as everything of nerfstudio's.

    Convention: rays come in the model's world; depth goes out in its unit.
    """

    config: SurfaceModelConfig

    def populate_modules(self) -> None:
        """The field, started from what the photos' priors leave free."""
        super().populate_modules()
        photos, frame = handed_over(self.kwargs.get("metadata"))
        self.frame = TorchFrame(frame)
        self.settings = replace(self.config.settings, mixed_precision=False)
        device = torch.device(self.kwargs.get("device", "cpu"))
        self.fit: Training | None = Training(photos, self.settings, device)
        self.field = self.fit.field
        # How far the fit is, so that a checkpoint renders as it was trained.
        self.register_buffer("progress", torch.zeros(2, dtype=torch.int64))

    def get_param_groups(self) -> dict[str, list[Parameter]]:
        """The field, whose parts learn at different rates: the optimiser knows them."""
        assert self.fit is not None
        return {"field": moved_by(list(self.field.parameters()), self.fit)}

    def get_training_callbacks(
        self, training_callback_attributes: TrainingCallbackAttributes
    ) -> list[TrainingCallback]:
        """Before every step: how sharp the surface is, which levels take part, the rates, and what guides the rays."""
        trainer, manager = training_callback_attributes.trainer, training_callback_attributes.pipeline.datamanager
        optimizers = training_callback_attributes.optimizers
        assert trainer is not None and optimizers is not None
        self.settings = settings = replace(self.settings, steps=trainer.config.max_num_iterations)

        def before(step: int) -> None:
            self.field.beta.fill_(beta_at(step, settings))
            self.field.shown.copy_(torch.tensor(levels_at(step, settings)))
            self.progress.copy_(torch.tensor([step, settings.steps]))
            learns = settings.uses_priors and settings.learns_uncertainty and manager.bank.has_priors
            manager.guided = learns and settings.guides_rays and step >= settings.start_share * settings.steps
            self._guide = manager.guide if learns else None
            share = optimizers.config["field"]["optimizer"].lr * rate_share(step, settings)
            optimizers.optimizers["field"].param_groups[0]["lr"] = share

        return [TrainingCallback([TrainingCallbackLocation.BEFORE_TRAIN_ITERATION], before, update_every_num_iters=1)]

    def get_outputs(self, ray_bundle: RayBundle) -> dict[str, Any]:
        """What rays see."""
        step, steps = (int(value) for value in self.progress)
        settings = replace(self.settings, steps=steps) if steps else self.settings
        origins_m = self.frame.to_world(ray_bundle.origins)
        directions = self.frame.turned_to_world(ray_bundle.directions)
        generator = self.fit.generator if self.training and self.fit is not None else None
        rendered = self.field.render(origins_m, directions, settings, step, generator)
        outputs: dict[str, Any] = {
            "rgb": encode(rendered.colour).clamp(0, 1),
            "accumulation": rendered.opacity[:, None],
            "depth": rendered.distance[:, None] * self.frame.scale,
            "normals": 0.5 + 0.5 * self.frame.turned_to_model(rendered.normal),
            "depth_uncertainty": rendered.depth_uncertainty[:, None],
            "normal_uncertainty": rendered.normal_uncertainty[:, None],
        }
        if self.training:
            outputs["rendered"] = rendered
        return outputs

    def get_metrics_dict(self, outputs: dict[str, Any], batch: dict[str, Any]) -> dict[str, torch.Tensor]:
        """PSNR of the batch."""
        error = (outputs["rgb"] - batch["image"].to(self.device)[..., :3]).square().mean()
        return {"psnr": -10 * torch.log10(error.clamp(min=1e-10)).detach()}

    def get_loss_dict(
        self, outputs: dict[str, Any], batch: dict[str, Any], metrics_dict: dict[str, Any] | None = None
    ) -> dict[str, torch.Tensor]:
        """The terms of `surface_loss`; of batches that are not for training, the difference of colours."""
        if "rendered" not in outputs or self.fit is None:
            return {"colour": (outputs["rgb"] - batch["image"].to(self.device)[..., :3]).abs().mean()}
        rendered = outputs["rendered"]
        step = int(self.progress[0])
        terms = surface_loss(rendered, batch["target"], self.field, self.settings, step, self.fit.generator)
        guide = getattr(self, "_guide", None)
        if guide is not None:
            guide.learn(batch["pixel"], blended_uncertainty(rendered))
        return terms

    def get_image_metrics_and_images(
        self, outputs: dict[str, torch.Tensor], batch: dict[str, torch.Tensor]
    ) -> tuple[dict[str, float], dict[str, torch.Tensor]]:
        """PSNR, SSIM, and the pictures side by side."""
        return picture_scores(outputs, batch)


@dataclass
class SurfacePipelineConfig(LensPipelineConfig):
    """A pipeline that trains as `relens fit` does."""

    _target: type = field(default_factory=lambda: SurfacePipeline)


class SurfacePipeline(LensPipeline):
    """Rays for training come from the fit; elsewhere only its field is kept."""

    def __init__(self, config: Any, device: str, test_mode: str = "val", *args: Any, **kwargs: Any) -> None:
        super().__init__(config, device, test_mode, *args, **kwargs)
        if test_mode == "val":
            self.datamanager.take(self.model.fit)
        else:
            self.model.fit = None
