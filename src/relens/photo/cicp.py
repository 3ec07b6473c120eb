"""Coding-independent code points (ITU-T H.273): how PNG, HEIC and video name a colour space by numbers."""

import numpy as np

from relens.photo.colour_space import (
    D65,
    DISPLAY_P3,
    REC_709,
    REC_2020,
    Chromaticities,
    ColourSpace,
    gamma_curve,
    linear_curve,
    matrix_to_srgb,
)
from relens.photo.transfer import srgb_curve

_UNSPECIFIED = 2
_PRIMARIES: dict[int, tuple[str, Chromaticities]] = {
    1: ("Rec.709", REC_709),
    _UNSPECIFIED: ("unspecified", REC_709),
    5: ("Rec.601 625", ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65)),
    6: ("Rec.601 525", ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65)),
    9: ("Rec.2020", REC_2020),
    12: ("P3", DISPLAY_P3),
}


def _rec_709_curve(encoded: np.ndarray) -> np.ndarray:
    size = np.abs(encoded)
    linear = np.where(size < 0.081, size / 4.5, ((size + 0.099) / 1.099) ** (1 / 0.45))
    return np.copysign(linear, encoded)


_CURVES = {
    1: ("Rec.709 curve", _rec_709_curve),
    _UNSPECIFIED: ("sRGB curve", srgb_curve),
    4: ("gamma 2.2", gamma_curve(2.2)),
    5: ("gamma 2.8", gamma_curve(2.8)),
    6: ("Rec.601 curve", _rec_709_curve),
    8: ("linear", linear_curve),
    13: ("sRGB curve", srgb_curve),
    14: ("Rec.2020 curve", _rec_709_curve),
    15: ("Rec.2020 curve", _rec_709_curve),
}
_KNOWN_BY_ONE_NAME = {(1, 13): "sRGB", (2, 2): "sRGB", (2, 13): "sRGB", (12, 13): "Display P3"}


def colour_space_from_cicp(primaries: int, transfer: int) -> ColourSpace:
    """The colour space named by H.273 code points (tables 2 and 3).

    Raises ValueError with one line for people where relens does not read it (HDR curves among them).
    """
    if transfer in (16, 18):
        raise ValueError(f"is HDR ({'PQ' if transfer == 16 else 'HLG'} curve); export it in sRGB or Display P3")
    if primaries not in _PRIMARIES or transfer not in _CURVES:
        raise ValueError(f"has colour code points {primaries}/{transfer}; export it in sRGB or Display P3")
    primaries_name, chromaticities = _PRIMARIES[primaries]
    curve_name, curve = _CURVES[transfer]
    name = _KNOWN_BY_ONE_NAME.get((primaries, transfer), f"{primaries_name}, {curve_name}")
    return ColourSpace(name, (curve,), matrix_to_srgb(chromaticities))
