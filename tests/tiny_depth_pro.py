"""Depth Pro's architecture at a thousandth of its size, with random weights, as transformers and as Apple name them."""

import re
from pathlib import Path

import numpy as np
import torch
from transformers import DepthProConfig, DepthProForDepthEstimation
from transformers.utils.logging import disable_progress_bar

from relens.camera import Intrinsics
from relens.photo import Photo

# Of the tiny network's input; Apple's code is bound to patches of 384 pixels, so to inputs of 1536.
SIDE_PX = 256

disable_progress_bar()


def tiny_settings(patch_px=64, **changes):
    """For DepthProConfig."""
    vit = {
        "model_type": "dinov2",
        "hidden_size": 32,
        "num_hidden_layers": 4,
        "num_attention_heads": 2,
        "mlp_ratio": 2,
        "image_size": patch_px,
        "patch_size": 16,
        "layer_norm_eps": 1e-6,
        "use_mask_token": False,
    }
    settings = {
        "patch_size": patch_px,
        "fusion_hidden_size": 16,
        "intermediate_hook_ids": [2, 1],
        "intermediate_feature_dims": [16, 16],
        "scaled_images_feature_dims": [32, 24, 16],
        "use_fov_model": True,
        "num_fov_head_layers": 2 if patch_px == 384 else 1,
        "image_model_config": dict(vit),
        "patch_model_config": dict(vit),
        "fov_model_config": dict(vit),
    }
    return {**settings, **changes}


def tiny_model(patch_px=64, seed=0, **changes):
    """Random weights that answer with relief, some sky, and a field of view of about 40 degrees."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model = DepthProForDepthEstimation(DepthProConfig(**tiny_settings(patch_px, **changes))).eval()
    with torch.inference_mode():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(std=0.1)
            if name.endswith(("lambda1", "norm1.weight", "norm2.weight", "layernorm.weight")):
                parameter.uniform_(0.5, 1.5)
        answer = model.head.layers[4]
        answer.bias.zero_()
        pixels = torch.rand(1, 3, 4 * patch_px, 4 * patch_px) * 2 - 1
        answer.weight /= model(pixels).predicted_depth.abs().mean()
        answer.bias.fill_(-0.2)
        if model.fov_model is not None:
            model.fov_model.head.layers[-1].bias.fill_(40.0)
    return model


def saved(model, folder):
    """The folder of the port's that `save_pretrained` writes."""
    model.save_pretrained(folder)
    return Path(folder)


def apple_state(model):
    """What Apple's checkpoint holds where the port holds these numbers; the table of checkpoint.py is not used."""
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    apple = {}
    prefixes = {
        "depth_pro.encoder.patch_encoder.model.": "encoder.patch_encoder.",
        "depth_pro.encoder.image_encoder.model.": "encoder.image_encoder.",
        "fov_model.fov_encoder.model.": "fov.encoder.0.",
    }
    for port, prefix in prefixes.items():
        layers = len(
            {re.search(r"layer\.(\d+)\.", name).group(1) for name in state if name.startswith(port + "encoder.")}
        )

        def take(name, port=port):
            return state.pop(port + name)

        apple[prefix + "cls_token"] = take("embeddings.cls_token")
        apple[prefix + "pos_embed"] = take("embeddings.position_embeddings")
        for kind in ("weight", "bias"):
            apple[prefix + f"patch_embed.proj.{kind}"] = take(f"embeddings.patch_embeddings.projection.{kind}")
            apple[prefix + f"norm.{kind}"] = take(f"layernorm.{kind}")
        for index in range(layers):
            block, layer = f"{prefix}blocks.{index}.", f"encoder.layer.{index}."
            for kind in ("weight", "bias"):
                apple[f"{block}norm1.{kind}"] = take(f"{layer}norm1.{kind}")
                apple[f"{block}norm2.{kind}"] = take(f"{layer}norm2.{kind}")
                apple[f"{block}mlp.fc1.{kind}"] = take(f"{layer}mlp.fc1.{kind}")
                apple[f"{block}mlp.fc2.{kind}"] = take(f"{layer}mlp.fc2.{kind}")
                apple[f"{block}attn.qkv.{kind}"] = torch.cat([_attention(state, port + layer, x, kind) for x in "qkv"])
                apple[f"{block}attn.proj.{kind}"] = _attention(state, port + layer, "o", kind)
            apple[f"{block}ls1.gamma"] = take(f"{layer}layer_scale1.lambda1")
            apple[f"{block}ls2.gamma"] = take(f"{layer}layer_scale2.lambda1")
    upsample = "depth_pro.neck.feature_upsample."
    moved = {
        f"{upsample}intermediate.1.layers.": "encoder.upsample_latent0.",
        f"{upsample}intermediate.0.layers.": "encoder.upsample_latent1.",
        f"{upsample}scaled_images.2.layers.": "encoder.upsample0.",
        f"{upsample}scaled_images.1.layers.": "encoder.upsample1.",
        f"{upsample}scaled_images.0.layers.": "encoder.upsample2.",
        f"{upsample}image_block.layers.0.": "encoder.upsample_lowres.",
        "depth_pro.neck.fuse_image_with_low_res.": "encoder.fuse_lowres.",
        **{f"depth_pro.neck.feature_projection.projections.{i}.": f"decoder.convs.{4 - i}." for i in range(5)},
        **{f"fusion_stage.intermediate.{i}.": f"decoder.fusions.{4 - i}." for i in range(4)},
        "fusion_stage.final.": "decoder.fusions.0.",
        "head.layers.": "head.",
        "fov_model.fov_encoder.neck.": "fov.encoder.1.",
        "fov_model.conv.": "fov.downsample.0.",
        "fov_model.head.layers.": "fov.head.",
    }
    inside = {
        "residual_layer1.convolution1": "resnet1.residual.1",
        "residual_layer1.convolution2": "resnet1.residual.3",
        "residual_layer2.convolution1": "resnet2.residual.1",
        "residual_layer2.convolution2": "resnet2.residual.3",
        "projection.": "out_conv.",
    }
    for name, tensor in state.items():
        prefix = next(prefix for prefix in moved if name.startswith(prefix))
        rest = name.removeprefix(prefix)
        for port, there in inside.items() if prefix.startswith("fusion_stage") else ():
            rest = rest.replace(port, there)
        apple[moved[prefix] + rest] = tensor
    return apple


def _attention(state, layer, part, kind):
    old = {"q": "attention.query", "k": "attention.key", "v": "attention.value", "o": "output.dense"}[part]
    for name in (f"{layer}attention.{part}_proj.{kind}", f"{layer}attention.{old}.{kind}"):
        if name in state:
            return state.pop(name)
    raise KeyError(name)


def photo_of(width_px=96, height_px=64, seed=0, source="default (60 degrees diagonal)", fx_px=100.0):
    """Noise, with a focal length."""
    linear = np.random.default_rng(seed).random((height_px, width_px, 3)).astype(np.float32)
    return Photo(linear, Intrinsics.centred(fx_px, width_px, height_px, source))
