"""Depth at the photo's resolution: true depth untouched, coarse depth sharp at silhouettes."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.depth import Depth, fit_depth
from relens.photo import Photo


@dataclass(frozen=True)
class Truth:
    """A disc on a stem before a sloping wall: what a phone sees of it, and how it is."""

    inverse: np.ndarray
    person: np.ndarray
    photo: Photo
    coarse: Depth

    @property
    def matte(self) -> np.ndarray:
        return cv2.resize(self.person.astype(np.float32), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)

    def score(self, got: np.ndarray) -> tuple[float, float, float]:
        """Flying and misplaced fractions of the band along the silhouette, and the greatest error away from it."""
        inside, outside = (
            cv2.distanceTransform(m.astype(np.uint8), cv2.DIST_L2, 5) for m in (self.person, ~self.person)
        )
        band = inside + outside < 25
        position = (got - self.wall) / (self.disc - self.wall)
        flying = ((position > 0.1) & (position < 0.9))[band].mean()
        misplaced = ((position > 0.5) != self.person)[band].mean()
        return float(flying), float(misplaced), float(np.abs(got - self.inverse)[~band].max())

    @property
    def wall(self) -> np.ndarray:
        row, column = pixel_centres(self.inverse.shape)
        return 0.4 + 0.4 * column + 0.2 * row

    @property
    def disc(self) -> np.ndarray:
        return 2.6 + 0.3 * (pixel_centres(self.inverse.shape)[1] - 0.5)


def pixel_centres(shape: tuple[int, ...]) -> np.ndarray:
    """Row and column of every pixel centre, 0 to 1."""
    return (np.mgrid[: shape[0], : shape[1]] + 0.5) / np.array(shape[:2]).reshape(2, 1, 1)


def truth(contrast: float = 0.3, texture: float = 0.05, height: int = 600, width: int = 450) -> Truth:
    row, column = pixel_centres((height, width)) * np.array([height, width]).reshape(2, 1, 1)
    disc = (column - 0.5 * width) ** 2 + (row - 0.45 * height) ** 2 < (0.28 * width) ** 2
    person = disc | ((np.abs(column - 0.5 * width) < 0.06 * width) & (row > 0.45 * height))
    blank = Truth(np.empty((height, width)), person, None, None)  # type: ignore[arg-type]
    inverse = np.where(person, blank.disc, blank.wall).astype(np.float32)
    colour = np.where(person[..., None], [0.5 + contrast, 0.4 + contrast / 2, 0.3], [0.5, 0.4, 0.3])
    noise = cv2.GaussianBlur(np.random.default_rng(0).normal(size=(height, width, 3)), (0, 0), 1.5)
    colour = cv2.GaussianBlur(colour + texture * noise / noise.std(), (0, 0), 0.7)
    photo = Photo(np.clip(colour, 0, 1).astype(np.float32) ** 2, Intrinsics.centred(500.0, width, height))
    coarse = cv2.resize(inverse, (width // 5, height // 5), interpolation=cv2.INTER_AREA)
    return Truth(inverse, person, photo, Depth(cv2.GaussianBlur(coarse, (0, 0), 1), "test"))


def test_true_depth_of_the_photo_s_size_is_untouched():
    scene = truth()
    depth = Depth(scene.inverse, "test")
    assert fit_depth(depth, scene.photo) is scene.inverse
    assert fit_depth(depth, scene.photo, scene.matte) is scene.inverse


def softened(scene: Truth, deviation_px: float) -> Depth:
    """What a network makes of it: the photo's own size, soft at silhouettes."""
    return Depth(cv2.GaussianBlur(scene.inverse, (0, 0), deviation_px), "test")


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("deviation_px", [1.2, 2.5, 5])
def test_soft_edges_of_the_photo_s_own_size_are_snapped(deviation_px, stated):
    scene = truth()
    soft = softened(scene, deviation_px)
    if stated:
        soft = replace(soft, edge_width_px=2 * deviation_px)
    flying, misplaced, error = scene.score(fit_depth(soft, scene.photo))
    assert scene.score(soft.inverse_depth)[0] > 0.04
    assert flying < 0.002 and misplaced < 0.015 and error < 0.03


def test_soft_depth_that_says_it_is_sharp_is_untouched():
    scene = truth()
    soft = replace(softened(scene, 2.5), edge_width_px=0.0)
    assert fit_depth(soft, scene.photo) is soft.inverse_depth


def test_soft_edges_finer_than_the_photo_are_snapped():
    scene = truth()
    fine = cv2.GaussianBlur(cv2.resize(scene.inverse, None, fx=2, fy=2), (0, 0), 5)
    flying, misplaced, error = scene.score(fit_depth(Depth(fine, "test"), scene.photo))
    assert flying < 0.002 and misplaced < 0.015 and error < 0.03


def test_edges_finer_than_a_pixel_of_the_photo_are_sampled():
    scene = truth()
    fine = cv2.GaussianBlur(cv2.resize(scene.inverse, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST), (0, 0), 1.5)
    assert np.isin(fit_depth(Depth(fine, "test"), scene.photo), fine).all()


@pytest.mark.parametrize("deviation_px", [2.5, 4])
def test_a_matte_cuts_soft_depth_of_the_photo_s_size(deviation_px):
    scene = truth()
    flying, misplaced, error = scene.score(fit_depth(softened(scene, deviation_px), scene.photo, scene.matte))
    assert flying == 0 and misplaced < 0.002 and error < 0.05


def test_beside_a_matte_other_edges_are_snapped_too():
    scene = truth()
    matte = np.zeros(scene.inverse.shape, np.float32)
    matte[:90, :90] = 1
    inverse = np.where(matte > 0, np.float32(3), scene.inverse)
    soft = Depth(cv2.GaussianBlur(inverse, (0, 0), 2.5), "test")
    fitted = fit_depth(soft, scene.photo, matte)
    assert np.abs(fitted - 3)[:90, :90].max() < 0.05
    flying, misplaced, _ = scene.score(fitted)
    assert flying < 0.002 and misplaced < 0.015


@pytest.mark.parametrize("contrast", [0.0, 0.04])
def test_without_texture_and_contrast_snapping_is_no_worse_than_leaving_it(contrast):
    scene = truth(contrast, texture=0.0)
    soft = softened(scene, 2.5)
    fitted = fit_depth(soft, scene.photo)
    plain, snapped = (np.abs(inverse - scene.inverse).mean() for inverse in (soft.inverse_depth, fitted))
    assert snapped < 0.5 * plain
    assert scene.score(fitted)[1] <= scene.score(soft.inverse_depth)[1] + 0.005


@pytest.mark.parametrize("angle", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("width_px", [1, 2, 3])
@pytest.mark.parametrize("deviation_px", [1.0, 2.5])
def test_thin_rods_do_not_vanish(width_px, angle, deviation_px):
    row, column = np.mgrid[:200, :240].astype(np.float32)
    rod = np.abs((column - 120) * np.cos(angle) + (row - 100) * np.sin(angle)) < width_px / 2 + 0.3
    inverse = np.where(rod, np.float32(1.5), np.float32(0.4))
    colour = np.where(rod[..., None], [0.8, 0.6, 0.4], [0.4, 0.4, 0.4])
    colour = colour + 0.02 * np.random.default_rng(0).normal(size=colour.shape)
    photo = Photo(colour.astype(np.float32) ** 2, Intrinsics.centred(200, 240, 200))
    soft = cv2.GaussianBlur(inverse, (0, 0), deviation_px)
    fitted = fit_depth(Depth(soft, "test"), photo)
    # Somewhere within a pixel the rod is nearly as near as the soft map has it, all along.
    beside = cv2.dilate(fitted, np.ones((3, 3)))[5:-5][rod[5:-5]]
    assert beside.min() > 0.75 * np.median(soft[rod])


@pytest.mark.parametrize("reach_px", [2, 5])
@pytest.mark.parametrize("deviation_px", [0.0, 2.5])
def test_holes_along_a_silhouette_are_filled_up_to_it(reach_px, deviation_px):
    scene = truth()
    inverse = scene.inverse if deviation_px == 0 else softened(scene, deviation_px).inverse_depth
    outline = cv2.dilate(scene.person.astype(np.uint8), np.ones((3, 3))) != scene.person
    hole = cv2.dilate(outline.astype(np.uint8), np.ones((2 * reach_px + 1, 2 * reach_px + 1))) > 0
    holed = np.where(hole, np.nan, inverse).astype(np.float32)
    fitted = fit_depth(Depth(holed, "test", edge_width_px=2 * deviation_px), scene.photo)
    flying, misplaced, error = scene.score(fitted)
    assert flying < 0.03 and misplaced < 0.03 and error < 0.06
    if deviation_px == 0:
        assert np.array_equal(fitted[~hole], scene.inverse[~hole])


def test_the_sky_stays_infinite_behind_soft_edges():
    scene = truth()
    inverse = np.where(scene.person, scene.inverse, np.float32(0))
    fitted = fit_depth(Depth(cv2.GaussianBlur(inverse, (0, 0), 2.5), "test"), scene.photo)
    sky = ~scene.person
    assert (fitted[sky] < 0.03).mean() > 0.98 and (fitted[sky] == 0).mean() > 0.9
    assert ((fitted > 0.03) & (fitted < 1)).mean() < 0.002


def test_holes_are_filled_and_nothing_else_changes():
    scene = truth()
    holed = np.where(np.random.default_rng(0).random(scene.inverse.shape) < 0.3, np.nan, scene.wall).astype(np.float32)
    fitted = fit_depth(Depth(holed, "test"), scene.photo)
    known = ~np.isnan(holed)
    assert np.array_equal(fitted[known], holed[known])
    assert np.abs(fitted - scene.wall).max() < 0.005


def test_finer_depth_is_sampled_never_averaged():
    scene = truth()
    fine = cv2.resize(scene.inverse, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    assert np.array_equal(fit_depth(Depth(fine, "test"), scene.photo), scene.inverse)


def test_a_plain_enlargement_would_fly():
    """The measure can fail: this is what the next tests forbid."""
    scene = truth()
    flying, _, _ = scene.score(cv2.resize(scene.coarse.inverse_depth, scene.inverse.shape[::-1]))
    assert flying > 0.2


@pytest.mark.parametrize("holes", [False, True])
def test_a_matte_puts_the_silhouette_exactly_where_it_is(holes):
    scene = truth()
    coarse = scene.coarse.inverse_depth.copy()
    if holes:
        coarse[np.random.default_rng(1).random(coarse.shape) < 0.2] = np.nan
    fitted = fit_depth(Depth(coarse, "test"), scene.photo, scene.matte)
    flying, misplaced, error = scene.score(fitted)
    assert flying == 0 and misplaced < 0.002 and error < 0.03
    assert np.isfinite(fitted).all() and fitted.dtype == np.float32


@pytest.mark.parametrize(("contrast", "texture"), [(0.3, 0.05), (0.08, 0.05), (0.0, 0.05), (0.3, 0.15)])
def test_without_a_matte_edges_are_steps_where_the_colours_change(contrast, texture):
    scene = truth(contrast, texture)
    flying, misplaced, error = scene.score(fit_depth(scene.coarse, scene.photo))
    assert flying < 0.002 and misplaced < 0.03 and error < 0.03


def test_colour_moves_an_edge_that_the_depth_misplaces():
    scene = truth()
    shifted = Depth(np.roll(scene.coarse.inverse_depth, 1, axis=1), "test")
    plain = scene.score(cv2.resize(shifted.inverse_depth, scene.inverse.shape[::-1]))[1]
    assert scene.score(fit_depth(shifted, scene.photo))[1] < 0.3 * plain


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_matte_of_one_side_only_falls_to_the_photo_s_edges(value):
    scene = truth()
    matte = np.full((30, 40), value, np.float32)
    assert np.array_equal(fit_depth(scene.coarse, scene.photo, matte), fit_depth(scene.coarse, scene.photo))


def test_slopes_are_not_taken_for_edges():
    scene = truth()
    plane = cv2.resize(scene.wall, (90, 120), interpolation=cv2.INTER_AREA).astype(np.float32)
    assert np.abs(fit_depth(Depth(plane, "test"), scene.photo) - scene.wall).max() < 0.005


def _jittered(scene: Truth, seed: int = 3) -> np.ndarray:
    """The true step, put a few pixels wrong here and there, as a network does."""
    rng = np.random.default_rng(seed)
    shape = scene.inverse.shape
    down, right = (4 * _unit(cv2.GaussianBlur(rng.normal(size=shape), (0, 0), 12)) for _ in range(2))
    row, column = np.indices(shape)
    at = (np.clip(np.rint(row + down), 0, shape[0] - 1), np.clip(np.rint(column + right), 0, shape[1] - 1))
    person = scene.person[at[0].astype(int), at[1].astype(int)]
    return np.where(person, scene.disc, scene.wall).astype(np.float32)


def _unit(noise: np.ndarray) -> np.ndarray:
    return noise / np.abs(noise).max()


def test_edges_that_are_unsure_follow_the_photo() -> None:
    scene = truth()
    wrong = _jittered(scene)
    edge = cv2.dilate(wrong, np.ones((11, 11))) - cv2.erode(wrong, np.ones((11, 11))) > 0.5
    ridge = np.where(edge, 0.4, 0.02).astype(np.float32)
    sure, unsure = (
        scene.score(fit_depth(Depth(wrong, "network", uncertainty), scene.photo)) for uncertainty in (None, ridge)
    )
    assert unsure[1] < 0.35 * sure[1]
    assert unsure[0] < 0.02 and unsure[2] < sure[2] + 0.02


def test_a_side_that_is_unsure_as_a_whole_is_kept() -> None:
    scene = truth()
    guess = np.where(scene.person, 0.02, 0.5).astype(np.float32)
    plain, told = (
        fit_depth(Depth(scene.inverse, "portrait", uncertainty), scene.photo) for uncertainty in (None, guess)
    )
    np.testing.assert_array_equal(told, plain)
