"""PhotosDataManager: rays of the photo set, drawn where the surface fit wants them, with what is known of them."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from dataclasses import dataclass, field
from typing import Any

from nerfstudio.cameras.rays import RayBundle
from nerfstudio.configs.dataparser_configs import AnnotatedDataParserUnion
from nerfstudio.data.datamanagers.base_datamanager import VanillaDataManager, VanillaDataManagerConfig
from nerfstudio.data.datasets.base_dataset import InputDataset

from relens.multiview.nerfstudio.dataparser import RelensDataParserConfig, handed_over
from relens.multiview.nerfstudio.torch_frame import TorchFrame
from relens.multiview.page.page_model import encode
from relens.multiview.surface.training import Training


@dataclass
class PhotosDataManagerConfig(VanillaDataManagerConfig):
    """Rays of the photo set that the relens-data dataparser hands over."""

    _target: type = field(default_factory=lambda: PhotosDataManager)
    dataparser: AnnotatedDataParserUnion = field(default_factory=RelensDataParserConfig)
    train_num_rays_per_batch: int = 512


class PhotosDataManager(VanillaDataManager[InputDataset]):
    """As nerfstudio's, but batches hold a `relens.multiview.surface.ray_bank.Target`, and rays can be guided.

    Attributes:
        guided: whether rays are drawn where priors are unsure; the model decides when.
    """

    config: PhotosDataManagerConfig

    def setup_train(self) -> None:
        """Makes no sampler of pixels: the rays come with the fit, see `take`."""
        self.frame = TorchFrame(handed_over(self.train_dataset.metadata)[1])
        self.guided = False

    def take(self, fit: Training) -> None:
        """Draw from a fit's bank of rays from now on."""
        self.bank, self.guide, self.generator = fit.bank, fit.guide, fit.generator

    def next_train(self, step: int) -> tuple[RayBundle, dict[str, Any]]:
        """A batch of rays in the model's world, and what is known of them."""
        self.train_count += 1
        pixel, weight = self.guide.draw(self.config.train_num_rays_per_batch, self.guided, self.generator)
        origins_m, directions, cosine = self.bank.rays(pixel)
        target = self.bank.target(pixel, cosine, weight)
        photo = target.photo[:, None]
        focal_px = self.bank.pinholes[target.photo]
        bundle = RayBundle(
            origins=self.frame.to_model(origins_m),
            directions=self.frame.turned_to_model(directions),
            pixel_area=(1 / (focal_px[:, :1] * focal_px[:, 1:2])) * cosine[:, None] ** 3,
            camera_indices=photo,
            metadata={"directions_norm": 1 / cosine[:, None]},
        )
        return bundle, {"image": encode(target.colour), "target": target, "pixel": pixel}

    def get_train_rays_per_batch(self) -> int:
        """How many rays a batch has."""
        return self.config.train_num_rays_per_batch
