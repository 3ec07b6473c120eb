"""The plane of focus goes evenly in inverse depth, from the nearest to the farthest that the photo shows."""

import numpy as np
import pytest
from layer_scenes import plane, scene_of
from move_scenes import HEAD_M, LENS, WALL_M, head_scene

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.moves.focus_sweep import FocusSweep
from relens.path.shots import shots

SCENE = head_scene()


def test_it_goes_evenly_through_the_whole_scene():
    frames = shots(FocusSweep(2, hold_s=0.5)(SCENE, LENS), SCENE, lens=LENS, fps=24)
    inverse_m = frames.focus_inverse_m
    np.testing.assert_allclose(inverse_m[12:-12], np.linspace(1 / HEAD_M, 1 / WALL_M, 49), rtol=1e-6)
    assert (inverse_m[:12] == inverse_m[0]).all() and (inverse_m[-12:] == inverse_m[-1]).all()


def test_it_goes_to_infinity_where_the_scene_does():
    scene = scene_of(plane("near", (1, 0, 0), np.where(np.arange(96) < 48, 2.0, 0.0)))
    assert shots(FocusSweep()(scene, LENS), scene, lens=LENS).focus_inverse_m[-1] == 0


def test_it_goes_between_whatever_is_said():
    frames = shots(FocusSweep(1, "inf", "32,24", 0)(SCENE, LENS), SCENE, lens=LENS)
    assert frames.focus_inverse_m[0] == 0
    assert 1 / frames.focus_inverse_m[-1] == pytest.approx(HEAD_M, rel=1e-6)


def test_it_starts_no_nearer_than_a_lens_can_be_focused():
    frames = shots(FocusSweep()(SCENE, Lens(400, 8)), SCENE, lens=Lens(400, 8))
    assert 1 / frames.focus_inverse_m[0] == pytest.approx(0.6)


@pytest.mark.parametrize("values", [{"seconds": 0}, {"hold_s": -1}, {"focus_from": "here"}, {"focus_to": "-1m"}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        FocusSweep(**values)
