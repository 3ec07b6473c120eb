"""One run of the port's network on one picture, in little memory."""

import math
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.depth.depth_pro.decoder import decode, decoder_levels
from relens.depth.depth_pro.listen import Work, listened_to
from relens.depth.depth_pro.load import Network
from relens.depth.depth_pro.output import Prediction
from relens.depth.depth_pro.precision import formats
from relens.progress import Progress

# Of the tokens' rows, on a CPU; a GPU takes all at once.
_STRIP_ROWS = 16


def predict(network: Network, square: Float32[np.ndarray, "3 n n"], progress: Progress, stage: str) -> Prediction:
    """Run the network; equal to the port's own forward. Progress follows each patch of each layer.

    square: from `network_input`.
    """
    import torch

    model, plan = network.model, network.plan
    with torch.inference_mode(), listened_to(_work(network), progress, stage):
        pixels = torch.from_numpy(square)[None].to(plan.device, formats(plan.precision, plan.device).decoder)
        features = list(model.depth_pro.encoder(pixels).features)
        strip_rows = _STRIP_ROWS if plan.device == "cpu" else features[-1].shape[2]
        canonical, coarsest = decode(model, features, strip_rows)
        degrees = model.fov_model(pixels, coarsest) if model.fov_model is not None else None
        return Prediction(canonical[0].float().cpu().numpy(), radians(degrees))


def radians(degrees: Any) -> float | None:
    """A field of view as the network gives it, a tensor of one value in degrees, in radians."""
    return None if degrees is None else math.radians(float(degrees.float().reshape(())))


def _work(network: Network) -> Work:
    model, plan = network.model, network.plan
    encoders = [model.depth_pro.encoder.patch_encoder.model, model.depth_pro.encoder.image_encoder.model]
    encoders += [model.fov_model.fov_encoder.model] if model.fov_model is not None else []
    return Work(
        layers=[layer for encoder in encoders for layer in encoder.encoder.layer],
        patch_layers=plan.anatomy.patch_layers,
        levels=decoder_levels(model),
        pixels=plan.anatomy.decoder_pixels,
        encoders_share=plan.encoders_s / plan.seconds,
    )
