"""Fusion: metres from the coarse map, edges from the sharp one, whatever the sharp one's scale."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.depth import Depth
from relens.depth.fuse import fuse
from relens.errors import RelensError
from relens.photo import Photo

HEIGHT, WIDTH = 120, 160


def scene() -> np.ndarray:
    """A near disc and a post before a sloping wall, inverse depth."""
    row, column = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    inverse = 0.3 + 0.2 * row / HEIGHT + 0.1 * column / WIDTH
    inverse[20:110, 120:126] = 1.1
    return np.where((column - 60) ** 2 + (row - 60) ** 2 < 35**2, np.float32(1.5), inverse)


def waves() -> np.ndarray:
    """What a network gets wrong: slowly varying scale."""
    row, column = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    return np.exp(0.08 * np.sin(column / 25) + 0.06 * np.cos(row / 30))


def photo() -> Photo:
    shade = scene() / 2
    return Photo(np.dstack([shade, shade, shade]), Intrinsics.centred(150, WIDTH, HEIGHT))


def phone(noise: float = 0.01, **changed) -> Depth:
    low = cv2.resize(scene(), (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA)
    low = low * (1 + noise * np.random.default_rng(0).normal(size=low.shape))
    return Depth(low.astype(np.float32), "phone", **changed)


def network(scale: float = 3.0, shift: float = 0.5, **changed) -> Depth:
    return Depth((scale * (scene() * waves() + shift)).astype(np.float32), "network", **changed)


def log_error(inverse: np.ndarray) -> np.ndarray:
    return np.abs(np.log(inverse / scene()))


def test_it_is_truer_than_either():
    fused = fuse(phone(), network(), photo())
    enlarged = cv2.resize(phone().inverse_depth, (WIDTH, HEIGHT))
    assert log_error(fused.inverse_depth).mean() < 0.02
    assert log_error(fused.inverse_depth).mean() < 0.5 * log_error(enlarged).mean()
    assert log_error(fused.inverse_depth).mean() < 0.5 * log_error((scene() * waves()).astype(np.float32)).mean()
    assert fused.inverse_depth.shape == (HEIGHT, WIDTH) and fused.inverse_depth.dtype == np.float32


@settings(max_examples=20)
@given(st.floats(0.01, 100), st.floats(-0.1, 3))
def test_scale_and_shift_of_the_sharp_map_change_nothing(scale, shift):
    wanted, got = fuse(phone(), network(), photo()), fuse(phone(), network(scale, shift), photo())
    assert np.allclose(got.inverse_depth, wanted.inverse_depth, rtol=2e-3)
    assert np.allclose(got.uncertainty, wanted.uncertainty, atol=2e-3)


@settings(max_examples=10)
@given(st.floats(0.2, 5))
def test_the_metric_map_s_scale_is_the_result_s(scale):
    metric = Depth((scale * phone().inverse_depth).astype(np.float32), "phone")
    got = fuse(metric, network(), photo()).inverse_depth
    assert np.allclose(got, scale * fuse(phone(), network(), photo()).inverse_depth, rtol=0.02)


def test_low_frequencies_are_the_metric_map_s():
    fused = cv2.resize(
        fuse(phone(0), network(), photo()).inverse_depth, (WIDTH // 4, HEIGHT // 4), None, 0, 0, cv2.INTER_AREA
    )
    low = [cv2.GaussianBlur(plane, (0, 0), 3) for plane in (fused, phone(0).inverse_depth)]
    assert np.abs(np.log(low[0] / low[1])).max() < 0.04
    assert np.abs(np.log(low[0] / low[1])).mean() < 0.01


def test_edges_are_the_sharp_map_s():
    fused = fuse(phone(), network(), photo()).inverse_depth
    steps = np.abs(np.diff(np.log(scene()), axis=1)) > 0.3
    assert np.abs(np.diff(np.log(fused), axis=1))[steps].min() > 0.25
    beside = cv2.dilate(steps.astype(np.uint8), np.ones((1, 3), np.uint8)) > 0
    assert np.abs(np.diff(np.log(fused), axis=1))[beside & ~steps].max() < 0.03


def test_where_the_sharp_map_contradicts_the_metric_one_the_metric_one_is_taken():
    # The network takes a poster on the wall for a window into the distance.
    fooled = network()
    fooled.inverse_depth[10:50, 125:155] *= 0.35
    fused = fuse(phone(), fooled, photo())
    inside = np.s_[20:40, 134:146]
    assert log_error(fused.inverse_depth)[inside].max() < 0.1
    assert "network is unknown or contradicts it" in fused.notes[-1]
    calm = fuse(phone(), network(), photo()).uncertainty
    assert fused.uncertainty[inside].min() > 3 * np.median(calm)


def test_what_only_one_knows_is_taken_from_it():
    holed, holed_phone = network(), phone()
    holed.inverse_depth[60:90, 130:155] = np.nan
    holed_phone.inverse_depth[2:9, 3:9] = np.nan
    fused = fuse(holed_phone, holed, photo())
    assert log_error(fused.inverse_depth)[60:90, 130:155].max() < 0.1
    assert log_error(fused.inverse_depth)[12:32, 16:32].mean() < 0.06
    both = fuse(
        Depth(np.where(np.indices((30, 40))[0] > 25, np.nan, phone().inverse_depth).astype(np.float32), "p"),
        Depth(np.where(np.indices((120, 160))[0] > 100, np.nan, network().inverse_depth).astype(np.float32), "n"),
        photo(),
    )
    assert np.isnan(both.inverse_depth[108:]).all() and not np.isnan(both.inverse_depth[:100]).any()


def test_sky_stays_where_the_phone_sees_nothing_near():
    sharp, metric = network(1, 0), phone()
    sharp.inverse_depth[:12] = 0
    metric.inverse_depth[:3] = 0.15
    fused = fuse(metric, sharp, photo())
    assert (fused.inverse_depth[:12] == 0).all() and (fused.inverse_depth[12:] > 0).all()


def test_unsure_pixels_of_the_metric_map_pull_less():
    wrong = phone()
    wrong.inverse_depth[:, :20] *= 1.2
    uncertainty = np.full(wrong.inverse_depth.shape, 0.01, np.float32)
    uncertainty[:, :20] = 1
    doubtful = Depth(wrong.inverse_depth, "phone", uncertainty=uncertainty)
    right = np.s_[:, 100:]
    sure, unsure = (fuse(metric, network(), photo()) for metric in (wrong, doubtful))
    assert log_error(unsure.inverse_depth)[right].mean() < 1.1 * log_error(sure.inverse_depth)[right].mean()
    assert log_error(unsure.inverse_depth).mean() < 0.75 * log_error(sure.inverse_depth).mean()


def test_it_carries_what_both_say():
    own = Intrinsics.centred(151, WIDTH, HEIGHT)
    fused = fuse(
        phone(intrinsics=own, notes=("a",), licence="user's"),
        network(edge_width_px=1.5, notes=("b",), licence="research"),
        photo(),
    )
    assert fused.source == "phone with network" and fused.licence == "user's; research"
    assert fused.intrinsics == own and fused.edge_width_px == 1.5 and fused.notes[:2] == ("a", "b")


def test_maps_of_different_scenes_are_refused():
    with pytest.raises(RelensError, match="do not match"):
        fuse(phone(), Depth((3 - scene()).astype(np.float32), "network"), photo())
