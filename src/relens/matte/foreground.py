"""Foreground: the colours of both sides where they share a pixel, each free of the other."""

import numpy as np
from jaxtyping import Float32

from relens.errors import MissingPackageError, ValueRangeError
from relens.matte.blend import split_exactly
from relens.matte.tiles import Tile, tiles_of

_SIDE_PX, _MARGIN_PX, _MOST_MARGIN_PX = 192, 32, 256
# A crop shows a side's own colour where this share of a pixel is its.
_PURE = 0.9


def side_colours(
    linear: Float32[np.ndarray, "h w 3"], alpha: Float32[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "h w 3"], Float32[np.ndarray, "h w 3"]]:
    """Foreground F and background B, straight, in linear light, that blend to the picture: alpha·F + (1 - alpha)·B.

    Smooth where the picture does not tell; the picture's own colours where alpha is 0 or 1. Worked out on crops around
    the shared pixels, in linear light, since that is where light adds up.
    Source: Germer et al., "Fast Multi-Level Foreground Estimation", ICPR 2020 (pymatting).

    Raises ValueRangeError for shapes that differ; MissingPackageError without pymatting.
    """
    if linear.shape[:2] != alpha.shape:
        raise ValueRangeError("alpha", alpha.shape, f"the picture's shape {linear.shape[:2]}")
    foreground, background = linear.copy(), linear.copy()
    shared = (alpha > 0) & (alpha < 1)
    if not shared.any():
        return foreground, background
    require_pymatting()
    from pymatting import estimate_foreground_ml

    for tile in tiles_of(shared, _SIDE_PX, 0):
        crop, inner = _wide_enough(alpha, tile)
        picture = linear[crop]
        # pymatting holds colours to 0 to 1.
        brightest = max(float(picture.max()), 1.0)
        front, rear = estimate_foreground_ml(picture / brightest, alpha[crop], return_background=True)
        here = shared[tile.core]
        parts = front[inner][here] * brightest, rear[inner][here] * brightest
        front, rear = split_exactly(linear[tile.core][here], alpha[tile.core][here], *parts)
        foreground[tile.core][here], background[tile.core][here] = front, rear
    return foreground, background


def _wide_enough(alpha: Float32[np.ndarray, "h w"], tile: Tile) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The tile with so much around it that both sides show themselves; and where the tile is in that."""
    margin_px = _MARGIN_PX
    while True:
        crop = tuple(
            slice(max(core.start - margin_px, 0), min(core.stop + margin_px, size))
            for core, size in zip(tile.core, alpha.shape, strict=True)
        )
        around = alpha[crop]
        if (around.max() > _PURE and around.min() < 1 - _PURE) or margin_px >= _MOST_MARGIN_PX:
            break
        margin_px *= 2
    inner = tuple(
        slice(core.start - whole.start, core.stop - whole.start) for core, whole in zip(tile.core, crop, strict=True)
    )
    return (crop[0], crop[1]), (inner[0], inner[1])


def require_pymatting() -> None:
    """Raises MissingPackageError without pymatting."""
    try:
        import pymatting  # noqa: F401
    except ImportError as error:
        raise MissingPackageError("pymatting", "refining a matte", "pip install 'relens[matte]'") from error
