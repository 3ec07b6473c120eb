"""PackedLayer: a window of a layer at a level, encoded."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt16

from relens.viewer.box import Box
from relens.viewer.colour_page import colour_page
from relens.viewer.container import Chunks
from relens.viewer.fill import filled
from relens.viewer.plane import encoded

_CODES = 65535
# 1/m: finer than any depth is known.
_FINEST_STEP = 2e-4


@dataclass(frozen=True)
class PackedLayer:
    """What a pack says of a layer's window.

    Attributes:
        box: on the photo's grid at the level.
        colour: a lossy WebP file.
        gain, alpha, depth: planes (`relens.viewer.plane`); no gain where no light is above 1, no depth where it is to
            stay as it was.
        gain_stops: of the highest code of gain.
        depth_far, depth_step: inverse depth, 1/m, is depth_far + code depth_step.
    """

    box: Box
    colour: bytes
    gain: bytes | None
    gain_stops: float
    alpha: bytes
    depth: bytes | None
    depth_far: float
    depth_step: float

    def record(self, chunks: Chunks) -> dict[str, Any]:
        """What JSON says of it; its bytes go to the chunks."""
        of_chunks = {
            name: None if (data := getattr(self, name)) is None else chunks.add(data)
            for name in ("colour", "gain", "alpha", "depth")
        }
        window = {
            "left": self.box.left,
            "top": self.box.top,
            "width": self.box.width_px,
            "height": self.box.height_px,
        }
        numbers = {name: getattr(self, name) for name in ("gain_stops", "depth_far", "depth_step")}
        return {**window, **of_chunks, **numbers}


def packed_layer(
    box: Box, rgba: Float32[np.ndarray, "h w 4"], inverse_depth: Float32[np.ndarray, "h w"] | None
) -> PackedLayer:
    """Encode a window; inverse_depth: None leaves it out."""
    page = colour_page(rgba)
    codes, far, step = (None, 0.0, _FINEST_STEP) if inverse_depth is None else depth_codes(inverse_depth)
    return PackedLayer(
        box,
        page.webp,
        None if page.gain is None else encoded(page.gain),
        page.gain_stops,
        encoded(page.alpha),
        None if codes is None else encoded(codes),
        far,
        step,
    )


def depth_codes(inverse_depth: Float32[np.ndarray, "h w"]) -> tuple[UInt16[np.ndarray, "h w"], float, float]:
    """Codes of inverse depth, what code 0 stands for, and the step, 1/m; smooth where there is no surface."""
    known = ~np.isnan(inverse_depth)
    if not known.any():
        return np.zeros(inverse_depth.shape, np.uint16), 0.0, _FINEST_STEP
    far, near = float(np.nanmin(inverse_depth)), float(np.nanmax(inverse_depth))
    step = max((near - far) / _CODES, _FINEST_STEP)
    steps = (np.nan_to_num(inverse_depth, nan=far) - np.float32(far)) * np.float32(1 / step)
    smooth = filled(steps[..., None], known)[..., 0]
    return np.clip(np.rint(smooth), 0, _CODES).astype(np.uint16), far, step
