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
    foreground, background = foreground + alpha * rest, background + (1 - alpha) * rest
    # Where one side would have to be darker than black, the other is alone.
    front_alone, rear_alone = image / np.maximum(alpha, 1e-6), image / np.maximum(1 - alpha, 1e-6)
    dark_front, dark_rear = foreground < 0, background < 0
    foreground = np.where(dark_front, 0, np.where(dark_rear, front_alone, foreground))
    return foreground, np.where(dark_rear, 0, np.where(dark_front, rear_alone, background))


def least_alpha(
    image: Float32[np.ndarray, "*s 3"], background: Float32[np.ndarray, "*s 3"]
) -> Float32[np.ndarray, "*s"]:
    """What has to be covered, at least, where a pixel is darker than what is behind it in all colours, as by hair."""
    darker = (image + _NOISE) / (background + _NOISE)
    return np.clip(1 - darker.max(axis=-1), 0, 1)
