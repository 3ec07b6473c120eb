"""A film is its frames, whatever stopped it on the way; what changed is rendered again, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import av
import numpy as np
import pytest
from film_scene import FOCUS, LENS, pan, still, two_planes
from PIL import Image

from relens.errors import FileError, RelensError, ValueRangeError
from relens.film import Film, film, frames
from relens.film.frame_form import FrameForm
from relens.film.frame_source import render_here
from relens.film.stereo_pair import StereoPair
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves import StereoPair as StereoStations
from relens.path.shots import shots
from relens.scene import Layer, Scene

SCENE = two_planes()
QUICK = {"samples": 8, "engine": "cpu"}
_UP = np.array([[1, 0, 0], [0, 0.96, -0.28], [0, 0.28, 0.96]])


class _Stop(Exception):
    pass


@contextmanager
def stopping_after(count: int):
    """A source that renders so many frames and then fails."""

    def some(engine, path_shots, recipe, progress):
        for done, frame in enumerate(render_here(engine, path_shots, recipe, progress)):
            if done == count:
                raise _Stop
            yield frame

    yield some


def _made(output: Path, path: CameraPath | None = None, scene: Scene = SCENE, **options) -> Film:
    return film(scene, path or pan(), output, **{**QUICK, **options})


def _stopped(output: Path, count: int, **options) -> None:
    with stopping_after(count) as source, pytest.raises(_Stop):
        _made(output, source=source, **options)
    assert not output.exists()


def _painted(column: int, row: int, layer: str = "wall") -> Scene:
    """One texel of the scene, by its place on the photo, in another colour."""
    page = next(each for each in SCENE.layers if each.name == layer)
    rgba = page.rgba.copy()
    rgba[row + SCENE.border_px, column + SCENE.border_px, :3] = [0, 1, 0]
    return SCENE.with_layer(Layer(layer, rgba, page.inverse_depth))


def test_two_at_once_do_not_take_each_others_frames(tmp_path) -> None:
    """The second is told; the first goes on, and its frames stay."""

    def meanwhile(engine, path_shots, recipe, progress):
        for frame in render_here(engine, path_shots, recipe, progress):
            with pytest.raises(RelensError, match="another process is making it"):
                _made(tmp_path / "a.mp4")
            yield frame

    made = _made(tmp_path / "a.mp4", source=meanwhile)
    assert made.frames == made.rendered == 7 and os.listdir(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize("fps", [12, 24, 30])
def test_a_move_from_station_to_station_has_a_frame_for_each_at_any_rate(fps: float) -> None:
    left, right = frames(SCENE, StereoStations(baseline_mm=4), fps=fps, samples=1, engine="cpu")
    assert not np.array_equal(left, right)


def test_a_film_has_all_frames_and_leaves_nothing_else(tmp_path) -> None:
    made = _made(tmp_path / "a.mp4")
    assert made == Film(tmp_path / "a.mp4", (64, 48), 7, 7)
    assert os.listdir(tmp_path) == ["a.mp4"]
    with av.open(str(made.output)) as container:
        assert len(list(container.decode(video=0))) == 7


def test_pictures_are_the_frames(tmp_path) -> None:
    _made(tmp_path / "f" / "##.png")
    assert sorted(os.listdir(tmp_path / "f")) == [f"{number:02d}.png" for number in range(1, 8)]
    for number, linear in enumerate(frames(SCENE, pan(), **QUICK), 1):
        codes = np.asarray(Image.open(tmp_path / "f" / f"{number:02d}.png"))
        np.testing.assert_array_equal(codes, FrameForm().pixels(linear))


def test_the_light_of_exr_pictures(tmp_path) -> None:
    from relens.photo import read_photo

    _made(tmp_path / "#.exr", still(0.1), bit_depth=32)
    light = next(iter(frames(SCENE, still(0.1), **QUICK)))
    np.testing.assert_array_equal(read_photo(tmp_path / "1.exr").linear, light)


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.webp", "##.png"])
@pytest.mark.parametrize("count", [0, 3, 6])
def test_a_film_that_was_stopped_goes_on_to_the_same_bytes(tmp_path, name: str, count: int) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    _made(tmp_path / "whole" / name)
    _stopped(tmp_path / "parts" / name, count)
    assert 7 - count - 2 <= _made(tmp_path / "parts" / name).rendered <= 7 - max(0, count - 2)
    files = [{path.name: path.read_bytes() for path in (tmp_path / part).iterdir()} for part in ("whole", "parts")]
    assert files[0] == files[1]


def test_frames_that_are_held_are_rendered_once(tmp_path) -> None:
    assert _made(tmp_path / "a.mp4", pan(hold_s=1.0)) == Film(tmp_path / "a.mp4", (64, 48), 13, 7)
    assert _made(tmp_path / "b.mp4", still()).rendered == 1


def test_a_film_that_is_killed_goes_on_to_the_same_bytes(tmp_path) -> None:
    code = """
import sys, time
from film_scene import pan, two_planes
from relens.film import film
from relens.film.frame_source import render_here
def slowly(*words):
    for frame in render_here(*words):
        yield frame
        time.sleep(0.15)
film(two_planes(), pan(), sys.argv[1], samples=8, engine="cpu", source=slowly)
"""
    output = tmp_path / "parts" / "a.mp4"
    output.parent.mkdir()
    places = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")])
    process = subprocess.Popen([sys.executable, "-c", code, str(output)], env={**os.environ, "PYTHONPATH": places})
    folder = output.with_name(".a.mp4.frames")
    deadline_s = time.monotonic() + 60
    while len(list(folder.glob("[0-9a-f]*.png"))) < 3 and time.monotonic() < deadline_s:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert os.listdir(output.parent) == [".a.mp4.frames"]
    # And the last frame is torn.
    last = max(folder.glob("[0-9a-f]*.png"), key=lambda path: path.stat().st_mtime)
    last.write_bytes(last.read_bytes()[:-20])
    made = _made(output)
    assert 1 <= made.rendered <= 5
    _made(tmp_path / "whole.mp4")
    assert output.read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert os.listdir(output.parent) == ["a.mp4"]


def test_another_path_renders_the_frames_that_differ(tmp_path) -> None:
    kept = tmp_path / "kept"
    first, last = pan().keyframes
    paths = [
        replace(pan(), spline="linear", keyframes=(first, last, Keyframe(2.0, rotation=end)))
        for end in (first.rotation, _UP)
    ]
    poses = [shots(path, SCENE).camera_to_world for path in paths]
    differ = int((poses[0] != poses[1]).any(axis=(1, 2)).sum())
    assert 1 <= differ < 13
    _made(tmp_path / "a.mp4", paths[0], frames_folder=kept)
    assert _made(tmp_path / "b.mp4", paths[1], frames_folder=kept).rendered == differ
    _made(tmp_path / "c.mp4", paths[1])
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "c.mp4").read_bytes()
    assert _made(tmp_path / "d.mp4", paths[0], frames_folder=kept).rendered == 0
    assert _made(tmp_path / "e.mp4", paths[0], frames_folder=kept, seed=1).rendered > differ


@pytest.mark.parametrize("stereo", [None, StereoPair("anaglyph", 0.05, 2.0)])
def test_another_scene_renders_the_frames_that_see_the_change(tmp_path, stereo: StereoPair | None) -> None:
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    path = pan(degrees=30.0)
    _made(tmp_path / "a#.png", path, frames_folder=kept, stereo=stereo)
    # At the left edge of the wall, which the camera sees at first.
    painted = _painted(2, 24)
    made = _made(tmp_path / "b#.png", path, painted, frames_folder=kept, stereo=stereo)
    _made(tmp_path / "c#.png", path, painted, frames_folder=fresh, stereo=stereo)
    changed = 0
    for number in range(1, 8):
        one, other, rendered = ((tmp_path / f"{name}{number}.png").read_bytes() for name in "abc")
        assert other == rendered
        changed += one != other
    assert 1 <= changed <= made.rendered <= changed + 2 < 7


def test_back_to_the_scene_before(tmp_path) -> None:
    kept, path = tmp_path / "kept", pan(degrees=30.0)
    _made(tmp_path / "a.mp4", path, frames_folder=kept)
    _made(tmp_path / "b.mp4", path, _painted(2, 24), frames_folder=kept)
    assert _made(tmp_path / "c.mp4", path, frames_folder=kept).rendered == 0
    assert (tmp_path / "c.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()


def test_another_depth_renders_all(tmp_path) -> None:
    kept = tmp_path / "kept"
    _made(tmp_path / "a.mp4", frames_folder=kept)
    wall = SCENE.layers[1]
    depth = wall.inverse_depth.copy()
    depth[0, 0] += 0.01
    deeper = SCENE.with_layer(Layer("wall", wall.rgba, depth))
    assert _made(tmp_path / "b.mp4", scene=deeper, frames_folder=kept).rendered == 7


def test_open_shutters_and_other_engines_render_all(tmp_path) -> None:
    kept = tmp_path / "kept"
    painted = _painted(2, 24)
    for options in ({"path": pan(degrees=30.0, shutter_deg=180.0)}, {"engine": "reference", "samples": 2}):
        _made(tmp_path / "a.mp4", frames_folder=kept, **options)
        moving = 7 if options.get("engine") else 5  # at both ends of the path the camera stands still half the time
        assert _made(tmp_path / "b.mp4", scene=painted, frames_folder=kept, **options).rendered >= moving


def test_kept_frames_stay(tmp_path) -> None:
    _made(tmp_path / "a.mp4", frames_folder=tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("*.png"))) == 7
    assert sorted(os.listdir(tmp_path)) == ["a.mp4", "kept"]


def test_a_full_disk_is_one_line_and_frames_stay(tmp_path, monkeypatch) -> None:
    from relens.film.frame_store import FrameStore

    put, count = FrameStore.put, []

    def full(self, key: str, content: bytes) -> None:
        count.append(key)
        if len(count) > 4:
            raise FileError(self.folder, "cannot write") from OSError(28, "No space left on device")
        put(self, key, content)

    monkeypatch.setattr(FrameStore, "put", full)
    with pytest.raises(FileError, match=r"a.mp4: cannot write: No space left on device; [34] of 7 frames are kept in"):
        _made(tmp_path / "a.mp4", fps=6.0)
    assert os.listdir(tmp_path) == [".a.mp4.frames"]
    monkeypatch.undo()
    assert _made(tmp_path / "a.mp4").rendered in (3, 4)


def test_a_full_disk_while_encoding(tmp_path) -> None:
    """A real limit on the size of files, under which frames fit and the film does not."""
    code = """
import resource, sys
from film_scene import pan, two_planes
from relens.errors import FileError
from relens.film import film
options = dict(samples=8, engine="cpu", size_px=(256, 192), quality=1.0)
resource.setrlimit(resource.RLIMIT_FSIZE, (150000, 150000))
try:
    film(two_planes(), pan(fps=12), sys.argv[1], **options)
except FileError as error:
    print(error)
"""
    places = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")])
    words = [sys.executable, "-c", code, str(tmp_path / "a.mp4")]
    done = subprocess.run(words, env={**os.environ, "PYTHONPATH": places}, capture_output=True, text=True, timeout=60)
    assert "a.mp4: cannot write: File too large; 13 of 13 frames are kept in" in done.stdout, done
    assert os.listdir(tmp_path) == [".a.mp4.frames"]


def test_a_source_elsewhere_may_send_files_in_any_order(tmp_path) -> None:
    from relens.film.frame_form import encoded_frame

    def elsewhere(engine, path_shots, recipe, progress):
        for index, frame in reversed(list(render_here(engine, path_shots, recipe, progress))):
            yield index, encoded_frame(frame, recipe.form)

    _made(tmp_path / "a.mp4", source=elsewhere)
    _made(tmp_path / "b.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_source_is_closed_when_the_film_stops(tmp_path) -> None:
    closed = []

    def watched(engine, path_shots, recipe, progress):
        try:
            yield from render_here(engine, path_shots, recipe, progress)
        finally:
            closed.append(True)

    def interrupt(stage: str, fraction: float) -> None:
        if stage == "render" and fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _made(tmp_path / "a.mp4", source=watched, progress=interrupt)
    assert closed == [True]
    assert os.listdir(tmp_path) == [".a.mp4.frames"]


def test_an_odd_photo_is_rounded_for_video_and_kept_for_pictures(tmp_path) -> None:
    k = SCENE.camera.intrinsics
    odd = Scene(replace(SCENE.camera, intrinsics=replace(k, width_px=63)), tuple(
        Layer(layer.name, layer.rgba[:, :-1].copy(), layer.inverse_depth[:, :-1].copy()) for layer in SCENE.layers
    ), SCENE.border_px)  # fmt: skip
    assert _made(tmp_path / "a.mp4", still(0.2), odd).size_px == (62, 48)
    assert _made(tmp_path / "a.gif", still(0.2), odd).size_px == (63, 48)
    with pytest.raises(ValueRangeError, match="size_px=63x48: expected even"):
        _made(tmp_path / "b.mp4", still(0.2), odd, size_px=(63, 48))


def test_two_eyes_are_twice_as_wide(tmp_path) -> None:
    assert _made(tmp_path / "a.mp4", still(0.2), stereo=StereoPair("side-by-side", 0.05, 1.0)).size_px == (128, 48)


def test_a_move_gets_the_lens(tmp_path) -> None:
    asked: list[Lens] = []

    def move(scene: Scene, lens: Lens) -> CameraPath:
        asked.append(lens)
        return replace(still(0.2), lens=None)

    _made(tmp_path / "a.mp4", move, lens=LENS)
    _made(tmp_path / "a.mp4", move)
    assert asked == [LENS, Lens(85, 1.4)]


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("a.avi", {}, "unknown suffix"),
        ("no/a.mp4", {}, "does not exist"),
        ("a.mp4", {"samples": 0}, "samples=0"),
        ("a.mp4", {"seed": -1}, "seed=-1"),
        ("a.mp4", {"engine": "fast"}, "engine=fast"),
        ("a.mp4", {"fps": 0.0}, "fps=0.0"),
        ("a.mp4", {"size_px": (0, 2)}, "size_px=0"),
        ("a.gif", {"fps": 100.0}, "at most 50"),
        ("a.mp4", {"frames_folder": "no/kept"}, "cannot keep frames"),
    ],
)
def test_what_does_not_fit_is_refused_before_the_work(tmp_path, monkeypatch, name, options, problem) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(import_module("relens.film.filming"), "develop", lambda *words: pytest.fail("the work began"))
    with pytest.raises(RelensError, match=problem):
        _made(Path(name), **options)
    assert not os.listdir(tmp_path)


def test_a_slow_push_in_does_not_flicker() -> None:
    """From frame to frame, noise changes less than twice what the truth does."""
    keyframes = (Keyframe(0.0, eye_m=(0, 0, 0), focus=FOCUS), Keyframe(1.0, eye_m=(0, 0, 0.02)))
    path = replace(pan(), keyframes=keyframes)
    few, many = (np.stack(list(frames(SCENE, path, samples=samples, engine="cpu"))) for samples in (16, 512))
    steps = [np.sqrt(np.square(np.diff(each, axis=0)).mean()) for each in (few, many)]
    assert steps[0] < 1.3 * steps[1]
