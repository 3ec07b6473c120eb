"""The lens distortion that phones note, read from the sample portraits and from numbers made here."""

import base64
from pathlib import Path

import numpy as np
import pytest

from relens.photo.packets import find_packets
from relens.photo.phone_distortion import phone_distortion
from relens.photo.xmp import Xmp, xmp_numbers

_NS = "{http://ns.apple.com/depthData/1.0/}"


def _phone(**more: str | tuple[str, ...]) -> dict[str, str | tuple[str, ...] | tuple[Xmp, ...]]:
    facts = {
        "IntrinsicMatrixReferenceWidth": "4000",
        "IntrinsicMatrixReferenceHeight": "3000",
        "LensDistortionCenterOffsetX": "2010",
        "LensDistortionCenterOffsetY": "1490",
        "PixelSize": "0.001",
    }
    return {_NS + name: value for name, value in (facts | more).items()}


_TABLE = np.linspace(0, 0.01, 42).astype(np.float32)


@pytest.mark.parametrize("name", ["LensDistortionLookupTable", "LensDistortionCoefficients"])
@pytest.mark.parametrize("packed", [True, False])
def test_tables_of_floats(name: str, packed: bool) -> None:
    value = base64.b64encode(_TABLE.tobytes()).decode() if packed else tuple(str(number) for number in _TABLE)
    lens = phone_distortion(2000, 1500, [_phone(**{name: value})])
    assert lens is not None
    # Half the reference size; 1 % at the farthest corner.
    assert (lens.centre_x_px, lens.centre_y_px) == (1005, 745)
    assert lens.straight_px[-1] == pytest.approx(np.hypot(1005, 755))
    np.testing.assert_allclose(lens.bent_px[-1] / lens.straight_px[-1], 1.01, rtol=1e-6)


def test_coefficients_are_of_even_powers_of_millimetres_in_percent() -> None:
    lens = phone_distortion(4000, 3000, [_phone(LensDistortionCoefficients=("0", "-0.5", *["0"] * 6))])
    assert lens is not None
    # A point 2 mm, or 2000 pixels, from the centre: 1 / (1 - 0.01 * 0.5 * 4).
    [[x, y]] = lens.distort(np.array([[2010.0 + 2000, 1490.0]]))
    assert (x, y) == (pytest.approx(2010 + 2000 / 0.98, abs=1e-3), pytest.approx(1490))


def test_the_two_polynomials_of_a_real_phone_undo_each_other(jpeg_portrait: Path) -> None:
    # What this reading of undocumented numbers rests on.
    packets = find_packets(jpeg_portrait.read_bytes())
    lens = phone_distortion(2316, 3088, packets)
    assert lens is not None
    [inverse] = filter(None, (xmp_numbers(xmp, f"{_NS}InverseLensDistortionCoefficients") for xmp in packets))
    squared_mm = (lens.bent_px * 0.001) ** 2
    back = lens.bent_px / (1 + 0.01 * np.polynomial.polynomial.polyval(squared_mm, inverse))
    np.testing.assert_allclose(back, lens.straight_px, atol=0.02)
    assert 15 < lens.largest_px(2316, 3088) < 20


def test_a_phone_that_notes_zeros_has_none(heic_portrait: Path) -> None:
    assert phone_distortion(2316, 3088, find_packets(heic_portrait.read_bytes())) is None


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"LensDistortionCoefficients": ("0", "x")},
        {"LensDistortionCoefficients": ("0", "nan", *["0"] * 6)},
        {"LensDistortionCoefficients": "!!!!"},
        {"LensDistortionCoefficients": "AAA="},
        # Folds over: the radius shrinks beyond 2 mm.
        {"LensDistortionCoefficients": ("0", "90", *["0"] * 6)},
        # Divides by zero on the way.
        {"LensDistortionCoefficients": ("0", "-50", *["0"] * 6)},
        {"LensDistortionCoefficients": ("0", "-1", *["0"] * 6), "PixelSize": "0"},
        {"LensDistortionCoefficients": ("0", "-1", *["0"] * 6), "LensDistortionCenterOffsetX": "inf"},
        {"LensDistortionCoefficients": ("0", "-1", *["0"] * 6), "IntrinsicMatrixReferenceHeight": "4000"},
    ],
)
def test_nonsense_and_other_frames_are_passed_over(facts: dict[str, str | tuple[str, ...]]) -> None:
    assert phone_distortion(2000, 1500, [_phone(**facts)]) is None
