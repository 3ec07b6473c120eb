"""The size of a network by its configuration: what goes in, how many patches, how much arithmetic."""

from dataclasses import dataclass
from typing import Any

from relens.depth.depth_pro.decoder import decode

_ENCODERS = (
    "depth_pro.encoder.patch_encoder.model.",
    "depth_pro.encoder.image_encoder.model.",
    "fov_model.fov_encoder.model.",
)


@dataclass(frozen=True)
class Anatomy:
    """What a network of Depth Pro's kind consists of.

    Attributes:
        side_px: of its square input, 1536 as published.
        patch_layers: patches times transformer layers, of all encoders: 37 times 24.
        decoder_pixels: of all levels of the decoder.
        decoder_flops: of the convolutions behind the encoders.
        encoder_weights, decoder_weights: numbers of parameters.
    """

    side_px: int
    patch_layers: int
    decoder_pixels: int
    decoder_flops: float
    encoder_weights: int
    decoder_weights: int


def is_encoders(name: str) -> bool:
    """Whether a tensor, by its name, belongs to one of the transformers."""
    return name.startswith(_ENCODERS)


def anatomy(model: Any) -> Anatomy:
    """Measure a DepthProForDepthEstimation that is on the "meta" device; nothing is computed."""
    config = model.config
    patch_px = config.patch_size
    side_px = round(patch_px / min(config.scaled_images_ratios))
    patches = 0
    for ratio, overlap in zip(config.scaled_images_ratios, config.scaled_images_overlap_ratios, strict=True):
        # As the port's split_to_patches counts them.
        patches += (int(side_px * ratio - patch_px) // int(patch_px * (1 - overlap)) + 1) ** 2
    encoders = [(config.patch_model_config, patches), (config.image_model_config, 1)]
    encoders += [(config.fov_model_config, 1)] if config.use_fov_model else []
    sizes = {name: parameter.numel() for name, parameter in model.named_parameters()}
    encoder_weights = sum(size for name, size in sizes.items() if is_encoders(name))
    levels = len(config.scaled_images_ratios) + len(config.intermediate_hook_ids)
    coarsest_px = 2 * (config.image_model_config.image_size // config.image_model_config.patch_size)
    return Anatomy(
        side_px,
        sum(vit.num_hidden_layers * count for vit, count in encoders),
        sum((coarsest_px << level) ** 2 for level in range(levels)),
        _decoder_flops(model),
        encoder_weights,
        sum(sizes.values()) - encoder_weights,
    )


def _decoder_flops(model: Any) -> float:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    config = model.config
    tokens = config.image_model_config.image_size // config.image_model_config.patch_size
    scaled = [tokens << level for level in range(len(config.scaled_images_ratios))]
    sides = [tokens, *scaled, *([scaled[-1]] * len(config.intermediate_hook_ids))]
    widths = [config.image_model_config.hidden_size] + [config.patch_model_config.hidden_size] * (len(sides) - 1)
    features = [
        torch.empty(1, width, side, side, device="meta", dtype=model.dtype)
        for width, side in zip(widths, sides, strict=True)
    ]
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        decode(model, features, strip_rows=scaled[-1])
    return float(counter.get_total_flops())
