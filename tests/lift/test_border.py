"""The overscan border: as wide as the scene's parallax, and a mirror image of what it borders."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.lift.border import border_width_px, widened
from relens.lift.peel import Sheet


@given(st.floats(0, 100), st.floats(0, 3), st.floats(0, 3))
def test_wide_enough_for_the_parallax_of_the_scene(parallax_px, one, other):
    inverse_depth = np.full((400, 600), one, np.float32)
    inverse_depth[0, 0] = other
    width_px = border_width_px(inverse_depth, parallax_px)
    needed_px = parallax_px * abs(float(inverse_depth[0, 0]) - float(inverse_depth[1, 1]))
    widest_px = math.ceil(600 / 8)
    assert 0 <= width_px <= widest_px
    assert width_px >= min(needed_px, widest_px)
    assert width_px <= needed_px + 4  # memory grows with it


@pytest.mark.parametrize("border_px", [0, 1, 5])
def test_a_mirror_image(border_px):
    rng = np.random.default_rng(0)
    colour, alpha, inverse_depth = (rng.random(size).astype(np.float32) for size in ((8, 12, 3), (8, 12), (8, 12)))
    layer = widened(Sheet(colour, alpha, inverse_depth), "page", border_px)
    rgba = np.dstack([colour * alpha[..., None], alpha])
    frame = ((border_px, border_px), (border_px, border_px))
    np.testing.assert_array_equal(layer.rgba, np.pad(rgba, (*frame, (0, 0)), mode="symmetric"))
    np.testing.assert_array_equal(layer.inverse_depth, np.pad(inverse_depth, frame, mode="symmetric"))
    assert layer.name == "page"
