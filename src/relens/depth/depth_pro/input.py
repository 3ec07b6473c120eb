"""The photo as the network wants it: a square of encoded colours from -1 to 1."""

import numpy as np
from jaxtyping import Float32

from relens.photo import srgb_encode


def network_input(linear: Float32[np.ndarray, "h w 3"], side_px: int) -> Float32[np.ndarray, "3 n n"]:
    """A photo in linear light as the network's input; the aspect is squashed.

    Both published ways agree on it: sRGB values of 8 bits, (x/255 - 0.5) / 0.5, then bilinear with half-pixel centres
    and without a low-pass (Apple's `DepthPro.infer`; transformers' processor with antialias=False).
    """
    import torch

    # Whole values of 8 bits are what the network was trained on, and give back those of an 8-bit sRGB file exactly.
    encoded = srgb_encode(np.clip(linear, 0, 1))
    encoded *= np.float32(255)
    np.rint(encoded, out=encoded)
    encoded /= np.float32(127.5)
    encoded -= np.float32(1)
    planes = torch.from_numpy(encoded).permute(2, 0, 1)[None]
    square = torch.nn.functional.interpolate(planes, size=(side_px, side_px), mode="bilinear", align_corners=False)
    return np.ascontiguousarray(square[0].numpy())
