"""Inpainter: what `inpaint` is, and what may stand in its place."""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int32


@runtime_checkable
class Inpainter(Protocol):
    """Turns a smooth continuation of hidden surfaces into what they may look like."""

    def __call__(
        self,
        smooth: Float32[np.ndarray, "h w 3"],
        sources: Int32[np.ndarray, "h w"],
        wanted: Int32[np.ndarray, "h w"],
    ) -> Float32[np.ndarray, "h w 3"]:
        """The picture, linear light, with its wanted pixels painted and all others as they were.

        smooth: linear light, in which the wanted pixels already hold a smooth continuation. sources: the number, from
        1, of the surface that a pixel shows purely; 0 where it may not be looked at. wanted: the number of the surface
        that is to be continued at a pixel, 0 elsewhere.
        """
        ...
