"""Uncertainty by asking again: mirrored and smaller views, brought back, aligned, compared."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.depth import Depth
from relens.depth.ensemble import with_uncertainty
from relens.errors import RelensError
from relens.photo import Photo

HEIGHT, WIDTH = 90, 120


def photo(**changed) -> Photo:
    """Its red is its true inverse depth, so that an estimator can see it in any view."""
    row, column = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    inverse = 0.3 + 0.3 * column / WIDTH + 0.1 * row / HEIGHT
    inverse[30:60, 20:50] = 0.9
    linear = np.dstack([inverse, column / WIDTH, row / HEIGHT]).astype(np.float32)
    asked = Photo(linear, Intrinsics(100, 110, 50, 40, WIDTH, HEIGHT), mattes={"portrait": linear[::2, ::2, 0].copy()})
    return replace(asked, **changed)


def seer(size=(60, 80), wrong=None):
    """An estimator of a fixed input size that reads the red; `wrong(inverse, number)` spoils the n-th answer."""
    seen = []

    def estimate(asked: Photo, progress) -> Depth:
        progress("seeing", 0.5)
        inverse = cv2.resize(asked.linear[..., 0], size[::-1], interpolation=cv2.INTER_AREA)
        if wrong is not None:
            inverse = wrong(inverse, len(seen)).astype(np.float32)
        seen.append(asked)
        return Depth(inverse, "seer", notes=("its own note",))

    estimate.seen = seen
    return estimate


def away_from_edges(inverse: np.ndarray) -> np.ndarray:
    box = np.ones((7, 7))
    return cv2.dilate(inverse, box) - cv2.erode(inverse, box) < 0.06


def test_a_consistent_source_is_sure_and_kept_as_it_is():
    estimate = seer()
    depth = with_uncertainty(estimate, photo())
    whole = seer()(photo(), lambda *_: None).inverse_depth
    known = depth.valid
    assert np.array_equal(depth.inverse_depth[known], whole[known])
    calm = away_from_edges(whole)
    assert known[calm].all() and np.median(depth.uncertainty[calm]) < 0.005
    assert depth.notes[0] == "its own note" and "15%" in depth.notes[1]
    assert np.array_equal(np.isnan(depth.uncertainty), ~known)


def test_the_views_are_a_mirror_and_a_smaller_picture_with_their_geometry():
    estimate = seer()
    with_uncertainty(estimate, photo())
    first, mirrored, wider = estimate.seen
    assert np.array_equal(mirrored.linear[:, ::-1], first.linear)
    assert np.array_equal(mirrored.mattes["portrait"][:, ::-1], first.mattes["portrait"])
    assert mirrored.intrinsics == Intrinsics(100, 110, 70, 40, WIDTH, HEIGHT)
    assert (wider.height_px, wider.width_px) == (120, 160)
    assert np.array_equal(wider.linear[15:-15, 20:-20], first.linear)
    assert np.array_equal(wider.linear[14, 20:-20], first.linear[0])
    assert wider.intrinsics == Intrinsics(100, 110, 70, 55, 160, 120)
    assert wider.mattes["portrait"].shape == (61, 80)


@pytest.mark.parametrize("number", [1, 2])
def test_scale_and_shift_of_a_view_are_aligned_away_but_told(number):
    estimate = seer(wrong=lambda inverse, n: 0.8 * inverse if n == number else inverse)
    depth = with_uncertainty(estimate, photo())
    assert np.median(depth.uncertainty[depth.valid]) < 0.005
    assert depth.notes[-1].count("0.8") == 1


def test_the_spread_is_a_deviation_of_log_depth():
    def wrong(inverse: np.ndarray, n: int) -> np.ndarray:
        return inverse * np.exp(0.05 * np.random.default_rng(n).normal(size=inverse.shape))

    # One size for all, so that nothing but the noise differs, and no resampling smooths it.
    depth = with_uncertainty(seer((HEIGHT, WIDTH), wrong), photo(), spread_factor=1.0)
    calm = away_from_edges(photo().linear[..., 0])
    # The smaller view is enlarged by 4/3, which smooths its noise a little.
    assert 0.038 < np.median(depth.uncertainty[calm]) < 0.052


def test_what_the_views_contradict_each_other_about_is_left_out():
    def wrong(inverse: np.ndarray, n: int) -> np.ndarray:
        spoiled = inverse.copy()
        # At the right of the photo, which the mirror shows at the left.
        if n == 1:
            spoiled[40:55, 10:25] *= 2
        return spoiled

    depth = with_uncertainty(seer(wrong=wrong), photo())
    assert np.isnan(depth.inverse_depth[42:53, -23:-12]).all()
    assert depth.valid[42:53, 5:20].mean() > 0.9
    sure = with_uncertainty(seer(wrong=wrong), photo(), threshold=10.0)
    assert sure.valid.all() and sure.uncertainty[47, -18] > 0.4


def test_sky_is_where_all_say_so():
    def wrong(inverse: np.ndarray, n: int) -> np.ndarray:
        sky = inverse.copy()
        rows = len(inverse)
        # The smaller view has a sixth of its height above the picture.
        sky[: rows // 4 if n < 2 else rows // 8 + rows // 4] = 0
        if n == 1:
            sky[-10:] = 0
        return sky

    depth = with_uncertainty(seer(wrong=wrong), photo())
    assert (depth.inverse_depth[:10] == 0).all() and not depth.uncertainty[:10].any()
    assert np.isnan(depth.inverse_depth[-9:]).all()


def test_a_source_that_contradicts_itself_everywhere_is_refused():
    def wrong(inverse: np.ndarray, n: int) -> np.ndarray:
        return inverse * np.exp(np.random.default_rng(n).normal(size=inverse.shape))

    with pytest.raises(RelensError, match="agree nowhere within 15%"):
        with_uncertainty(seer(wrong=wrong), photo())


def test_progress_runs_once_from_start_to_end_and_may_interrupt():
    told = []
    with_uncertainty(seer(), photo(), lambda stage, fraction: told.append(fraction))
    assert told == pytest.approx([1 / 6, 3 / 6, 5 / 6])

    def stop(stage: str, fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        with_uncertainty(seer(), photo(), stop)
