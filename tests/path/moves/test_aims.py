"""Aims are read as everywhere else, with errors under the move's own names."""

import math

import numpy as np
import pytest
from layer_scenes import HEIGHT_PX, WIDTH_PX, plane, scene_of
from move_scenes import HEAD_M, head_scene

from relens.errors import ValueRangeError
from relens.path.moves.aims import aim_of, place_aim_of, point_of
from relens.render.aim import Aim


def test_aims_are_those_of_the_command_line():
    assert aim_of("focus", "1200,800") == Aim(pixel=(1200, 800))
    assert aim_of("focus", "inf") == Aim(distance_m=math.inf)
    assert place_aim_of("about", "subject") == Aim()


def test_an_unknown_text_is_told_under_the_values_name():
    with pytest.raises(ValueRangeError, match=r"focus_to='there': expected a distance .*, or inf$"):
        aim_of("focus_to", "there")


@pytest.mark.parametrize("text", ["1.2m", "inf"])
def test_a_distance_is_no_place(text):
    with pytest.raises(ValueRangeError, match=f"about='{text}': expected a place"):
        place_aim_of("about", text)


def test_a_pixel_is_where_its_surface_is():
    np.testing.assert_allclose(
        point_of("about", f"{WIDTH_PX / 2},{HEIGHT_PX / 2}", head_scene()), (0, 0, HEAD_M), atol=1e-7
    )


def test_infinity_is_no_point():
    with pytest.raises(ValueRangeError, match="about='subject': expected something nearer"):
        point_of("about", "subject", scene_of(plane("sky", (0, 0, 1), 0.0)))
