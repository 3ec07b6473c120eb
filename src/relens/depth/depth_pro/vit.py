"""An encoder of the port run layer by layer, a few patches at a time: the same numbers in a fraction of the memory.

The port sends all 35 patches through a layer at once and keeps what every layer says; two of them are needed.
"""

from collections.abc import Collection
from functools import partial
from typing import Any


def run_lean(vit: Any, keep: Collection[int], patches_at_once: int, answer_dtype: Any) -> None:
    """Give a Dinov2Model a forward that answers like its own, with `hidden_states` only behind the layers in `keep`.

    answer_dtype: of what it answers; it computes in the type of its own weights.
    """
    vit.forward = partial(_forward, vit, frozenset(keep), patches_at_once, answer_dtype)


def _forward(
    vit: Any, keep: frozenset[int], patches_at_once: int, answer_dtype: Any, pixel_values: Any, **_: Any
) -> Any:
    import torch
    from transformers.modeling_outputs import BaseModelOutputWithPooling

    tokens = torch.cat([vit.embeddings(patches) for patches in pixel_values.split(patches_at_once)])
    kept = {}
    for index, layer in enumerate(vit.encoder.layer):
        for some in tokens.split(patches_at_once):
            answer = layer(some)
            some.copy_(answer[0] if isinstance(answer, tuple) else answer)
        if index in keep:
            # The port counts the embeddings as the first.
            kept[index + 1] = tokens.to(answer_dtype, copy=True)
    last = vit.layernorm(tokens).to(answer_dtype)
    return BaseModelOutputWithPooling(last, last[:, 0], kept)  # pyright: ignore[reportArgumentType]
