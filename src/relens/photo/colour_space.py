"""Colour spaces: a transfer curve and three primaries, and the way from there to linear sRGB."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from relens.photo.transfer import srgb_curve

Curve = Callable[[np.ndarray], np.ndarray]
# (x, y) of red, green, blue and white.
Chromaticities = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
D65 = (0.3127, 0.3290)
REC_709: Chromaticities = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65)
DISPLAY_P3: Chromaticities = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65)
REC_2020: Chromaticities = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65)

# The white of the ICC connection space (ICC.1:2022, 7.2.16) and the Bradford cone matrix (Annex E).
D50_XYZ = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@dataclass(frozen=True)
class ColourSpace:
    """How stored values become linear sRGB.

    Attributes:
        name: for people, e.g. "Display P3".
        curves: encoded values, 0..1, to linear light, elementwise; one for all channels, or one each.
        to_srgb: linear RGB of this space to linear sRGB; None where the primaries are already those of sRGB.
    """

    name: str
    curves: tuple[Curve, ...]
    to_srgb: Float64[np.ndarray, "3 3"] | None = None


def linear_curve(encoded: np.ndarray) -> np.ndarray:
    """No curve at all."""
    return encoded


def gamma_curve(gamma: float) -> Curve:
    """A pure power, odd in its argument."""
    return lambda encoded: np.copysign(np.abs(encoded) ** gamma, encoded)


SRGB = ColourSpace("sRGB", (srgb_curve,))
LINEAR_SRGB = ColourSpace("linear", (linear_curve,))


def to_xyz(chromaticities: Chromaticities) -> Float64[np.ndarray, "3 3"]:
    """Linear RGB to XYZ in which the white has Y = 1. Source: SMPTE RP 177."""
    primaries = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in chromaticities[:3]]).T
    return primaries * np.linalg.solve(primaries, white_xyz(chromaticities[3]))


def white_xyz(white: tuple[float, float]) -> Float64[np.ndarray, "3"]:
    """XYZ of a chromaticity, Y = 1."""
    x, y = white
    return np.array([x / y, 1.0, (1 - x - y) / y])


def adapt_white(source_xyz: Float64[np.ndarray, "3"], target_xyz: Float64[np.ndarray, "3"]) -> np.ndarray:
    """The 3x3 Bradford adaptation of XYZ from one white to another."""
    gain = (_BRADFORD @ target_xyz) / (_BRADFORD @ source_xyz)
    return np.linalg.solve(_BRADFORD, gain[:, None] * _BRADFORD)


def matrix_to_srgb(chromaticities: Chromaticities) -> Float64[np.ndarray, "3 3"] | None:
    """Linear RGB of these primaries to linear sRGB; None where they are those of sRGB (to 3 decimals)."""
    if np.allclose(chromaticities, REC_709, atol=1e-3):
        return None
    adapted = adapt_white(white_xyz(chromaticities[3]), white_xyz(D65)) @ to_xyz(chromaticities)
    return np.linalg.solve(to_xyz(REC_709), adapted)


def to_linear_srgb(samples: np.ndarray, space: ColourSpace) -> Float32[np.ndarray, "h w 3"]:
    """Stored samples to linear sRGB.

    Args:
        samples: (h, w) grey or (h, w, 3) colour; uint8 or uint16 over their full range, or float.
        space: what they mean.

    Returns (h, w, 3). Colours outside the sRGB gamut keep their negative or above-one components: light stays additive
    under every blur, and only writing to a display format clips.
    """
    matrix = None if space.to_srgb is None else space.to_srgb.T.astype(np.float32)
    curves = [_tabulated(curve, samples.dtype) for curve in space.curves]
    linear = np.empty((*samples.shape[:2], 3), np.float32)
    rows = max(1, (1 << 18) // samples.shape[1])
    for start in range(0, samples.shape[0], rows):
        block, out = samples[start : start + rows], linear[start : start + rows]
        if block.ndim == 2:
            # Grey is neutral whatever the primaries.
            out[...] = curves[0](block)[..., None]
        elif len(curves) == 1:
            decoded = curves[0](block)
            out[...] = decoded if matrix is None else decoded @ matrix
        else:
            decoded = np.stack([curve(block[..., channel]) for channel, curve in enumerate(curves)], axis=-1)
            out[...] = decoded if matrix is None else decoded @ matrix
    return linear


def _tabulated(curve: Curve, dtype: np.dtype) -> Curve:
    """The curve in float32 for samples of this type: a look-up table for integers."""
    if dtype.kind == "f":
        return lambda samples: curve(samples.astype(np.float32)).astype(np.float32)
    top = int(np.iinfo(dtype).max)
    table = curve(np.arange(top + 1) / top).astype(np.float32)
    return lambda samples: table[samples]
