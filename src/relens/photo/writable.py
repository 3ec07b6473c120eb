"""Writable: a checked picture on its way to an encoder."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True)
class Writable:
    """What `write_image` hands to the writer of a format.

    Attributes:
        linear: (h, w, 3) linear light, finite, premultiplied where there is alpha.
        alpha: (h, w) 0..1, or None for opaque.
        bit_depth: one that the format knows.
        exif: a block that fits the picture; begins with "Exif" and two zeros, or is empty.
        channels: (h, w) each, what rides along by name; Z is the depth in metres.
    """

    linear: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"] | None
    bit_depth: int
    exif: bytes
    channels: dict[str, Float32[np.ndarray, "h w"]]
