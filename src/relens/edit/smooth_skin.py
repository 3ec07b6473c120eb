"""Smooth skin: blotches fade, pores and edges stay."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from relens.edit.change import Patch, changed
from relens.edit.selection import Where, select
from relens.ranges import number
from relens.scene import Scene

# The largest blotches of a face.
_BLOTCH_MM = 8.0
_LEAST_PX = 4.0
# What is finer than this part of a blotch is pores and hairs.
_PORE_OF_BLOTCH = 1 / 8
# Texels across a blotch on the grid that blotches are found on.
_GRID_PX = 16
# Contrast, one standard deviation of the cube roots of light, from which on an uneven place is an edge.
_EDGE = 0.06
_LEAST_WEIGHT = np.float32(1e-6)


@dataclass(frozen=True)
class SmoothSkin:
    """Even out blotches of skin; its pores, its shading, and edges such as eyes and lips stay.

    Skin is what `where` says, e.g. Where(subject=True, colour="#d8a090", tolerance=40, brush_px=...). Next to strong
    edges less is evened out than in the open; leaving beard and brows out by the colour's tolerance brings it closer.

    Attributes:
        strength: 0 to 1, how much of the blotches goes; with all of them a face looks made up.
        size_px: of the largest blotches in the photo (default: 8 mm at the skin's depth); an eighth of it is a pore.
        where: what is skin.
    """

    strength: float = 0.5
    size_px: float | None = None
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The scene with smoother skin. Raises ValueRangeError for numbers out of range, and as `select` does.

        The cube root of light, about its lightness, is split into three: a base with edges and shading, by a guided
        filter; the pores, which a blur takes out; and what is between, which is damped. Filters see only what is
        selected of the layer, each texel by as much of it as is there.
        """
        strength = np.float32(number("strength", self.strength, "0 to 1", 0, 1))
        if self.size_px is not None:
            number("size_px", self.size_px, f"{_LEAST_PX:g} to 10000 pixels", _LEAST_PX, 1e4)
        selection = select(scene, self.where)
        if strength == 0:
            return scene
        fx_px = scene.camera.intrinsics.fx_px

        def smoothed(patch: Patch) -> np.ndarray:
            root = np.cbrt(patch.colour)
            root -= strength * _blotches(root, patch.coverage * patch.alpha, self.size_px or _blotch_px(patch, fx_px))
            np.maximum(root, 0, out=root)
            return root * root * root

        return changed(scene, selection, smoothed)


def _blotch_px(patch: Patch, fx_px: float) -> float:
    """How large the largest blotches are in the photo; where they are too small to see, a few pixels."""
    touched = (patch.coverage > 0) & (patch.alpha > 0)
    return max(_LEAST_PX, fx_px * float(np.median(patch.inverse_depth[touched])) * _BLOTCH_MM / 1000)


def _blotches(
    root: Float32[np.ndarray, "h w 3"], weight: Float32[np.ndarray, "h w"], size_px: float
) -> Float32[np.ndarray, "h w 3"]:
    """What is neither edge nor shading nor pore, on a coarser grid where blotches are large.

    A texel is taken for its own where the place is an edge, for the mean around where it is even, by the variance there
    as in a filter that guides itself (He, Sun & Tang, "Guided image filtering", PAMI 2013, eq. 5, 6), and on a coarser
    grid as in its fast variant (He & Sun 2015). Here the variance is about the running mean, so shading is no edge;
    it is that of all channels, so that colours do not part; and it enters squared, so that strong edges stay wholly.
    """
    import cv2

    height, width = weight.shape
    step = max(1.0, size_px / _GRID_PX)
    grid = max(1, round(width / step)), max(1, round(height / step))
    part = cv2.resize(weight, grid, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(root * weight[..., None], grid, interpolation=cv2.INTER_AREA)
    coarse /= np.maximum(part, _LEAST_WEIGHT)[..., None]

    def mean(of: np.ndarray, across_px: float) -> np.ndarray:
        box = (2 * round(across_px / step / 2) + 1,) * 2
        total = np.maximum(cv2.blur(part, box, borderType=cv2.BORDER_CONSTANT), _LEAST_WEIGHT)
        if of.ndim == 2:
            return cv2.blur(of * part, box, borderType=cv2.BORDER_CONSTANT) / total
        return cv2.blur(of * part[..., None], box, borderType=cv2.BORDER_CONSTANT) / total[..., None]

    window_px = 2 * size_px
    uneven = coarse - mean(coarse, window_px)
    variance = mean(np.einsum("hwc,hwc->hw", uneven, uneven), window_px)
    smooth = _EDGE**4 / (_EDGE**4 + variance**2)
    # Near the selection's edge a mean is of one side, and would take shading for a blotch.
    place = np.indices(part.shape, np.float32)
    aside = np.hypot(*(mean(axis, window_px) - axis for axis in place)) * (4 * step / window_px)
    blotches = uneven * (smooth * np.clip(1 - aside, 0, 1))[..., None]
    for _ in range(2):
        blotches = mean(blotches, _PORE_OF_BLOTCH * size_px)
    return cv2.resize(blotches, (width, height), interpolation=cv2.INTER_LINEAR)
