"""Oklab: published colours; there and back; shading moves a colour on a ray from black."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.edit.oklab import light_of, oklab_of
from relens.edit.selection import linear_colour


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ("#ffffff", (1, 0, 0)),
        ("#ff0000", (0.62796, 0.22486, 0.12585)),
        ("#00ff00", (0.86644, -0.23389, 0.17950)),
        ("#0000ff", (0.45201, -0.03246, -0.31153)),
    ],
)
def test_primaries_are_where_css_color_4_has_them(colour, lab):
    np.testing.assert_allclose(oklab_of(linear_colour(colour)), lab, atol=2e-4)


@given(st.integers(0, 2**32), st.floats(1e-3, 100))
def test_back_is_the_same_light_and_light_scales_all(seed, k):
    light = np.random.default_rng(seed).random((5, 3)).astype(np.float32)
    lab = oklab_of(light)
    np.testing.assert_allclose(light_of(lab), light, atol=1e-5)
    np.testing.assert_allclose(oklab_of(light * np.float32(k)), lab * k ** (1 / 3), rtol=1e-4, atol=1e-6 * (1 + k))
