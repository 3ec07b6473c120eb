import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.render.aim import Aim, focus_distance_m, parse_aim
from relens.scene import Layer, Scene

_WALL_M = 2.0
_CAMERA = Camera(Intrinsics.centred(50.0, 24, 16))
_WALL = Scene(_CAMERA, (Layer("wall", np.ones((16, 24, 4), np.float32), np.full((16, 24), 1 / _WALL_M, np.float32)),))


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("1.2m", Aim(1.2)),
        ("120cm", Aim(1.2)),
        ("850mm", Aim(0.85)),
        ("1.2", Aim(1.2)),
        (".5 m", Aim(0.5)),
        ("2.", Aim(2.0)),
        ("1e-1m", Aim(0.1)),
        (" 1.2M ", Aim(1.2)),
        ("inf", Aim(math.inf)),
        ("Infinity", Aim(math.inf)),
        ("subject", Aim()),
        ("1200,800", Aim(pixel=(1200.0, 800.0))),
        ("12.5 , 8", Aim(pixel=(12.5, 8.0))),
    ],
)
def test_reads(text: str, focus: Aim) -> None:
    assert parse_aim(text) == focus


@pytest.mark.parametrize(
    "text",
    ["", "0", "0m", "-1m", "nan", "-inf", "1e999", "m", "2ft", "1_0", "٣m", "1.2.3", "1,2,3", "1;2", "1,-2", "1e999,1"],
)
def test_anything_else_names_the_text_and_the_ways_to_say_it(text: str) -> None:
    with pytest.raises(ValueRangeError) as caught:
        parse_aim(text)
    assert repr(text) in str(caught.value)
    assert "1.2m" in str(caught.value)


@given(st.floats(1e-6, 1e12), st.sampled_from([("", 1), ("m", 1), ("cm", 100), ("mm", 1000)]), st.sampled_from(" \t"))
def test_units_mean_the_same_distance(distance_m: float, unit: tuple[str, float], space: str) -> None:
    name, parts = unit
    focus = parse_aim(f"{distance_m * parts!r}{space}{name}")
    assert focus.pixel is None
    assert focus.distance_m == pytest.approx(distance_m, rel=1e-12)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_pixels_come_back(column_px: float, row_px: float) -> None:
    assert parse_aim(f"{column_px!r},{row_px!r}") == Aim(pixel=(column_px, row_px))


@given(st.text(max_size=20) | st.text("0123456789.,emc infsubjt-+", max_size=12))
def test_any_text_is_a_usable_focus_or_one_clear_error(text: str) -> None:
    try:
        focus = parse_aim(text)
    except ValueRangeError as error:
        assert "\n" not in str(error)
        return
    assert focus.distance_m is None or (focus.distance_m > 0 and focus.pixel is None)
    assert focus.pixel is None or all(0 <= place < math.inf for place in focus.pixel)


def test_a_distance_is_from_the_new_camera() -> None:
    assert focus_distance_m(Aim(1.2), _WALL, _CAMERA.moved(z_m=0.5)) == 1.2


@pytest.mark.parametrize("focus", [Aim(), Aim(pixel=(3, 3))])
def test_what_the_photo_shows_comes_nearer_by_the_step_forward(focus: Aim) -> None:
    assert focus_distance_m(focus, _WALL, _CAMERA) == pytest.approx(_WALL_M)
    assert focus_distance_m(focus, _WALL, _CAMERA.moved(0.1, 0.2, 0.5)) == pytest.approx(_WALL_M - 0.5)
    with pytest.raises(ValueRangeError, match="ahead of the new camera"):
        focus_distance_m(focus, _WALL, _CAMERA.moved(z_m=_WALL_M))


@pytest.mark.parametrize("pixel", [(24.0, 3.0), (3.0, 16.0)])
def test_a_pixel_outside_the_photo(pixel: tuple[float, float]) -> None:
    with pytest.raises(ValueRangeError, match="inside the 24x16 photo"):
        focus_distance_m(Aim(pixel=pixel), _WALL, _CAMERA)
