"""Depth at the photo's resolution: true depth untouched, coarse depth sharp at silhouettes."""

from dataclasses import dataclass

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
