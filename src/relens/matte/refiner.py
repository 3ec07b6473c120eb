"""Refiner: the slot for a learned matting network, fed crops around what is unknown."""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8

from relens.errors import ValueRangeError
from relens.matte.states import FOREGROUND, UNKNOWN, promote, settled, trimap
from relens.matte.tiles import tiles_of
from relens.photo import srgb_encode
from relens.progress import Progress, silent

# Networks see crops of this much around this many pixels.
_SIDE_PX, _MARGIN_PX = 512, 128


@runtime_checkable
class Refiner(Protocol):
    """Anything that turns a picture and a trimap into alpha: a network, or a function for a test."""

    def __call__(
        self, encoded: Float32[np.ndarray, "h w 3"], trimap: Float32[np.ndarray, "h w"]
    ) -> Float32[np.ndarray, "h w"]:
        """Alpha, 0 to 1, of a crop.

        encoded: sRGB-encoded colours, 0 to 1. trimap: 0 background, 0.5 unknown, 1 foreground. Crops are of any shape;
        what is returned for known pixels is ignored.
        """
        ...


def refine_band(
    refiner: Refiner,
    linear: Float32[np.ndarray, "h w 3"],
    states: UInt8[np.ndarray, "h w"],
    progress: Progress = silent,
) -> tuple[Float32[np.ndarray, "h w"], UInt8[np.ndarray, "h w"]]:
    """Alpha by a learned refiner, asked only where something is unknown; and the states it leaves.

    linear: linear light. states: as states.py has them. Raises ValueRangeError when the refiner answers with another
    shape or with NaN.
    """
    alpha = (states == FOREGROUND).astype(np.float32)
    tiles = list(tiles_of(states == UNKNOWN, _SIDE_PX, _MARGIN_PX))
    for done, tile in enumerate(tiles):
        progress("matte", done / len(tiles))
        encoded = srgb_encode(np.clip(linear[tile.crop], 0, 1)).astype(np.float32)
        found = np.asarray(refiner(encoded, trimap(states[tile.crop])), np.float32)
        if found.shape != encoded.shape[:2] or np.isnan(found).any():
            raise ValueRangeError("refiner", found.shape, f"alpha without NaN of the crop's shape {encoded.shape[:2]}")
        unknown = states[tile.core] == UNKNOWN
        alpha[tile.core][unknown] = np.clip(found[tile.inner][unknown], 0, 1)
    progress("matte", 1.0)
    return alpha, promote(states, alpha, settled(alpha))
