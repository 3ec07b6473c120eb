import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import BLUE, RED, grid, plane, scene_of

from relens.cli.focus import Focus, focus_distance_m, parse_focus
from relens.errors import ValueRangeError

distances = st.floats(1e-3, 1e6)


@given(distances, st.sampled_from([("m", 1), ("cm", 100), ("mm", 1000), ("", 1), (" m", 1), ("CM", 100)]))
def test_a_distance_in_any_unit(distance_m: float, unit: tuple[str, int]) -> None:
    focus = parse_focus(f"{distance_m * unit[1]!r}{unit[0]}")
    assert focus.distance_m == pytest.approx(distance_m)
    assert focus.pixel is None


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.sampled_from([",", ", ", " , "]))
def test_a_pixel(column_px: float, row_px: float, comma: str) -> None:
    assert parse_focus(f"{column_px!r}{comma}{row_px!r}") == Focus(pixel=(column_px, row_px))


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("1.2m", Focus(1.2)),
        ("120cm", Focus(1.2)),
        ("850mm", Focus(0.85)),
        ("1.2", Focus(1.2)),
        (".5m", Focus(0.5)),
        ("inf", Focus(math.inf)),
        ("Infinity", Focus(math.inf)),
        (" subject ", Focus()),
        ("1200,800", Focus(pixel=(1200, 800))),
    ],
)
def test_what_users_type(text: str, focus: Focus) -> None:
    assert parse_focus(text) == focus


@pytest.mark.parametrize(
    "text", ["", "0", "0m", "-1m", "nan", "1.2ft", "1,2,3", "1;2", "face", "1e999m", "m", "--", "١m", "1 2", "-3,4", "."]
)
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueRangeError, match=r"expected a distance \(1.2m, 120cm, 850mm\), a pixel"):
        parse_focus(text)


@given(st.text(max_size=12))
def test_any_text_is_a_focus_or_one_clear_error(text: str) -> None:
    try:
        focus = parse_focus(text)
    except ValueRangeError as error:
        assert "\n" not in str(error)
    else:
        assert focus.distance_m is None or focus.distance_m > 0


def _scene():
    row, column = grid()
    square = (abs(column - 32) < 8) & (abs(row - 24) < 8)
    return scene_of(plane("near", RED, 2.0, square), plane("wall", BLUE, 0.25))


@pytest.mark.parametrize(("text", "expected_m"), [("subject", 0.5), ("32,24", 0.5), ("3,3", 4.0), ("0.7m", 0.7)])
def test_finds_the_distance_in_the_scene(text: str, expected_m: float) -> None:
    scene = _scene()
    assert focus_distance_m(parse_focus(text), scene, scene.camera) == pytest.approx(expected_m, rel=1e-3)


def test_things_are_measured_from_the_moved_camera_and_distances_are_not() -> None:
    scene = _scene()
    camera = scene.camera.moved(x_m=0.1, z_m=0.2)
    assert focus_distance_m(parse_focus("subject"), scene, camera) == pytest.approx(0.3, rel=1e-3)
    assert focus_distance_m(parse_focus("0.5m"), scene, camera) == 0.5


def test_a_subject_behind_the_camera_is_refused() -> None:
    scene = _scene()
    with pytest.raises(ValueRangeError, match="(ahead of the new|in front of the moved) camera"):
        focus_distance_m(Focus(), scene, scene.camera.moved(z_m=0.6))


def test_a_pixel_outside_the_photo_is_refused() -> None:
    scene = _scene()
    with pytest.raises(ValueRangeError, match="inside the 64x48 photo"):
        focus_distance_m(Focus(pixel=(64.0, np.float64(3))), scene, scene.camera)
