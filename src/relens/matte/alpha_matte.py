"""Alpha matte: what `refine` finds."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8


@dataclass(frozen=True)
class Matte:
    """One instance, cut out.

    Attributes:
        alpha: (h, w) its coverage, 0 to 1.
        foreground: (h, w, 3) its own colours, straight, linear light, free of the background where alpha is between;
            the picture's elsewhere.
        states: (h, w) what is settled: 0 background, 1 foreground, 2 unknown to the end, where alpha is the best guess.
    """

    alpha: Float32[np.ndarray, "h w"]
    foreground: Float32[np.ndarray, "h w 3"]
    states: UInt8[np.ndarray, "h w"]
