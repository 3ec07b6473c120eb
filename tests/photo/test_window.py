import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.photo.orientation import inverse, orient_intrinsics, orient_raster
from relens.photo.window import WHOLE, Window, cut_intrinsics, cut_raster, orient_window, same_aspect

_CODES = range(1, 9)


def _window(left: int, top: int, width: int, height: int) -> Window:
    return Window(left / 40, top / 30, width / 40, height / 30)


_boxes = st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(1, 10), st.integers(1, 10))


@given(_boxes)
def test_a_window_on_pixel_edges_is_a_slice(box: tuple[int, int, int, int]) -> None:
    raster = np.arange(1200).reshape(30, 40)
    left, top, width, height = box
    np.testing.assert_array_equal(cut_raster(raster, _window(*box)), raster[top : top + height, left : left + width])
    assert cut_raster(raster, WHOLE) is raster


@given(st.sampled_from(_CODES), _boxes)
def test_cutting_and_turning_go_in_either_order(code: int, box: tuple[int, int, int, int]) -> None:
    raster = np.arange(1200).reshape(30, 40)
    cut_first = orient_raster(cut_raster(raster, _window(*box)), code)
    np.testing.assert_array_equal(
        cut_raster(orient_raster(raster, code), orient_window(_window(*box), code)), cut_first
    )


@given(st.sampled_from(_CODES), _boxes)
def test_turning_back_gives_the_window_back(code: int, box: tuple[int, int, int, int]) -> None:
    window = _window(*box)
    back = orient_window(orient_window(window, code), inverse(code))
    assert (back.left, back.top, back.width, back.height) == pytest.approx(
        (window.left, window.top, window.width, window.height)
    )


@given(st.sampled_from(_CODES), _boxes)
def test_intrinsics_are_cut_as_the_pixels_are(code: int, box: tuple[int, int, int, int]) -> None:
    # The principal point on a pixel of the frame that the window shows: it stays on that pixel.
    left, top, width, height = box
    frame = np.zeros((30, 40))
    frame[top + height // 2, left + width // 2] = 1
    k = Intrinsics(50, 60, left + width // 2 + 0.5, top + height // 2 + 0.5, 40, 30)
    part = orient_intrinsics(cut_intrinsics(k, _window(*box), width, height), code)
    shown = orient_raster(cut_raster(frame, _window(*box)), code)
    assert shown[int(part.cy_px), int(part.cx_px)] == 1
    assert sorted([part.fx_px, part.fy_px]) == pytest.approx([50, 60])


def test_a_part_at_another_size_is_scaled() -> None:
    k = cut_intrinsics(Intrinsics(50, 60, 22, 13, 40, 30), Window(0.25, 0.1, 0.5, 0.8), 40, 48)
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px) == pytest.approx((100, 120, 24, 20))


@pytest.mark.parametrize(
    ("size", "same"), [((640, 480), True), ((640, 484), True), ((640, 486), False), ((4, 3), True), ((480, 640), False)]
)
def test_aspects(size: tuple[int, int], same: bool) -> None:
    assert same_aspect(*size, 4000, 3000) == same
