"""Linear layers in 8-bit integers: weights scaled by output channel, inputs by token, symmetric about 0.

Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
CVPR 2018, section 2, with the zero point at 0.
"""

from functools import partial
from typing import Any

_MOST = 127


def quantised(linear: Any, weight: Any) -> Any:
    """The weight (out, in) in 8 bits; its layer is made to compute with it."""
    import torch

    scale = (weight.float().abs().amax(dim=1) / _MOST).clamp(min=torch.finfo(torch.float32).tiny)
    linear.register_buffer("scale", scale, persistent=False)
    linear.forward = partial(_forward, linear)
    return (weight.float() / scale[:, None]).round_().to(torch.int8)


def _forward(linear: Any, inputs: Any) -> Any:
    import torch

    rows = inputs.reshape(-1, inputs.shape[-1]).float()
    scale = (rows.abs().amax(dim=1, keepdim=True) / _MOST).clamp(min=torch.finfo(torch.float32).tiny)
    product = torch._int_mm(  # pyright: ignore[reportPrivateImportUsage]
        (rows / scale).round_().to(torch.int8), linear.weight.t()
    )
    outputs = product.float().mul_(scale).mul_(linear.scale)
    if linear.bias is not None:
        outputs += linear.bias
    return outputs.to(inputs.dtype).reshape(*inputs.shape[:-1], -1)
