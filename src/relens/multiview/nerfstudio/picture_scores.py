"""What nerfstudio's ns-eval and viewer are told of a picture: PSNR and SSIM, and the pictures side by side."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
from typing import Any

import torch
from nerfstudio.utils import colormaps
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure


def picture_scores(
    outputs: dict[str, torch.Tensor], batch: dict[str, Any]
) -> tuple[dict[str, float], dict[str, torch.Tensor]]:
    """Scores and pictures of a whole photo; no LPIPS, whose network would have to be downloaded."""
    shown = outputs["rgb"].clamp(0, 1)
    photo = batch["image"].to(shown.device)[..., :3]
    ours, theirs = (picture.permute(2, 0, 1)[None] for picture in (shown, photo))
    scores = {
        "psnr": float(peak_signal_noise_ratio(ours, theirs, data_range=1.0)),
        "ssim": float(structural_similarity_index_measure(ours, theirs, data_range=1.0)),  # type: ignore[arg-type]
    }
    pictures = {
        "img": torch.cat([photo, shown], dim=1),
        "accumulation": colormaps.apply_colormap(outputs["accumulation"]),
        "depth": colormaps.apply_depth_colormap(outputs["depth"], accumulation=outputs["accumulation"]),
    }
    return scores, pictures
