"""RayBank: the fitted photos' pixels as rays with what is known of them."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from relens.multiview.photo_set import PhotoSet
from relens.multiview.posed_photo import PosedPhoto


@dataclass(frozen=True)
class Target:
    """What is known of rays.

    Attributes:
        colour: (n, 3) linear light.
        inverse_depth: (n,) 1/m of the prior; NaN or 0 where it says nothing.
        normal: (n, 3) of the prior; NaN where unknown.
        subject: (n,) 1 on the photo's mask, 0 beside it; NaN where the photo has none.
        photo: (n,) the number of the photo among the fitted ones.
        axis_cosine: (n,) z-depth for a metre along the ray.
        weight: (n,) 1 / (pixels x the chance that the ray was drawn with): a mean with it is that of all pixels.
    """

    colour: Float[Tensor, "n 3"]
    inverse_depth: Float[Tensor, " n"]
    normal: Float[Tensor, "n 3"]
    subject: Float[Tensor, " n"]
    photo: Int[Tensor, " n"]
    axis_cosine: Float[Tensor, " n"]
    weight: Float[Tensor, " n"]


@dataclass(frozen=True)
class RayBank:
    """All pixels of the fitted photos, photo by photo, row by row.

    Attributes:
        first: (photos + 1,) the number of each photo's first pixel.
        width: (photos,) of each photo, in pixels.
        eyes_m, rotations, pinholes: (photos, ...) of the cameras; a pinhole is fx, fy, cx, cy in pixels.
        colour, inverse_depth, normal, subject: (pixels, ...), see Target.
    """

    first: Int[Tensor, " more"]
    width: Int[Tensor, " photos"]
    eyes_m: Float[Tensor, "photos 3"]
    rotations: Float[Tensor, "photos 3 3"]
    pinholes: Float[Tensor, "photos 4"]
    colour: Float[Tensor, "pixels 3"]
    inverse_depth: Float[Tensor, " pixels"]
    normal: Float[Tensor, "pixels 3"]
    subject: Float[Tensor, " pixels"]

    @staticmethod
    def of(photos: PhotoSet, device: torch.device) -> "RayBank":
        """The bank of the photos that are fitted, on a device."""
        fitted = photos.fitted
        sizes = [photo.linear.shape[0] * photo.linear.shape[1] for photo in fitted]

        def rows(planes: list[np.ndarray]) -> Tensor:
            return torch.from_numpy(np.concatenate(planes)).to(device, torch.float32)

        def numbers(values: list) -> Tensor:
            return torch.from_numpy(np.array(values)).to(device, torch.float32)

        ks = [photo.camera.intrinsics for photo in fitted]
        return RayBank(
            first=torch.from_numpy(np.cumsum([0, *sizes])).to(device),
            width=torch.tensor([k.width_px for k in ks], device=device),
            eyes_m=numbers([photo.camera.eye_m for photo in fitted]),
            rotations=numbers([photo.camera.rotation for photo in fitted]),
            pinholes=numbers([(k.fx_px, k.fy_px, k.cx_px, k.cy_px) for k in ks]),
            colour=rows([photo.linear.reshape(-1, 3) for photo in fitted]),
            inverse_depth=rows([_prior_depth(photo).ravel() for photo in fitted]),
            normal=rows([_prior_normal(photo).reshape(-1, 3) for photo in fitted]),
            subject=rows([_subject(photo).ravel() for photo in fitted]),
        )

    @property
    def pixels(self) -> int:
        """How many there are."""
        return len(self.colour)

    @property
    def has_priors(self) -> bool:
        """Whether any photo has a prior."""
        return bool(self.inverse_depth.isfinite().any())

    def photo_of(self, pixel: Int[Tensor, " n"]) -> Int[Tensor, " n"]:
        """The number of the photo that a pixel belongs to."""
        return torch.searchsorted(self.first, pixel, right=True) - 1

    def rays(self, pixel: Int[Tensor, " n"]) -> tuple[Float[Tensor, "n 3"], Float[Tensor, "n 3"], Float[Tensor, " n"]]:
        """Eyes in metres, unit directions, and z-depth for a metre along the ray, through the middles of pixels."""
        photo = self.photo_of(pixel)
        inside = pixel - self.first[photo]
        width = self.width[photo]
        fx, fy, cx, cy = self.pinholes[photo].unbind(-1)
        x = ((inside % width) + 0.5 - cx) / fx
        y = (torch.div(inside, width, rounding_mode="floor") + 0.5 - cy) / fy
        local = torch.stack([x, y, torch.ones_like(x)], dim=-1)
        cosine = 1 / local.norm(dim=-1)
        directions = (self.rotations[photo] @ local[..., None])[..., 0] * cosine[:, None]
        return self.eyes_m[photo], directions, cosine

    def target(self, pixel: Int[Tensor, " n"], axis_cosine: Float[Tensor, " n"], weight: Float[Tensor, " n"]) -> Target:
        """What is known of pixels."""
        return Target(
            self.colour[pixel],
            self.inverse_depth[pixel],
            self.normal[pixel],
            self.subject[pixel],
            self.photo_of(pixel),
            axis_cosine,
            weight,
        )


def _prior_depth(photo: PosedPhoto) -> np.ndarray:
    return np.full(photo.linear.shape[:2], np.nan, np.float32) if photo.prior is None else photo.prior.inverse_depth


def _prior_normal(photo: PosedPhoto) -> np.ndarray:
    return np.full(photo.linear.shape, np.nan, np.float32) if photo.prior is None else photo.prior.normal


def _subject(photo: PosedPhoto) -> np.ndarray:
    mask: Bool[np.ndarray, "h w"] | None = photo.mask
    return np.full(photo.linear.shape[:2], np.nan, np.float32) if mask is None else mask.astype(np.float32)
