"""A disc with a soft edge before a striped wall, split by its known matte."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from relens.lift.subject import split_subject
from relens.lift.surface import Surface

ROW, COLUMN = np.mgrid[:120, :160] + 0.5
PARALLAX_PX = 20.0


@pytest.fixture(scope="module")
def split():
    disc = (np.hypot(ROW - 60, COLUMN - 80) < 30).astype(float)
    alpha = np.clip(gaussian_filter(disc, 1.5), 0, 1).astype(np.float32)
    alpha[alpha < 1e-3], alpha[alpha > 1 - 1e-3] = 0, 1
    wall = np.stack([0.2 + 0 * ROW, 0.4 + 0.2 * np.sin(COLUMN / 4), 0.7 + 0 * ROW], -1)
    front = np.broadcast_to([0.8, 0.3, 0.1], wall.shape)
    colour = (alpha[..., None] * front + (1 - alpha[..., None]) * wall).astype(np.float32)
    inverse_depth = np.where(alpha >= 0.5, 2.0, 0.5).astype(np.float32)
    everywhere = np.ones(alpha.shape, bool)
    surface = Surface(colour, inverse_depth, everywhere, everywhere, alpha.size)
    return colour, alpha, wall, split_subject(surface, alpha, PARALLAX_PX)


def test_both_sides_blend_to_the_photo(split):
    colour, _, _, (subject, behind, alpha) = split
    blended = alpha[..., None] * subject.colour + (1 - alpha[..., None]) * behind.colour
    seen = behind.present | (alpha == 1)
    np.testing.assert_allclose(blended[seen], colour[seen], atol=1e-4)


def test_the_subject_s_colours_are_its_own(split):
    _, alpha, _, (subject, _, _) = split
    within = (alpha > 0.2) & subject.present
    assert np.abs(subject.colour[within] - [0.8, 0.3, 0.1]).max() < 0.2
    assert np.abs(subject.colour[within] - [0.8, 0.3, 0.1]).mean() < 0.01


def test_what_is_behind_has_the_wall_s_colours_only(split):
    _, alpha, wall, (_, behind, _) = split
    hidden = behind.present & (alpha > 0.5)
    assert hidden.sum() > 500
    assert (behind.colour[hidden] <= wall.max(axis=(0, 1)) + 0.05).all()
    assert (behind.colour[hidden] >= wall.min(axis=(0, 1)) - 0.05).all()


def test_each_side_has_its_own_depth(split):
    _, alpha, _, (subject, behind, _) = split
    np.testing.assert_allclose(subject.inverse_depth[alpha > 0], 2.0, rtol=1e-4)
    np.testing.assert_allclose(behind.inverse_depth[behind.present], 0.5, rtol=1e-4)


def test_what_is_behind_reaches_as_far_in_as_a_view_can_see(split):
    behind = split[3][1]
    inwards = 30 - np.hypot(ROW - 60, COLUMN - 80)
    step_px = PARALLAX_PX * 1.5
    assert behind.present[inwards < min(step_px, 29)].all()
    wide = split_subject_of(split, 5.0)
    assert not wide.present[inwards > 5.0 * 1.5 + 12].any() and wide.present[inwards < 5.0 * 1.5].all()


def split_subject_of(split, parallax_px):
    colour, alpha, _, _ = split
    everywhere = np.ones(alpha.shape, bool)
    inverse_depth = np.where(alpha >= 0.5, 2.0, 0.5).astype(np.float32)
    return split_subject(Surface(colour, inverse_depth, everywhere, everywhere, alpha.size), alpha, parallax_px)[1]


def test_past_the_frame_neither_side_takes_the_others_colour():
    """There colours step where alpha is one half, so that blending to them would push each side into the other's."""
    alpha = np.repeat(np.clip((70 - COLUMN) / 8, 0, 1).astype(np.float32)[:60], 2, axis=0)
    colour = np.where(alpha[..., None] >= 0.5, np.float32([0.8, 0.3, 0.1]), np.float32([0.1, 0.2, 0.7]))
    depth, everywhere = np.where(alpha >= 0.5, 2.0, 0.5).astype(np.float32), np.ones(alpha.shape, bool)
    surface = Surface(colour, depth, everywhere, np.broadcast_to(ROW < 60, alpha.shape), alpha.size)
    subject, behind, _ = split_subject(surface, alpha, PARALLAX_PX)
    mixed = (alpha > 0) & (alpha < 1) & (ROW > 70)
    np.testing.assert_allclose(subject.colour[mixed], np.tile([0.8, 0.3, 0.1], (mixed.sum(), 1)), atol=0.05)
    np.testing.assert_allclose(behind.colour[mixed], np.tile([0.1, 0.2, 0.7], (mixed.sum(), 1)), atol=0.05)


def test_dark_hair_that_a_matte_finds_too_thin_is_denser_and_blends_exactly():
    alpha = np.clip((60 - COLUMN) / 40, 0, 1).astype(np.float32)
    wall, hair = np.float32([0.5, 0.5, 0.6]), np.float32([0.02, 0.02, 0.03])
    dense = np.clip(1.5 * alpha, 0, 1)[..., None]
    colour = dense * hair + (1 - dense) * wall
    depth, everywhere = np.where(alpha >= 0.5, 2.0, 0.5).astype(np.float32), np.ones(alpha.shape, bool)
    surface = Surface(colour, depth, everywhere, everywhere, alpha.size)
    subject, behind, raised = split_subject(surface, alpha, PARALLAX_PX)
    half = (alpha > 0.1) & (alpha < 0.6)
    assert (raised >= alpha).all() and np.abs(raised - dense[..., 0])[half].max() < 0.1
    blended = raised[..., None] * subject.colour + (1 - raised[..., None]) * behind.colour
    np.testing.assert_allclose(blended[half], colour[half], atol=1e-4)
