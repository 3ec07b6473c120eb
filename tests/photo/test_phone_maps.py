import numpy as np
import pytest

from relens.photo import phone_maps

_NS = "{http://ns.apple.com/pixeldatainfo/1.0/}"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("urn:com:apple:photo:2018:aux:portraiteffectsmatte", "portrait"),
        ("urn:com:apple:photo:2019:aux:semantichairmatte", "hair"),
        ("portraiteffectsmatte", "portrait"),
        ("urn:com:apple:photo:2020:aux:hdrgainmap", None),
        ("", None),
    ],
)
def test_matte_names(kind: str, name: str | None) -> None:
    assert phone_maps.matte_name(kind) == name


def test_a_matte_that_calls_itself_depth_is_a_matte() -> None:
    xmp = {f"{_NS}AuxiliaryImageType": "depth", f"{_NS}AuxiliaryImageSubType": "portraiteffectsmatte"}
    assert phone_maps.auxiliary_subtype(xmp) == "portraiteffectsmatte"


def test_disparity_runs_from_low_to_high() -> None:
    depth = phone_maps.embedded_depth(np.array([[0, 51, 255]], np.uint8), 0.5, 3.05, absolute=True)
    assert depth is not None and depth.accuracy == "absolute"
    np.testing.assert_allclose(depth.inverse_depth, [[0.5, 1.01, 3.05]], rtol=1e-6)


def test_negative_disparity_is_infinity() -> None:
    depth = phone_maps.embedded_depth(np.array([[0, 255]], np.uint8), -0.5, 1.0)
    assert depth is not None and depth.accuracy == "relative"
    np.testing.assert_allclose(depth.inverse_depth, [[0.0, 1.0]])


def test_distances_are_inverted_and_zero_is_unknown() -> None:
    depth = phone_maps.embedded_depth(np.array([[0, 65535]], np.uint16), 0.0, 4.0, metres=True)
    assert depth is not None
    np.testing.assert_allclose(depth.inverse_depth, [[np.nan, 0.25]])


def test_nothing_known_is_no_depth() -> None:
    assert phone_maps.embedded_depth(np.zeros((2, 2), np.uint8), 0.0, 4.0, metres=True) is None


@pytest.mark.parametrize("low", ["nan", "inf", "x", ""])
def test_a_range_of_nonsense_is_none(low: str) -> None:
    assert phone_maps.depth_range({f"{_NS}FloatMinValue": low, f"{_NS}FloatMaxValue": "1"}) is None
