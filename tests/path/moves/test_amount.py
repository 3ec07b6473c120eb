"""What is given is obeyed; else it is four fifths of what is safe, and no more than looks good."""

import pytest
from move_scenes import LENS, head_scene

from relens.errors import ValueRangeError
from relens.path.moves.amount import amount_m
from relens.path.safe import safe_amount
from relens.path.shot import Shot


def aside(scene):
    return lambda amount_m: [Shot(0.0, scene.camera.moved(x_m=amount_m), LENS)]


def test_what_is_given_is_obeyed_without_a_look():
    def never(amount_m):
        raise AssertionError

    assert amount_m(2500, "across_mm", head_scene(), never, 0.1) == 2.5


def test_four_fifths_of_what_is_safe():
    scene = head_scene()
    assert amount_m(None, "across_mm", scene, aside(scene), 0.8) == 0.8 * safe_amount(scene, aside(scene), 1.0)


def test_no_more_than_looks_good():
    scene = head_scene()
    assert amount_m(None, "across_mm", scene, aside(scene), 0.05) == pytest.approx(0.05)


def test_a_scene_without_reach_is_told_of():
    scene = head_scene()
    with pytest.raises(ValueRangeError, match=r"across_mm=none: expected a number: only .* mm") as caught:
        amount_m(None, "across_mm", scene, aside(scene), 30.0)
    assert "\n" not in str(caught.value)
