"""ns-train relens-canonical."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from dataclasses import dataclass

from nerfstudio.configs.base_config import ViewerConfig
from nerfstudio.engine.optimizers import AdamOptimizerConfig
from nerfstudio.engine.trainer import TrainerConfig
from nerfstudio.plugins.types import MethodSpecification

from relens.multiview.nerfstudio.canonical_model import RATES, CanonicalModelConfig, CanonicalPipelineConfig
from relens.multiview.nerfstudio.photo_rays import PhotosDataManagerConfig
from relens.multiview.page.settings import PageSettings


@dataclass
class PageAdamConfig(AdamOptimizerConfig):
    """Adam as `relens.multiview.page.fit_page` has it."""

    betas: tuple[float, float] = (0.9, 0.99)
    eps: float = 1e-10


relens_canonical = MethodSpecification(
    config=TrainerConfig(
        method_name="relens-canonical",
        steps_per_eval_batch=0,
        steps_per_eval_image=200,
        steps_per_eval_all_images=0,
        steps_per_save=200,
        max_num_iterations=PageSettings().steps,
        pipeline=CanonicalPipelineConfig(
            datamanager=PhotosDataManagerConfig(train_num_rays_per_batch=4096), model=CanonicalModelConfig()
        ),
        optimizers={
            name: {"optimizer": PageAdamConfig(lr=first), "scheduler": None} for name, (first, _) in RATES.items()
        },
        viewer=ViewerConfig(num_rays_per_chunk=8192),
        vis="viewer",
    ),
    description="One canonical page for all posed photos, on a fitted surface, after AGAP (relens).",
)
