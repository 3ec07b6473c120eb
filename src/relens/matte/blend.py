"""Blend: the matting equation at a silhouette, I = alpha F + (1 - alpha) B, solved for what is unknown."""

import numpy as np
from jaxtyping import Float32

# Colour differences under about this (linear light) say nothing about alpha.
_NOISE = 0.03


def edge_alpha(
    image: Float32[np.ndarray, "n 3"],
    foreground: Float32[np.ndarray, "n 3"],
    background: Float32[np.ndarray, "n 3"],
    prior: Float32[np.ndarray, " n"],
) -> Float32[np.ndarray, " n"]:
    """Alpha of pixels whose two colours are known: the projection of I - B onto F - B, 0 to 1.

    Where the colours differ too little to tell, alpha falls back to the prior (Tikhonov). All colours linear light.
    """
    across = foreground - background
    along = np.einsum("nc,nc->n", image - background, across)
    weight = np.float32(_NOISE**2)
    return np.clip((along + weight * prior) / (np.einsum("nc,nc->n", across, across) + weight), 0, 1)


def split_exactly(
    image: Float32[np.ndarray, "*s 3"],
    alpha: Float32[np.ndarray, "*s"],
    foreground: Float32[np.ndarray, "*s 3"],
    background: Float32[np.ndarray, "*s 3"],
) -> tuple[Float32[np.ndarray, "*s 3"], Float32[np.ndarray, "*s 3"]]:
    """Foreground and background nearest to the given ones that blend to the image exactly (least norm, >= 0)."""
    alpha = alpha[..., None]
    rest = image - (alpha * foreground + (1 - alpha) * background)
    rest /= alpha**2 + (1 - alpha) ** 2
    return np.maximum(foreground + alpha * rest, 0), np.maximum(background + (1 - alpha) * rest, 0)
