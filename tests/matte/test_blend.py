"""The matting equation: what is split blends back, alpha stays a coverage and is found where colours tell."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.matte.blend import edge_alpha, least_alpha, split_exactly


def light(*shape):
    return hnp.arrays(np.float32, shape, elements=st.floats(0, 4, width=32))


def coverage(*shape):
    return hnp.arrays(np.float32, shape, elements=st.floats(0, 1, width=32))


@given(light(5, 3), light(5, 3), light(5, 3), coverage(5))
def test_alpha_is_a_coverage(image, foreground, background, prior):
    alpha = edge_alpha(image, foreground, background, prior)
    assert ((alpha >= 0) & (alpha <= 1)).all()


@given(light(5, 3), coverage(5), light(5, 3))
def test_without_a_difference_of_colours_the_prior_decides(image, prior, colour):
    np.testing.assert_allclose(edge_alpha(image, colour, colour, prior), prior, atol=1e-5)


@given(coverage(6), coverage(6))
def test_alpha_of_a_blend_is_found(alpha, prior):
    foreground = np.tile(np.float32([1.0, 0.2, 0.1]), (6, 1))
    background = np.tile(np.float32([0.1, 0.3, 0.9]), (6, 1))
    image = alpha[:, None] * foreground + (1 - alpha[:, None]) * background
    np.testing.assert_allclose(edge_alpha(image, foreground, background, prior), alpha, atol=2e-3)


@given(light(5, 3), coverage(5), light(5, 3), light(5, 3))
def test_a_split_blends_to_the_image(image, alpha, foreground, background):
    front, rear = split_exactly(image, alpha, foreground, background)
    assert front.min() >= 0 and rear.min() >= 0
    blend = alpha[:, None] * front + (1 - alpha[:, None]) * rear
    np.testing.assert_allclose(blend, image, atol=1e-4)


@given(coverage(5), light(5, 3), light(5, 3))
def test_colours_that_blend_already_are_kept(alpha, foreground, background):
    image = alpha[:, None] * foreground + (1 - alpha[:, None]) * background
    front, rear = split_exactly(image, alpha, foreground, background)
    np.testing.assert_allclose(front, foreground, atol=1e-5)
    np.testing.assert_allclose(rear, background, atol=1e-5)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_where_one_side_covers_all_it_is_the_image(alpha):
    image = np.float32([[0.3, 0.6, 0.9]])
    front, rear = split_exactly(image, np.float32([alpha]), np.zeros_like(image), np.ones_like(image))
    np.testing.assert_allclose(front if alpha else rear, image, atol=1e-6)
    np.testing.assert_allclose(rear if alpha else front, np.ones_like(image) if alpha else 0, atol=1e-6)


@given(light(5, 3), coverage(5), light(5, 3))
def test_a_pixel_darker_than_what_is_behind_is_covered_at_least_as_far(foreground, alpha, background):
    image = alpha[:, None] * foreground + (1 - alpha[:, None]) * background
    least = least_alpha(image, background)
    assert (least >= 0).all() and (least <= alpha + 1e-3).all()
    white = np.ones((5, 3), np.float32)
    np.testing.assert_allclose(least_alpha((1 - alpha[:, None]) * white, white), alpha, atol=0.03)
