import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.face.crop import Pyramid, Square, cut

_FLOATS = st.floats(-200, 200)
_SQUARES = st.builds(
    Square,
    st.tuples(_FLOATS, _FLOATS).map(np.array),
    st.floats(4, 400),
    st.floats(-math.pi, math.pi),
    st.booleans(),
)


def _ramp(width: int = 200, height: int = 160) -> Pyramid:
    """Red is the column of the pixel's centre, green the row."""
    rows, columns = np.indices((height, width), np.float32) + 0.5
    return Pyramid.of(np.stack([columns, rows, np.ones_like(rows)], axis=2))


@given(_SQUARES)
def test_the_middle_of_a_cut_out_is_the_middle_of_its_square_and_sides_keep_their_length(square: Square) -> None:
    np.testing.assert_allclose(square.to_picture(np.array([32.0, 32.0]), 64), square.centre_px, atol=1e-9)
    corners = square.to_picture(np.array([[0.0, 0], [64, 0], [64, 64], [0, 64]]), 64)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    np.testing.assert_allclose(sides, square.side_px, rtol=1e-9)
    right, down = corners[1] - corners[0], corners[3] - corners[0]
    turned = right[0] * down[1] - right[1] * down[0]
    assert (turned > 0) != square.mirrored


@given(st.floats(60, 140), st.floats(60, 100), st.floats(8, 100), st.floats(-3, 3), st.booleans())
def test_every_pixel_shows_the_place_it_stands_for(column, row, side, angle, mirrored) -> None:
    square = Square(np.array([column, row]), side, angle, mirrored)
    shown = cut(_ramp(), square, 16)
    places = square.to_picture(np.stack(np.meshgrid(np.arange(16) + 0.5, np.arange(16) + 0.5), axis=2), 16)
    inside = ((places > 4) & (places < np.array([196, 156]))).all(axis=2)
    np.testing.assert_allclose(shown[..., :2][inside], places[inside], atol=0.05)


def test_beyond_the_picture_it_is_black() -> None:
    shown = cut(_ramp(), Square(np.array([0.0, 80.0]), 100.0), 20)
    assert (shown[:, :9] == 0).all() and (shown[:, 11:, 2] > 0.99).all()


def test_what_is_far_too_fine_is_averaged_not_sampled() -> None:
    checks = (np.indices((512, 512)).sum(axis=0) % 2).astype(np.float32)
    pyramid = Pyramid.of(np.repeat(checks[..., None], 3, axis=2))
    np.testing.assert_allclose(cut(pyramid, Square(np.array([256.0, 256.0]), 400.0), 32), 0.5, atol=0.01)
