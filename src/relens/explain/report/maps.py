"""Maps of numbers as pictures, and the scale that reads them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from relens.explain.report.embed import jpeg_of_codes

_UNKNOWN = 48  # display code of NaN
_SCALE_STEPS = 24


@dataclass(frozen=True)
class ValueMap:
    """A map, encoded, with its scale.

    Attributes:
        picture: a data URI.
        colours: of the scale from its low to its high end, evenly spaced, as #rrggbb.
        low, high: the values at its ends.
        unit: of the values.
    """

    picture: str
    colours: tuple[str, ...]
    low: float
    high: float
    unit: str


def value_map(values: Float32[np.ndarray, "h w"], unit: str, high: float | None = None) -> ValueMap:
    """Values from 0 up as colours (viridis: lightness rises evenly), NaN grey.

    high: where the colours end; the largest finite value when left out.
    """
    finite = values[np.isfinite(values)]
    top = high if high is not None else float(finite.max()) if finite.size else 1.0
    top = top if top > 0 else 1.0
    lut = _viridis()
    known = ~np.isnan(values)
    level = np.rint(np.clip(np.nan_to_num(values, posinf=top) / top, 0, 1) * 255).astype(np.uint8)
    codes = lut[level]
    codes[~known] = _UNKNOWN
    stops = np.rint(np.linspace(0, 255, _SCALE_STEPS)).astype(int)
    colours = tuple("#{:02x}{:02x}{:02x}".format(*(int(code) for code in lut[stop])) for stop in stops)
    return ValueMap(jpeg_of_codes(codes), colours, 0.0, top, unit)


def _viridis() -> UInt8[np.ndarray, "256 3"]:
    import cv2

    ramp = np.asarray(cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], cv2.COLORMAP_VIRIDIS))
    return np.ascontiguousarray(ramp[:, 0, ::-1])
