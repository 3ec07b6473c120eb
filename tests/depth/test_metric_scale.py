"""The iris check finds by how much a depth source is wrong, whatever else its map holds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portraits import astronaut, nobody, phone_portrait

from relens.depth import Depth, find_depth, metric_scale
from relens.depth.metric_scale import FaceReading, ScaleCheck, check_scale, corrected
from relens.depth.request import DepthRequest
from relens.errors import RelensError
from relens.face import find_faces
from relens.photo import Photo

pytest.importorskip("ai_edge_litert", reason="the iris check needs ai-edge-litert: pip install 'relens[portrait]'")


@pytest.fixture(autouse=True, scope="module")
def faces_once():
    """The faces of a photo are found once for the module."""
    found: dict[int, tuple] = {}
    with pytest.MonkeyPatch.context() as patch:

        def once(photo: Photo) -> tuple:
            # By the pixels: a photo that is read again is another object.
            if id(photo.linear) not in found:
                found[id(photo.linear)] = find_faces(photo)
            return found[id(photo.linear)]

        patch.setattr(metric_scale, "find_faces", once)
        yield


def _phone() -> Depth:
    return find_depth(phone_portrait(), "phone")


def test_a_phone_that_measures_true_is_told_so() -> None:
    check = check_scale(_phone(), phone_portrait())
    assert check is not None and abs(math.log(check.ratio)) < 0.05
    assert "scale is right" in check.text and len(check.readings) == 1 and check.agree


@given(st.floats(0.3, 3))
@settings(max_examples=20)
def test_the_ratio_is_the_factor_that_the_depth_is_wrong_by(factor: float) -> None:
    depth = _phone()
    wrong = replace(depth, inverse_depth=depth.inverse_depth / np.float32(factor))
    true, check = check_scale(depth, phone_portrait()), check_scale(wrong, phone_portrait())
    assert true is not None and check is not None
    assert check.ratio / true.ratio == pytest.approx(factor, rel=1e-4)
    assert ("scale is off" in check.text) == (abs(math.log(check.ratio)) > 2 * check.spread)
    right = check_scale(corrected(wrong, check), phone_portrait())
    assert right is not None and right.ratio == pytest.approx(1, abs=1e-4)


def test_unknown_pixels_and_silhouettes_do_not_pull() -> None:
    depth = _phone()
    inverse = depth.inverse_depth.copy()
    inverse[::3] = np.nan
    # The wall behind flows over everything but the middle of the face.
    rows, columns = np.indices(inverse.shape)
    inverse[np.hypot(rows - 340, columns - 235) > 90] = 1 / 1.8
    check, true = (
        check_scale(replace(depth, inverse_depth=inverse), phone_portrait()),
        check_scale(depth, phone_portrait()),
    )
    assert check is not None and true is not None
    assert check.ratio == pytest.approx(true.ratio, rel=0.02)


def test_a_face_that_the_depth_does_not_know_tells_nothing() -> None:
    depth = _phone()
    inverse = depth.inverse_depth.copy()
    inverse[150:500] = np.nan
    assert check_scale(replace(depth, inverse_depth=inverse), phone_portrait()) is None


def test_without_an_iris_there_is_no_check() -> None:
    flat = Depth(np.linspace(1, 2, 192, dtype=np.float32).reshape(12, 16), "test")
    assert check_scale(flat, nobody()) is None
    # Eyes shut.
    photo = phone_portrait("iphone-xs-portrait")
    assert check_scale(find_depth(photo, "phone"), photo) is None
    with pytest.raises(RelensError, match="no face with a measurable eye"):
        find_depth(photo, DepthRequest("phone", metric_scale="iris"))


def test_correction_keeps_everything_but_the_scale() -> None:
    inverse = np.array([[0.0, 1.0], [np.nan, 2.0]], np.float32)
    depth = Depth(inverse, "test", uncertainty=np.full((2, 2), 0.03, np.float32))
    right = corrected(depth, ScaleCheck(1.25, 0.04, (FaceReading(1.25, 1.0, 0.04),)))
    np.testing.assert_allclose(right.inverse_depth, [[0, 1.25], [np.nan, 2.5]])
    assert right.uncertainty is not None
    np.testing.assert_allclose(right.uncertainty, 0.05, rtol=1e-6)
    assert "divided by 1.250" in right.notes[-1]


def test_faces_that_contradict_each_other_are_reported() -> None:
    readings = (FaceReading(1.0, 1.0, 0.05), FaceReading(2.0, 1.0, 0.05))
    check = ScaleCheck(math.sqrt(2), 0.05 / math.sqrt(2), readings)
    assert not check.agree and "contradict" in check.text
    assert ScaleCheck(1.0, 0.05, readings[:1]).agree


def test_find_depth_corrects_by_the_iris() -> None:
    photo = astronaut()
    depth = Depth(np.tile(np.linspace(0.2, 0.4, 64, dtype=np.float32), (64, 1)), "test")
    right = find_depth(photo, DepthRequest(depth, metric_scale="iris"))
    check = check_scale(right, photo)
    assert check is not None and check.ratio == pytest.approx(1, rel=1e-3)


def test_a_map_with_a_focal_length_of_its_own_is_checked_with_it() -> None:
    depth, photo = _phone(), phone_portrait()
    longer = replace(photo.intrinsics, fx_px=1.5 * photo.intrinsics.fx_px, fy_px=1.5 * photo.intrinsics.fy_px)
    own, other = check_scale(depth, photo), check_scale(replace(depth, intrinsics=longer), photo)
    assert own is not None and other is not None
    # But for the relief, which is flatter seen from afar.
    assert own.ratio / other.ratio == pytest.approx(1.5, rel=0.03)


def test_faces_that_scatter_make_the_scale_less_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    depth, photo = _phone(), phone_portrait()
    spreads = []
    for other_m in (1.0, 1.6):
        readings = iter([FaceReading(1.0, 1.0, 0.05), FaceReading(other_m, 1.0, 0.05)])
        monkeypatch.setattr(metric_scale, "find_faces", lambda photo: (None, None))
        monkeypatch.setattr(metric_scale, "_reading", lambda *_, readings=readings: next(readings))
        check = check_scale(depth, photo)
        assert check is not None and check.agree == (other_m == 1.0)
        spreads.append(check.spread)
    assert spreads[0] == pytest.approx(0.05 / math.sqrt(2)) and spreads[1] > 4 * spreads[0]
