"""The port's decoder with its finest level made in strips of rows: the same numbers in a fraction of the memory."""

import math
from typing import Any

# How far the 3x3 convolutions of the finest level reach, in its own pixels: one of the projection, four of the fusion,
# two of the head.
_REACH_PX = 7


def decode(model: Any, features: list[Any], strip_rows: int) -> tuple[Any, Any]:
    """Canonical inverse depth (1, n, n), and the coarsest features, for the field of view.

    model: a DepthProForDepthEstimation. features: what its encoder answers, from the whole image to the earliest layer;
    the list is emptied, to free each as it is used. strip_rows: of the last feature, which is decoded at eight times
    its size and never exists as a whole.
    """
    latent = features.pop()
    coarse = _projected(model.depth_pro.neck, features)
    coarsest = coarse[0]
    fused = None
    *layers, last = model.fusion_stage.intermediate
    for layer in layers:
        feature = coarse.pop(0)
        fused = layer(feature) if fused is None else layer(fused, feature)
    # The last layer's forward, up to where its result grows fourfold.
    feature = coarse.pop(0)
    fused = feature if fused is None else fused + last.residual_layer1(feature)
    del feature
    fused = last.residual_layer2(fused)
    return _in_strips(model, fused, latent, strip_rows), coarsest


def decoder_levels(model: Any) -> list[Any]:
    """The part of each level of the decoder that runs once its input is there, from the coarsest to the finest."""
    return [level.residual_layer2 for level in (*model.fusion_stage.intermediate, model.fusion_stage.final)]


def _projected(neck: Any, features: list[Any]) -> list[Any]:
    """All features but the last, upsampled and brought to the decoder's width; the list is emptied."""
    import torch

    upsample = neck.feature_upsample
    blocks = [upsample.image_block, *upsample.scaled_images, *upsample.intermediate[:-1]]
    image, low = (block(features.pop(0)) for block in blocks[:2])
    low = neck.fuse_image_with_low_res(torch.cat((low, image), dim=1))
    first, *others = neck.feature_projection.projections[:-1]
    # One after the other: the upsampled ones are large.
    return [first(low)] + [
        projection(block(features.pop(0))) for projection, block in zip(others, blocks[2:], strict=True)
    ]


def _in_strips(model: Any, fused: Any, latent: Any, strip_rows: int) -> Any:
    """The finest level and the head, from what they fuse: the level under it, before it grows, and the last feature."""
    import torch

    neck, fusion = model.depth_pro.neck, model.fusion_stage
    last = fusion.intermediate[-1]
    rows = latent.shape[2]
    zoom = fused.shape[2] // rows
    halo = math.ceil(_REACH_PX / (2 * zoom))
    strips = []
    for top in range(0, rows, strip_rows):
        bottom = min(top + strip_rows, rows)
        first, end = max(top - halo, 0), min(bottom + halo, rows)
        feature = neck.feature_upsample.intermediate[-1](latent[:, :, first:end])
        feature = neck.feature_projection.projections[-1](feature)
        coarse = last.projection(last.deconv(fused[:, :, first * zoom : end * zoom]))
        strip = model.head(fusion.final(coarse, feature))
        per_row = strip.shape[1] // (end - first)
        strips.append(strip[:, (top - first) * per_row : (bottom - first) * per_row].clone())
    return torch.cat(strips, dim=1)
