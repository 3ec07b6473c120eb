"""The network as Apple trained it; the port's default configuration is another one."""

from typing import Any

# DINOv2-L at patches of 16 pixels, three times: for the patches, the whole image and the field of view.
_VIT_LARGE = {
    "model_type": "dinov2",
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "mlp_ratio": 4,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-6,
    "layerscale_value": 1.0,
    "qkv_bias": True,
    "image_size": 384,
    "patch_size": 16,
    "use_mask_token": False,
    "use_swiglu_ffn": False,
}


def apple_configuration() -> dict[str, Any]:
    """The arguments of transformers' DepthProConfig for the published network: 951,991,330 parameters.

    Source: Apple's `DEFAULT_MONODEPTH_CONFIG_DICT` and `VIT_CONFIG_DICT`.
    """
    return {
        "patch_size": 384,
        "fusion_hidden_size": 256,
        "intermediate_hook_ids": [11, 5],
        "intermediate_feature_dims": [256, 256],
        "scaled_images_ratios": [0.25, 0.5, 1],
        "scaled_images_overlap_ratios": [0.0, 0.5, 0.25],
        "scaled_images_feature_dims": [1024, 1024, 512],
        "merge_padding_value": 3,
        "use_batch_norm_in_fusion_residual": False,
        "use_bias_in_fusion_residual": True,
        "use_fov_model": True,
        "num_fov_head_layers": 2,
        "image_model_config": dict(_VIT_LARGE),
        "patch_model_config": dict(_VIT_LARGE),
        "fov_model_config": dict(_VIT_LARGE),
    }
