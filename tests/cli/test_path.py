"""A camera path on the command line becomes a film, pictures, or another path file."""

import json
import re
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from relens.camera import Camera, Intrinsics
from relens.cli import path_film
from relens.cli.path import PathFilm
from relens.path.path_file import read_path
from relens.render.aim import Aim
from relens.scene import Layer, Scene

_QUICK = ("--samples", 4, "--engine", "cpu")
_MOVE = """
fps: 6
keyframes:
  - at_s: 0
    eye_m: [-0.01, 0, 0]
    focus: subject
  - at_s: 0.5
    eye_m: [0.01, 0, 0]
    f_number: 4
"""


@pytest.fixture
def move(tmp_path: Path) -> Path:
    path = tmp_path / "move.yaml"
    path.write_text(_MOVE)
    return path


def _frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def test_a_scene_becomes_a_film(relens, scene: Path, move: Path, out: Path) -> None:
    outcome = relens("path", scene, move, "-o", out / "a.mp4", *_QUICK)
    assert outcome.status == 0, outcome
    assert re.fullmatch(rf"{out}/a.mp4: 4 frames, 48x36 at 6 fps, \d+\.\d s\n", outcome.out)
    frames = _frames(out / "a.mp4")
    assert len(frames) == 4 and frames[0].shape == (36, 48, 3)
    assert list(out.iterdir()) == [out / "a.mp4"]


def test_a_photo_becomes_a_film_with_a_word_about_its_reach(
    relens, photo: Path, depth: Path, move: Path, out: Path
) -> None:
    outcome = relens("path", photo, move, "-o", out / "a.gif", "--depth", depth, "--fx-px", 60, *_QUICK)
    assert outcome.status == 0, outcome
    assert "lifted for moves of up to 0.07 m" in outcome.err and "relens lift" in outcome.err
    assert Image.open(out / "a.gif").n_frames == 4


def test_a_hold_is_rendered_once(relens, scene: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "still.yaml").write_text("keyframes: [{at_s: 0, hold_s: 1}]\n")
    outcome = relens("path", scene, tmp_path / "still.yaml", "-o", out / "a.mp4", "--fps", 5, *_QUICK)
    assert ": 6 frames, 1 of them rendered, 48x36 at 5 fps" in outcome.out


def test_numbered_pictures_are_those_of_shoot(relens, scene: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "still.yaml").write_text("keyframes: [{at_s: 0, hold_s: 0.1, focus: 0.4, exposure_ev: 0}]\n")
    words = ("--f-number", 2, *_QUICK, "--quiet")
    assert relens("path", scene, tmp_path / "still.yaml", "-o", out / "f" / "#.png", *words).status == 0
    assert relens("shoot", scene, "-o", out / "shot.png", "--focus", "0.4m", *words).status == 0
    one, other = (np.asarray(Image.open(out / name).convert("RGB"), int) for name in ("f/1.png", "shot.png"))
    assert np.abs(one - other).max() <= 1 and (one != other).mean() < 0.01


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (("--size", "32x32"), (32, 32)),
        (("--size", 24), (24, 18)),
        (("--size", "20 x 12"), (20, 12)),
        (("--preview",), (48, 36)),
        (("--stereo", "side-by-side"), (96, 36)),
        (("--stereo", "anaglyph", "--baseline", 0.01, "--convergence", "0.5m"), (48, 36)),
    ],
)
def test_sizes(relens, scene: Path, move: Path, out: Path, words: tuple, size: tuple[int, int]) -> None:
    outcome = relens("path", scene, move, "-o", out / "a.mp4", *words, *_QUICK)
    assert outcome.status == 0, outcome
    assert f"{size[0]}x{size[1]} at 6 fps" in outcome.out
    assert _frames(out / "a.mp4")[0].shape == (size[1], size[0], 3)


@pytest.mark.parametrize(
    ("name", "size_px"),
    [("a.mp4", (1440, 1920)), ("a.gif", (480, 640)), ("a.webp", (480, 640)), ("####.png", None), ("a.json", None)],
)
def test_left_out_a_size_is_what_players_play(name: str, size_px: tuple[int, int] | None) -> None:
    photo = Camera(Intrinsics.centred(2000, 3000, 4000))
    page = Layer("wall", np.ones((4000, 3000, 4), np.float32), np.ones((4000, 3000), np.float32))
    step_px = 2 if name.endswith(".mp4") else 1
    command = PathFilm(Path("a.relens"), "orbit", Path(name))
    assert path_film._size_px(command, Scene(photo, (page,)), step_px) == size_px


def test_a_preview_is_small_and_quick(relens, monkeypatch, scene: Path, move: Path, out: Path) -> None:
    asked = {}

    def spy(scene, path, output, **options):
        asked.update(options)
        raise KeyboardInterrupt

    monkeypatch.setattr("relens.cli.path_film.film", spy)
    relens("path", scene, move, "-o", out / "a.mp4", "--preview")
    assert asked["samples"] == 16
    relens("path", scene, move, "-o", out / "a.mp4", "--preview", "--samples", 5)
    assert asked["samples"] == 5
    relens("path", scene, move, "-o", out / "a.mp4")
    assert asked["samples"] == 64


def test_every_flag_reaches_the_library(relens, monkeypatch, scene: Path, move: Path, out: Path) -> None:
    asked = {}

    def spy(scene, path, output, **options):
        asked.update(options, path=path)
        raise KeyboardInterrupt

    monkeypatch.setattr("relens.cli.path_film.film", spy)
    words = "--fps 12 --samples 9 --seed 3 --engine cpu --codec h265 --bit-depth 10 --quality 12 --f-number 2.8"
    more = "--shutter-deg 180 --stereo anaglyph --baseline 0.02 --convergence 0.5m"
    outcome = relens("path", scene, move, "-o", out / "a.mp4", "--frames", out / "kept", *words.split(), *more.split())
    assert outcome.status == 130
    assert {key: asked[key] for key in ("samples", "seed", "engine", "codec", "bit_depth", "quality")} == {
        "samples": 9, "seed": 3, "engine": "cpu", "codec": "h265", "bit_depth": 10, "quality": 12.0,
    }  # fmt: skip
    assert asked["frames_folder"] == out / "kept"
    pair = asked["stereo"]
    assert (pair.layout, pair.baseline_m, pair.convergence_m) == ("anaglyph", 0.02, 0.5)
    assert asked["path"].fps == 12 and asked["path"].opening is not None
    assert asked["path"].lens.f_number == 2.8


def test_an_interrupt_says_how_to_go_on(relens, monkeypatch, scene: Path, move: Path, out: Path) -> None:
    def stop(*words, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("relens.cli.path_film.film", stop)
    outcome = relens("path", scene, move, "-o", out / "a.mp4")
    assert outcome.status == 130
    kept, interrupted = outcome.err.splitlines()
    assert kept == f"relens: finished frames are kept in {out}/.a.mp4.frames; the same command goes on from there"
    assert interrupted == "relens: interrupted"


def test_the_same_film_again_with_kept_frames(relens, scene: Path, move: Path, out: Path) -> None:
    words = ("--frames", out / "kept", *_QUICK)
    relens("path", scene, move, "-o", out / "a.mp4", *words)
    assert "4 frames, 0 of them rendered" in relens("path", scene, move, "-o", out / "b.mp4", *words).out
    assert (out / "a.mp4").read_bytes() == (out / "b.mp4").read_bytes()


def test_paths_to_edit_and_for_others(relens, scene: Path, move: Path, out: Path) -> None:
    for name in ("a.yaml", "a.json", "a.py"):
        outcome = relens("path", scene, move, "-o", out / name, "--focus-lag", 0.2)
        assert outcome.status == 0, outcome
        assert outcome.out.startswith(f"{out / name}: ")
    path = read_path(out / "a.yaml")
    assert path.keyframes == read_path(move).keyframes  # pyright: ignore[reportAttributeAccessIssue]
    assert path.focus_lag_s == 0.2  # pyright: ignore[reportAttributeAccessIssue]
    assert len(json.loads((out / "a.json").read_text())["camera_path"]) == 4
    assert "import bpy" in (out / "a.py").read_text()
    assert relens("path", scene, out / "a.json", "-o", out / "a.mp4", *_QUICK).status == 0
    assert len(_frames(out / "a.mp4")) == 4


def test_a_path_that_says_no_focus_takes_that_of_the_flag(
    relens, scene: Path, move: Path, out: Path, tmp_path: Path
) -> None:
    (tmp_path / "plain.yaml").write_text("keyframes: [{at_s: 0, hold_s: 0.1}, {at_s: 1, eye_m: [0, 0, 0.01]}]\n")
    assert relens("path", scene, tmp_path / "plain.yaml", "-o", out / "a.yaml", "--focus", "0.7m").status == 0
    path = read_path(out / "a.yaml")
    assert [key.focus for key in path.keyframes] == [Aim(distance_m=0.7), None]
    outcome = relens("path", scene, move, "-o", out / "b.yaml", "--focus", "0.7m")
    assert "the path says what is in focus; --focus changes nothing" in outcome.err
    outcome = relens("path", scene, move, "-o", out / "c.yaml", "--focus", "there")
    assert outcome.status == 2 and "--focus 'there': expected a distance" in outcome.err


def test_the_lens_of_the_path_wins_with_a_word(relens, scene: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "still.yaml").write_text("lens: {f_number: 8}\nkeyframes: [{at_s: 0, hold_s: 0.1}]\n")
    outcome = relens("path", scene, tmp_path / "still.yaml", "-o", out / "a.mp4", "--f-number", 2, *_QUICK)
    assert "note: the path has a lens of its own" in outcome.err
    assert "lens of its own" not in relens("path", scene, tmp_path / "still.yaml", "-o", out / "a.mp4", *_QUICK).err


def test_a_camera_that_goes_too_far_is_told(relens, scene: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text("fps: 4\nkeyframes: [{at_s: 0}, {at_s: 1, eye_m: [0.4, 0, 0]}]\n")
    outcome = relens("path", scene, tmp_path / "far.yaml", "-o", out / "a.mp4", *_QUICK)
    assert outcome.status == 0 and "relens: note: " in outcome.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("-o a.avi", "unknown suffix .avi"),
        ("-o a.png", "write a-####.png"),
        ("-o no/a.mp4", "does not exist"),
        ("-o no/a.yaml", "does not exist"),
        ("-o a.mp4 --size 33x20", "--size 33x20: expected even numbers for .mp4"),
        ("-o a.mp4 --size 33", "--size 33x"),
        ("-o a.mp4 --size big", "--size 'big': expected WIDTHxHEIGHT"),
        ("-o a.mp4 --size 0", "--size '0'"),
        ("-o a.mp4 --samples 0", "--samples 0: expected 1 to 65536"),
        ("-o a.mp4 --seed -1", "--seed -1"),
        ("-o a.mp4 --fps 0", "--fps 0"),
        ("-o a.mp4 --shutter-deg 400", "--shutter-deg 400"),
        ("-o a.mp4 --focus-lag -1", "--focus-lag -1"),
        ("-o a.mp4 --f-number 0.1", "--f-number 0.1"),
        ("-o a.mp4 --bit-depth 16", "--bit-depth 16: expected 8 or 10"),
        ("-o a.gif --codec h264", "--codec h264: expected none for .gif"),
        ("-o a.mp4 --quality 60", "--quality 60"),
        ("-o a.mp4 --stereo anaglyph --baseline 0", "--baseline 0"),
        ("-o a.mp4 --stereo anaglyph --convergence nowhere", "--convergence 'nowhere'"),
        ("-o a.mp4 --stereo anaglyph --convergence 999,999", "--convergence 999,999: expected a pixel inside"),
        ("-o a.mp4 --frames no/kept", "cannot keep frames"),
        ("-o a.mp4 --depth x.npz", "a scene folder has its own"),
    ],
)
def test_what_does_not_fit(relens, monkeypatch, scene: Path, move: Path, out: Path, words: str, problem: str) -> None:
    monkeypatch.chdir(out)
    relens("path", scene, move, *words.split()).assert_refused(problem)
    assert not list(out.iterdir())


def test_sources_and_paths_that_are_none(
    relens, scene: Path, photo: Path, move: Path, out: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("keyframes:\n  - at_s: 0\n    fnumber: 4\n")
    relens("path", scene, tmp_path / "broken.yaml", "-o", out / "a.mp4").assert_refused("broken.yaml:3", "fnumber")
    relens("path", scene, "no-such-path", "-o", out / "a.mp4").assert_refused("no-such-path: no such path")
    relens("path", tmp_path / "no.relens", move, "-o", out / "a.mp4").assert_refused("no.relens", "does not exist")
    relens("path", tmp_path / "bust.glb", move, "-o", out / "a.mp4").assert_refused(
        "bust.glb: is a model", "relens lift"
    )
    assert not list(out.iterdir())


@pytest.mark.parametrize("fps", [12, 30])
def test_stations_have_a_frame_each_at_any_frame_rate(relens, scene: Path, out: Path, fps: int) -> None:
    outcome = relens("path", scene, "stereo-pair", "-o", out / "#.png", "--fps", fps, *_QUICK)
    assert outcome.status == 0 and f"2 frames, 48x36 at {fps} fps" in outcome.out


def test_a_path_is_not_written_over_itself(relens, scene: Path, move: Path) -> None:
    relens("path", scene, move, "-o", move).assert_refused("move.yaml: is the path itself")
    assert move.read_text() == _MOVE


def test_without_pyav(relens, monkeypatch, scene: Path, move: Path, out: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    relens("path", scene, move, "-o", out / "a.mp4").assert_refused("pip install 'relens[video]'")
    assert relens("path", scene, move, "-o", out / "#.png", *_QUICK).status == 0
