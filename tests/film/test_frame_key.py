"""A key changes with everything that the frame depends on, and with nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from film_scene import LENS

from relens.aperture import Aperture
from relens.aperture_image import ApertureImage
from relens.camera import Camera, Intrinsics
from relens.film.frame import Recipe
from relens.film.frame_form import FrameForm
from relens.film.frame_key import frame_key, key_of_scene
from relens.film.stereo_pair import StereoPair
from relens.moving_camera import MovingCamera
from relens.path.shot import Shot

K = Intrinsics.centred(100, 64, 48)
CAMERA = Camera(K)
SHOT = Shot(0.0, CAMERA, LENS)
STAR = np.eye(5) + 0.1


def _key(shot=SHOT, recipe=None, engine="cpu", scene="0123456789abcdef") -> str:
    return frame_key(shot, recipe or Recipe(), engine, scene)


OTHERS = {
    "pose": _key(replace(SHOT, camera=CAMERA.moved(x_m=1e-12))),
    "fx": _key(replace(SHOT, camera=Camera(replace(K, fx_px=100.1)))),
    "size": _key(replace(SHOT, camera=Camera(replace(K, width_px=65)))),
    "moving": _key(replace(SHOT, camera=MovingCamera(CAMERA, CAMERA.moved(x_m=0.1)))),
    "moving more": _key(replace(SHOT, camera=MovingCamera(CAMERA, CAMERA.moved(x_m=0.2)))),
    "f-number": _key(replace(SHOT, lens=replace(LENS, f_number=2.0))),
    "focus": _key(replace(SHOT, lens=replace(LENS, focus_distance_m=2.0))),
    "blades": _key(replace(SHOT, lens=replace(LENS, aperture=Aperture(7)))),
    "aperture image": _key(replace(SHOT, lens=replace(LENS, aperture=Aperture(image=ApertureImage(STAR))))),
    "its mirror": _key(replace(SHOT, lens=replace(LENS, aperture=Aperture(image=ApertureImage(STAR[::-1]))))),
    "exposure": _key(replace(SHOT, exposure_ev=0.5)),
    "samples": _key(recipe=Recipe(samples=65)),
    "seed": _key(recipe=Recipe(seed=1)),
    "bits": _key(recipe=Recipe(form=FrameForm("png", 16))),
    "exr": _key(recipe=Recipe(form=FrameForm("exr", 16))),
    "stereo": _key(recipe=Recipe(stereo=StereoPair("anaglyph", 0.06, 1.0))),
    "baseline": _key(recipe=Recipe(stereo=StereoPair("anaglyph", 0.05, 1.0))),
    "engine": _key(engine="cuda"),
    "scene": _key(scene="0123456789abcdee"),
}


def test_it_changes_with_everything_else() -> None:
    assert len({_key(), *OTHERS.values()}) == len(OTHERS) + 1


@pytest.mark.parametrize("shot", [replace(SHOT, time_s=7.0), Shot(0.0, Camera(K, np.eye(4)), replace(LENS))])
def test_it_does_not_change_with_what_is_the_same(shot: Shot) -> None:
    assert _key(shot) == _key()


def test_it_changes_with_the_sources_that_render(monkeypatch) -> None:
    before = _key()
    monkeypatch.setattr("relens.film.frame_key.renderer_digest", lambda: "another")
    assert _key() != before


def test_of_another_scene_it_is_what_that_scene_would_give() -> None:
    assert key_of_scene(_key(), "0123456789abcdee") == OTHERS["scene"]
