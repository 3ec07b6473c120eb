"""The depth maps and mattes that phones store beside the picture."""

import math

import numpy as np
from jaxtyping import Float32

from relens.photo.photo import EmbeddedDepth
from relens.photo.xmp import Xmp, xmp_number

_PIXEL_DATA = "{http://ns.apple.com/pixeldatainfo/1.0/}"
_DEPTH_DATA = "{http://ns.apple.com/depthData/1.0/}"
# Endings of AuxiliaryImageSubType (JPEG) and of the auxiliary type URN (HEIC) -> the matte's name.
_MATTE_NAMES = {
    "portraiteffectsmatte": "portrait",
    "semantichairmatte": "hair",
    "semanticskinmatte": "skin",
    "semanticteethmatte": "teeth",
    "semanticglassesmatte": "glasses",
    "semanticskymatte": "sky",
}


def matte_name(kind: str) -> str | None:
    """The matte that a type URN or subtype stands for; None for anything else."""
    return _MATTE_NAMES.get(kind.rsplit(":", 1)[-1].lower())


def matte_from(samples: np.ndarray) -> Float32[np.ndarray, "h w"]:
    """A stored matte as 0..1. Phones store coverage itself, without a transfer curve, so this is a plain division."""
    return samples.astype(np.float32) / np.float32(np.iinfo(samples.dtype).max)


def auxiliary_subtype(xmp: Xmp) -> str:
    """What a further JPEG frame holds: "portraiteffectsmatte", ..., "disparity", "depth", or "".

    The subtype speaks before the type: portrait mattes also call themselves "depth".
    """
    for name in ("AuxiliaryImageSubType", "AuxiliaryImageType"):
        text = xmp.get(f"{_PIXEL_DATA}{name}")
        if isinstance(text, str) and text:
            return text.lower()
    return ""


def depth_range(xmp: Xmp) -> tuple[float, float] | None:
    """What the smallest and the largest stored value of a depth frame stand for; None where the packet does not say."""
    low, high = xmp_number(xmp, f"{_PIXEL_DATA}FloatMinValue"), xmp_number(xmp, f"{_PIXEL_DATA}FloatMaxValue")
    if low is None or high is None or not math.isfinite(low + high):
        return None
    return low, high


def depth_is_absolute(xmp: Xmp) -> bool:
    """Whether the phone calls its depth metric."""
    return xmp.get(f"{_DEPTH_DATA}Accuracy") == "absolute"


def integer_range(xmp: Xmp) -> tuple[float, float] | None:
    """The smallest and the largest stored value that `depth_range` is about; None where the packet does not say."""
    low, high = xmp_number(xmp, f"{_PIXEL_DATA}IntMinValue"), xmp_number(xmp, f"{_PIXEL_DATA}IntMaxValue")
    return (low, high) if low is not None and high is not None and 0 <= low < high < 1 << 16 else None


def reference_size(packets: list[Xmp]) -> tuple[float, float] | None:
    """Width and height of the frame that the phone's depth map and its matrix describe, where the packets say."""
    for xmp in packets:
        prefix = f"{_DEPTH_DATA}IntrinsicMatrixReference"
        width, height = xmp_number(xmp, f"{prefix}Width"), xmp_number(xmp, f"{prefix}Height")
        if width is not None and height is not None and min(width, height) > 0 and math.isfinite(width + height):
            return width, height
    return None


def embedded_depth(
    samples: np.ndarray,
    low: float,
    high: float,
    *,
    metres: bool = False,
    absolute: bool = False,
    integers: tuple[float, float] | None = None,
) -> EmbeddedDepth | None:
    """A stored depth map (h, w) in integers, spread linearly from `low` to `high`.

    Disparity is taken as 1/m (the unit of kCVPixelFormatType_Disparity*), negative values as infinity; `metres` says
    that the values are distances instead, where 0 and less mean unknown. `integers`: the stored values of `low` and
    `high`; the type's smallest and largest by default. None where nothing in it is known.
    """
    first, last = integers or (0, np.iinfo(samples.dtype).max)
    values = (samples.astype(np.float32) - np.float32(first)) * np.float32((high - low) / (last - first))
    values += np.float32(low)
    if metres:
        inverse = np.full_like(values, np.nan)
        np.divide(1, values, out=inverse, where=values > 0)
    else:
        inverse = np.maximum(values, 0)
    inverse[~np.isfinite(inverse)] = np.nan
    if np.isnan(inverse).all():
        return None
    return EmbeddedDepth(inverse, "absolute" if absolute else "relative")
