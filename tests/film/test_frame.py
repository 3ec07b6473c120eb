"""A frame is the picture that `relens.shoot` takes, exposed; and the same shot is the same frame at any time."""

from dataclasses import replace

import numpy as np
import pytest
from film_scene import LENS, pan, two_planes

from relens.aperture import Aperture
from relens.errors import ValueRangeError
from relens.export.stereo import anaglyph, eyes, side_by_side
from relens.film.frame import Recipe, render_frame
from relens.film.stereo_pair import StereoPair
from relens.moving_camera import MovingCamera
from relens.path.shot import Shot
from relens.path.shots import shots
from relens.render.choose import open_engine
from relens.render.shoot import shoot

SCENE = two_planes()
ENGINE = open_engine(SCENE, "cpu")
SHOT = shots(pan(), SCENE)[2]


def _frame(shot: Shot, stereo: StereoPair | None = None) -> np.ndarray:
    return render_frame(ENGINE, shot, 16, 3, stereo)


@pytest.mark.parametrize(
    "lens", [LENS, replace(LENS, t_stop=8.0), replace(LENS, vignetting=True, aperture=Aperture(cats_eye=0.8))]
)
def test_it_is_the_picture_that_shoot_takes(lens) -> None:
    picture = shoot(SCENE, lens, camera=SHOT.camera, samples=16, seed=3, engine="cpu")
    np.testing.assert_allclose(_frame(replace(SHOT, lens=lens)), picture.linear, rtol=1e-6)


def test_a_stop_doubles_the_light() -> None:
    np.testing.assert_allclose(_frame(replace(SHOT, exposure_ev=1.0)), 2 * _frame(SHOT), rtol=1e-6)
    np.testing.assert_allclose(_frame(replace(SHOT, exposure_ev=-2.0)), _frame(SHOT) / 4, rtol=1e-6)


def test_what_does_not_move_does_not_flicker() -> None:
    frames = [_frame(replace(SHOT, time_s=time_s)) for time_s in (0.0, 1.0, 2.5)]
    assert np.ptp(np.stack(frames), axis=0).max() == 0


@pytest.mark.parametrize(("layout", "mix"), [("side-by-side", side_by_side), ("anaglyph", anaglyph)])
def test_two_eyes(layout: str, mix) -> None:
    pair = StereoPair(layout, 0.05, 1.0)  # pyright: ignore[reportArgumentType]
    expected = mix(*(_frame(replace(SHOT, camera=eye)) for eye in eyes(SHOT.camera, 0.05, 1.0)))
    np.testing.assert_array_equal(_frame(SHOT, pair), expected)
    assert expected.shape == (48, 64 * pair.pictures_across, 3)


def test_two_eyes_move_together() -> None:
    moving = MovingCamera(SHOT.camera, SHOT.camera.moved(x_m=0.1))
    left, right = StereoPair("anaglyph", 0.05, 2.0).cameras(moving)
    assert isinstance(left, MovingCamera) and isinstance(right, MovingCamera)
    for eye, sign in ((left, -1), (right, 1)):
        for end, camera in ((eye.opening, moving.opening), (eye.closing, moving.closing)):
            np.testing.assert_allclose((end.eye_m - camera.eye_m) @ camera.rotation, [sign * 0.025, 0, 0], atol=1e-12)


@pytest.mark.parametrize("values", [{"samples": 0}, {"samples": 70000}, {"seed": -1}])
def test_recipes_that_are_none(values: dict) -> None:
    with pytest.raises(ValueRangeError, match="expected"):
        Recipe(**values)


@pytest.mark.parametrize("values", [("anaglyph", 0.0, 1.0), ("anaglyph", 0.06, 0.0), ("anaglyph", 11.0, 1.0)])
def test_pairs_that_are_none(values: tuple) -> None:
    with pytest.raises(ValueRangeError, match="expected"):
        StereoPair(*values)
