"""DINOv2: features of a self-supervised network, by transformers' Dinov2Model."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.matte.pretrained import load_pretrained, missing_packages, weights_folder
from relens.photo import srgb_encode
from relens.weights import local_files

NAME = "dinov2-small"
# About so many patches along the longer side.
_PATCHES = 48
# So many directions of the features, those in which they differ most, are kept.
_CHANNELS = 32
# ImageNet's, where the folder does not say.
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def has_dino() -> bool:
    """Whether the network can run here: its weights have been fetched, and its packages are installed."""
    return local_files(NAME) is not None and not missing_packages()


def dino_features(
    linear: Float32[np.ndarray, "h w 3"], weights: Path | None = None, channels: int = _CHANNELS
) -> Float32[np.ndarray, "_ _ c"]:
    """What each patch of a picture shows, as `refine` takes it: at most 48 patches long, the picture's aspect.

    The patches' last features, on their principal directions in this picture, each of about unit size.
    Source: Oquab et al., "DINOv2: Learning Robust Visual Features without Supervision", 2023, arXiv 2304.07193.

    linear: linear light. weights: a folder with config.json and model.safetensors; None takes what `relens models
    fetch dinov2-small` has downloaded. channels: at most so many.
    Raises RelensError without weights, with what to do; FileError for a folder without them, or corrupt ones;
    MissingPackageError without torch and transformers.
    """
    network = load_pretrained("Dinov2Model", weights_folder(NAME, weights), _MEAN, _SPREAD)
    import cv2
    import torch

    side_px = int(network.model.config.patch_size)
    height, width = linear.shape[:2]
    rows, columns = (max(round(_PATCHES * length / max(height, width)), 1) for length in (height, width))
    small = cv2.resize(np.clip(linear, 0, 1), (columns * side_px, rows * side_px), interpolation=cv2.INTER_AREA)
    picture = network.normalised(srgb_encode(small).astype(np.float32))
    batch = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))[None].astype(np.float32))
    with torch.inference_mode():
        tokens = network.model(batch.to(network.device)).last_hidden_state[0].float().cpu().numpy()
    # The first token speaks for the whole picture.
    return _principal(tokens[1:], channels).reshape(rows, columns, -1)


def _principal(features: Float32[np.ndarray, "n c"], channels: int) -> Float32[np.ndarray, "n d"]:
    centred = (features - features.mean(axis=0)).astype(np.float64)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    chosen = np.argsort(values)[::-1][:channels]
    # Directions that hardly differ are noise.
    chosen = chosen[values[chosen] > 1e-6 * max(values[-1], 1e-12)]
    return (centred @ vectors[:, chosen] / np.sqrt(values[chosen].mean())).astype(np.float32)
