"""Seen: a window of what the photo shows is that window of its page."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from stacked_scenes import seen_plainly, stacked_scenes

from relens.edit.seen import seen


@given(stacked_scenes(), st.data())
def test_a_window_is_part_of_the_page(scene, data):
    page, _ = seen_plainly(scene)
    rows, columns = (
        sorted(data.draw(st.lists(st.integers(0, n), min_size=2, max_size=2, unique=True))) for n in page.shape[:2]
    )
    window = slice(*rows), slice(*columns)
    np.testing.assert_allclose(seen(scene, window), page[window], rtol=1e-5, atol=1e-6)
