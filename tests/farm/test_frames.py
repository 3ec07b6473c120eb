"""Frames of a cluster are the frames of one machine, bit for bit."""

import os
import signal
import sys

import numpy as np
import pytest
from layer_scenes import RED, plane, scene_of, texture

from relens.camera import Camera, Intrinsics
from relens.errors import RelensError
from relens.farm import Crew
from relens.farm.frames import frames_on
from relens.film.film import film
from relens.film.frame import Recipe, render_frame
from relens.film.frame_form import FrameForm, encoded_frame
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.shot import Shot
from relens.progress import silent
from relens.render.choose import open_engine

_SCENE = scene_of(plane("near", RED, 1.0, alpha=0.5 * (texture(1)[..., 0] > 0.5)), plane("far", texture(2), 0.25))


def _shots(count):
    lens = Lens(85, 1.4, 1.0)
    return [Shot(i / 24, _SCENE.camera.moved(0.002 * i), lens, 0.1 * i) for i in range(count)]


def _made_here(engine, shots, recipe):
    linear = [render_frame(engine, shot, recipe.samples, recipe.seed) for shot in shots]
    return {place: encoded_frame(frame, recipe.form) for place, frame in enumerate(linear)}


@pytest.mark.parametrize("engine", ["cpu", "reference"])
@pytest.mark.parametrize("form", [FrameForm(), FrameForm("exr", 32)], ids=["png", "exr"])
def test_frames_have_the_bits_of_local_ones(two_cores, engine, form):
    opened, recipe = open_engine(_SCENE, engine), Recipe(4, 3, form=form)
    shots = _shots(6 if engine == "cpu" else 2)
    got = list(frames_on(two_cores)(opened, shots, recipe, silent))
    assert sorted(place for place, _ in got) == list(range(len(shots)))
    assert dict(got) == _made_here(opened, shots, recipe)
    assert len({content for _, content in got}) == len(shots)


def test_killed_workers_change_no_frame(two_cores, monkeypatch):
    crews = []

    class Known(Crew):
        def __init__(self, *made_of, **options):
            super().__init__(*made_of, **options)
            crews.append(self)

    monkeypatch.setattr(sys.modules["relens.farm.frames"], "Crew", Known)
    opened, recipe, shots = open_engine(_SCENE, "cpu"), Recipe(16), _shots(40)
    got, killed = [], []
    for place, content in frames_on(two_cores)(opened, shots, recipe, silent):
        got.append((place, content))
        if len(got) in (5, 15):
            killed += crews[0].pids()
            for pid in crews[0].pids():
                os.kill(pid, signal.SIGKILL)
    assert len(set(killed)) == len(killed) >= 2
    assert sorted(place for place, _ in got) == list(range(40))
    assert dict(got) == _made_here(opened, shots, recipe)


def test_zooming_and_moving_cameras_are_rendered_too(two_cores):
    small = Camera(_SCENE.camera.intrinsics.resized(32, 24))
    shots = [
        Shot(0.0, _SCENE.camera, Lens(85, 1.4, 1.0)),
        Shot(0.1, small, Lens(85, 1.4, 1.0)),
        Shot(0.2, MovingCamera(small, small.moved(0.01)), Lens(85, 1.4, 1.0)),
    ]
    opened, recipe = open_engine(_SCENE, "cpu"), Recipe(4)
    assert dict(frames_on(two_cores)(opened, shots, recipe, silent)) == _made_here(opened, shots, recipe)


def test_a_frame_that_fails_ends_the_film_with_its_time_and_reason(two_cores):
    camera = Camera(Intrinsics.centred(1e6, 10_000_000, 10_000_000))
    shots = [*_shots(2), Shot(2.5, camera, Lens(85, 1.4))]
    with pytest.raises(RelensError, match=r"^frame at 2.5 s: not enough memory$"):
        dict(frames_on(two_cores)(open_engine(_SCENE, "reference"), shots, Recipe(4), silent))


def test_no_shots_need_no_workers(two_cores):
    assert list(frames_on(two_cores)(open_engine(_SCENE, "cpu"), [], Recipe(), silent)) == []


def test_progress_tells_the_part_that_is_done(two_cores):
    told = []
    dict(frames_on(two_cores)(open_engine(_SCENE, "cpu"), _shots(4), Recipe(1), lambda *at: told.append(at)))
    assert [stage for stage, _ in told if stage == "render"] == ["render"] * 4
    assert np.all(np.diff([part for stage, part in told if stage == "render"]) > 0)


def test_a_film_begun_on_a_cluster_goes_on_here(two_cores, tmp_path):
    path = CameraPath((Keyframe(0.0, eye_m=(0, 0, 0)), Keyframe(0.5, eye_m=(0.02, 0, 0))))

    def stopped(stage, part):
        if stage == "render" and part > 0.5:
            raise KeyboardInterrupt

    folders = [tmp_path / name for name in ("here", "both")]
    for folder in folders:
        folder.mkdir()
    whole = film(_SCENE, path, folders[0] / "##.png", samples=4)
    with pytest.raises(KeyboardInterrupt):
        film(_SCENE, path, folders[1] / "##.png", samples=4, source=frames_on(two_cores), progress=stopped)
    rest = film(_SCENE, path, folders[1] / "##.png", samples=4)
    assert whole.frames == whole.rendered == 13
    assert 0 < rest.rendered < 13
    pictures = [{file.name: file.read_bytes() for file in folder.glob("*.png")} for folder in folders]
    assert len(pictures[0]) == 13 and pictures[0] == pictures[1]
