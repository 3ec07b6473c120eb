"""Edge width is twice the blur's standard deviation, at any height, angle and resolution."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.depth.edge_width import measure_edge_width_px


def discs(height: int = 240, width: int = 320) -> np.ndarray:
    """Steps of several heights before a sloping wall, at every angle."""
    row, column = np.mgrid[:height, :width].astype(np.float32)
    inverse = 0.3 + 0.2 * row / height
    for x, y, radius, near in ((80, 70, 40, 0.9), (220, 80, 50, 2.0), (130, 180, 45, 1.2), (260, 190, 35, 0.8)):
        inverse = np.where((column - x) ** 2 + (row - y) ** 2 < radius**2, np.float32(near), inverse)
    return inverse


def test_steps_measure_below_one_pixel():
    assert 0 < measure_edge_width_px(discs()) < 1


@settings(max_examples=15)
@given(st.floats(1, 6), st.floats(0.2, 20))
def test_a_blur_s_width_is_twice_its_deviation(deviation_px, scale):
    soft = cv2.GaussianBlur(discs(), (0, 0), deviation_px) * np.float32(scale)
    assert measure_edge_width_px(soft) == pytest.approx(2 * deviation_px, rel=0.15)


def test_enlarging_widens_edges_as_much():
    soft = cv2.GaussianBlur(discs(), (0, 0), 1.5)
    large = cv2.resize(soft, None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)
    assert measure_edge_width_px(large) == pytest.approx(9, rel=0.2)


def test_slopes_alone_have_no_edges():
    row, column = np.mgrid[:200, :300].astype(np.float32)
    assert measure_edge_width_px(0.2 + 0.01 * row + 0.004 * column) == 0


def test_unknown_pixels_take_no_part():
    soft = cv2.GaussianBlur(discs(), (0, 0), 2)
    soft[np.random.default_rng(0).random(soft.shape) < 0.002] = np.nan
    assert measure_edge_width_px(soft) == pytest.approx(4, rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (20, 15)])
def test_a_tiny_map_has_no_measurable_edges(shape):
    assert measure_edge_width_px(np.random.default_rng(0).random(shape, dtype=np.float32)) == 0
