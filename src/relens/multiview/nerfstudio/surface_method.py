"""ns-train relens-surface."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from nerfstudio.configs.base_config import ViewerConfig
from nerfstudio.engine.trainer import TrainerConfig
from nerfstudio.plugins.types import MethodSpecification

from relens.multiview.nerfstudio.photo_rays import PhotosDataManagerConfig
from relens.multiview.nerfstudio.surface_model import SurfaceModelConfig, SurfacePipelineConfig
from relens.multiview.nerfstudio.surface_optimizer import SurfaceOptimizerConfig
from relens.multiview.surface.settings import SurfaceSettings

relens_surface = MethodSpecification(
    config=TrainerConfig(
        method_name="relens-surface",
        steps_per_eval_batch=0,
        steps_per_eval_image=500,
        steps_per_eval_all_images=0,
        steps_per_save=500,
        max_num_iterations=SurfaceSettings().steps,
        pipeline=SurfacePipelineConfig(datamanager=PhotosDataManagerConfig(), model=SurfaceModelConfig()),
        optimizers={"field": {"optimizer": SurfaceOptimizerConfig(), "scheduler": None}},
        viewer=ViewerConfig(num_rays_per_chunk=8192),
        vis="viewer",
    ),
    description="A surface of posed photos with uncertain depth priors, after DebSDF (relens).",
)
