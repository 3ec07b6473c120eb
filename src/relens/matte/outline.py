"""Outline: a graph cut through colour and depth, where a region is only roughly known."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from relens.matte.steps import Appearance

_CUTS = 4
# Depth fills its channel at this far from the thing's own (a share of its inverse depth).
_DEPTH_SPAN = 0.3


def cut_outline(
    look: Appearance,
    likely: Bool[np.ndarray, "h w"],
    inside: Bool[np.ndarray, "h w"],
    outside: Bool[np.ndarray, "h w"],
) -> Bool[np.ndarray, "h w"]:
    """The region that differs most from the rest in colour and depth, along edges; always the same.

    Source: Rother et al., "GrabCut", SIGGRAPH 2004 (OpenCV), on two principal colours and depth as its three channels,
    or three of colour without depth.

    likely: a first guess. inside, outside: what is sure.
    """
    import cv2

    known = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    known[inside], known[outside] = cv2.GC_FGD, cv2.GC_BGD
    front = (known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD)
    # Its mixtures of five colours have to be met on either side.
    if min(front.sum(), (~front).sum()) < 10 or not ((known == cv2.GC_PR_FGD) | (known == cv2.GC_PR_BGD)).any():
        return front
    # Its mixtures start at random.
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(_channels(look), known, (0, 0, 0, 0), *models, _CUTS, cv2.GC_INIT_WITH_MASK)
    return (known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD)


def _channels(look: Appearance) -> UInt8[np.ndarray, "h w 3"]:
    planes = [] if look.lab is None else [look.lab[..., k] for k in range(3)]
    if look.depth is not None:
        depth = np.tanh(_filled(look.depth) / np.float32(_DEPTH_SPAN)) * 127
        planes = [*_principal(look.lab), depth] if look.lab is not None else [depth, np.zeros_like(depth), depth * 0]
    return np.clip(np.rint(np.stack(planes, axis=-1) + 128), 0, 255).astype(np.uint8)


def _principal(lab: Float32[np.ndarray, "h w 3"]) -> list[Float32[np.ndarray, "h w"]]:
    """The two directions in which colours differ most, around 0."""
    centred = lab - lab.mean(axis=(0, 1))
    flat = centred.reshape(-1, 3).astype(np.float64)
    vectors = np.linalg.eigh(flat.T @ flat)[1]
    return [(centred @ vectors[:, k].astype(np.float32)).astype(np.float32) for k in (2, 1)]


def _filled(depth: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Unknown depth as the nearest known pixel has it."""
    import cv2

    unknown = np.isnan(depth)
    if not unknown.any():
        return depth
    _, labels = cv2.distanceTransformWithLabels(
        unknown.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = np.asarray(labels, np.intp)
    values = np.zeros(int(labels.max()) + 1, np.float32)
    values[labels[~unknown]] = depth[~unknown]
    return values[labels]
