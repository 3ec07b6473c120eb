"""Apple's checkpoint in the port's names: the same numbers, cut and called otherwise.

Apple's encoders are timm's, with query, key and value in one matrix; the port's are transformers' Dinov2Model.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_QKV = "(query|key|value)"
_VIT = (
    (r"cls_token", "embeddings.cls_token"),
    (r"pos_embed", "embeddings.position_embeddings"),
    (r"patch_embed\.proj\.(\w+)", r"embeddings.patch_embeddings.projection.\1"),
    (r"blocks\.(\d+)\.norm(\d)\.(\w+)", r"encoder.layer.\1.norm\2.\3"),
    (r"blocks\.(\d+)\.attn\.qkv\.(\w+)", rf"encoder.layer.\1.attention.attention.{_QKV}.\2"),
    (r"blocks\.(\d+)\.attn\.proj\.(\w+)", r"encoder.layer.\1.attention.output.dense.\2"),
    (r"blocks\.(\d+)\.ls(\d)\.gamma", r"encoder.layer.\1.layer_scale\2.lambda1"),
    (r"blocks\.(\d+)\.mlp\.fc(\d)\.(\w+)", r"encoder.layer.\1.mlp.fc\2.\3"),
    (r"norm\.(\w+)", r"layernorm.\1"),
)
_ENCODERS = (
    ("encoder.patch_encoder.", "depth_pro.encoder.patch_encoder.model."),
    ("encoder.image_encoder.", "depth_pro.encoder.image_encoder.model."),
    ("fov.encoder.0.", "fov_model.fov_encoder.model."),
)
_UPSAMPLE = "depth_pro.neck.feature_upsample."
_OTHERS = (
    (r"encoder\.upsample_latent0\.(\d)\.weight", rf"{_UPSAMPLE}intermediate.1.layers.\1.weight"),
    (r"encoder\.upsample_latent1\.(\d)\.weight", rf"{_UPSAMPLE}intermediate.0.layers.\1.weight"),
    (r"encoder\.upsample0\.(\d)\.weight", rf"{_UPSAMPLE}scaled_images.2.layers.\1.weight"),
    (r"encoder\.upsample1\.(\d)\.weight", rf"{_UPSAMPLE}scaled_images.1.layers.\1.weight"),
    (r"encoder\.upsample2\.(\d)\.weight", rf"{_UPSAMPLE}scaled_images.0.layers.\1.weight"),
    (r"encoder\.upsample_lowres\.(\w+)", rf"{_UPSAMPLE}image_block.layers.0.\1"),
    (r"encoder\.fuse_lowres\.(\w+)", r"depth_pro.neck.fuse_image_with_low_res.\1"),
    # Apple counts the decoder's levels from the finest, the port from the coarsest.
    *(
        (rf"decoder\.convs\.{4 - i}\.weight", f"depth_pro.neck.feature_projection.projections.{i}.weight")
        for i in range(5)
    ),
    *(
        (rf"decoder\.fusions\.{4 - i}\.{apple}", f"fusion_stage.{'final' if i == 4 else f'intermediate.{i}'}.{port}")
        for i in range(5)
        for apple, port in (
            (r"resnet(\d)\.residual\.1\.(\w+)", r"residual_layer\1.convolution1.\2"),
            (r"resnet(\d)\.residual\.3\.(\w+)", r"residual_layer\1.convolution2.\2"),
            (r"deconv\.weight", "deconv.weight"),
            (r"out_conv\.(\w+)", r"projection.\1"),
        )
    ),
    (r"head\.(\d)\.(\w+)", r"head.layers.\1.\2"),
    (r"fov\.encoder\.1\.(\w+)", r"fov_model.fov_encoder.neck.\1"),
    (r"fov\.downsample\.0\.(\w+)", r"fov_model.conv.\1"),
    (r"fov\.head\.(\d)\.(\w+)", r"fov_model.head.layers.\1.\2"),
)


def port_tensors(apple: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The tensors of Apple's checkpoint under the names of the hub's apple/DepthPro-hf; unknown names stay."""
    for name, tensor in apple:
        port = port_name(name)
        if _QKV in port:
            parts = zip(("query", "key", "value"), tensor.chunk(3), strict=True)
            yield from ((port.replace(_QKV, part), values) for part, values in parts)
        else:
            yield port, tensor


def port_name(apple: str) -> str:
    """What the port calls a tensor of Apple's; of the joint matrix, all three names, as (query|key|value)."""
    for prefix, port_prefix in _ENCODERS:
        if apple.startswith(prefix):
            return port_prefix + _renamed(apple.removeprefix(prefix), _VIT)
    return _renamed(apple, _OTHERS)


def _renamed(name: str, table: Iterable[tuple[str, str]]) -> str:
    for pattern, replacement in table:
        match = re.fullmatch(pattern, name)
        if match:
            return match.expand(replacement)
    return name
