"""The near layer's own colours: from its sure pixels nearby, or the purest ones of what has none."""

import numpy as np
import pytest

from relens.lift.front import front_colour

HEIGHT, WIDTH = 60, 80
ROW, COLUMN = np.mgrid[:HEIGHT, :WIDTH] + 0.5
DISTANCE_PX = np.hypot(ROW - 30, COLUMN - 40) - 18  # from the silhouette of a disc
RED, GREEN, WALL = (np.float32(colour) for colour in ([0.8, 0.2, 0.1], [0.1, 0.6, 0.2], [0.1, 0.3, 0.7]))
NOWHERE = np.zeros((HEIGHT, WIDTH), bool)


def mixed_disc(colour):
    """A disc with a silhouette 4 px soft before a wall: the picture, and its sure, mixed and near pixels."""
    alpha = np.clip(0.5 - DISTANCE_PX / 4, 0, 1)[..., None].astype(np.float32)
    mixed = np.abs(DISTANCE_PX) < 3
    return alpha * colour + (1 - alpha) * WALL, (DISTANCE_PX < 0) & ~mixed, mixed, DISTANCE_PX < 0


def plain(colour):
    return np.tile(colour, (HEIGHT, WIDTH, 1))


def test_mixed_pixels_take_the_disc_s_colour_and_all_others_keep_theirs():
    picture, sure, mixed, near = mixed_disc(RED)
    front = front_colour(picture, plain(WALL), sure, mixed, near)
    np.testing.assert_allclose(front[mixed], plain(RED)[mixed], atol=1e-5)
    np.testing.assert_array_equal(front[~mixed], picture[~mixed])


@pytest.mark.parametrize("seed", range(3))
def test_only_sure_pixels_are_asked(seed):
    picture, sure, mixed, near = mixed_disc(plain(RED) * np.linspace(0.5, 1, WIDTH, dtype=np.float32)[:, None])
    wall = plain(WALL)
    before = front_colour(picture, wall, sure, mixed, near)
    noise = np.random.default_rng(seed).random((HEIGHT, WIDTH, 3)).astype(np.float32)
    after = front_colour(np.where(sure[..., None], picture, noise), wall, sure, mixed, near)
    np.testing.assert_array_equal(after[mixed], before[mixed])
    assert (after[mixed] <= picture[sure].max(axis=0) + 1e-5).all()
    assert (after[mixed] >= picture[sure].min(axis=0) - 1e-5).all()


def test_two_colours_of_one_disc_stay_on_their_sides():
    picture, sure, mixed, near = mixed_disc(np.where(COLUMN[..., None] < 40, RED, GREEN))
    front = front_colour(picture, plain(WALL), sure, mixed, near)
    for side, colour in ((COLUMN < 30, RED), (COLUMN > 50, GREEN)):
        np.testing.assert_allclose(front[mixed & side], plain(colour)[mixed & side], atol=0.02)


def test_the_nearest_colours_come_first_and_farther_ones_where_there_are_no_others():
    # Sure up to column 40: green for its last 4 px, red before. Mixed from there on.
    picture = np.where((COLUMN < 36)[..., None], RED, np.where((COLUMN < 40)[..., None], GREEN, WALL))
    sure = COLUMN < 40
    front = front_colour(picture, plain(WALL), sure, ~sure, sure)
    np.testing.assert_allclose(front[:, 40], plain(GREEN)[:, 40], atol=0.02)
    beyond = front[:, 48:50]
    green = (beyond[..., 1] - RED[1]) / (GREEN[1] - RED[1])
    np.testing.assert_allclose(beyond, green[..., None] * GREEN + (1 - green[..., None]) * RED, atol=1e-5)
    assert (green > 0.9).all() and (green < 0.99).all()
    # Past every sure pixel's reach the picture is all there is.
    np.testing.assert_array_equal(front[:, 60:], picture[:, 60:])


@pytest.mark.parametrize("slant", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("wall", [WALL, np.float32([0.6, 0.6, 0.6])])
def test_a_wire_without_a_pixel_of_its_own_shows_its_colour_where_it_is_purest(slant, wall):
    distance_px = np.abs((ROW - 30) - slant * (COLUMN - 40) - 0.2) / np.hypot(1, slant)
    alpha = np.clip(1.0 - distance_px / 1.2, 0, 1)[..., None].astype(np.float32)
    picture = alpha * RED + (1 - alpha) * wall
    mixed, near = distance_px < 2.2, distance_px < 0.8
    front = front_colour(picture, plain(wall), NOWHERE, mixed, near)
    off, was_off = (np.linalg.norm(image - RED, axis=-1)[near] for image in (front, picture))
    # Nearer to the purest of its pixels than to their mean.
    assert off.mean() < 0.5 * (was_off.min() + was_off.mean())
    assert off.max() < 0.3 * np.linalg.norm(RED - wall)


def test_sure_pixels_beside_a_wire_speak_for_it():
    # The wire grows out of a red block; its own pixels are half wall.
    wire = (np.abs(ROW - 30) < 1) & (COLUMN > 40)
    sure = COLUMN < 40
    picture = np.where(sure[..., None], RED, np.where(wire[..., None], 0.5 * (RED + WALL), WALL))
    front = front_colour(picture, plain(WALL), sure, wire, wire | sure)
    np.testing.assert_allclose(front[30, 40], RED, atol=0.03)
    assert (np.diff(front[30, 40:60, 0]) < 1e-5).all() and (front[30, 40:43, 0] > 0.5).all()
    # Farther out nothing is redder than the wire itself.
    np.testing.assert_allclose(front[30, 60:], [0.5 * (RED + WALL)] * 20, atol=1e-5)


def test_a_thing_that_looks_like_what_is_behind_stays_as_it_is():
    wire = np.abs(ROW - 30) < 1
    front = front_colour(plain(WALL), plain(WALL), NOWHERE, wire, wire)
    np.testing.assert_allclose(front, plain(WALL), atol=1e-6)


def test_the_picture_is_left_as_it_was():
    picture, sure, mixed, near = mixed_disc(RED)
    before = picture.copy()
    front_colour(picture, plain(WALL), sure, mixed, near)
    np.testing.assert_array_equal(picture, before)
