"""What dead processes left is found by those who come after: scenes that were put aside, films half encoded."""

import subprocess
import sys

from film_scene import still, two_planes
from small_scene import assert_same, small_scene

from relens import left_over
from relens.film import film
from relens.scene_folder import load_scene, save_scene


def test_a_scene_that_was_put_aside_opens(tmp_path):
    """Where folders cannot be exchanged in one step, a process can die between the two renames."""
    save_scene(small_scene(), tmp_path / "me.relens")
    expected = load_scene(tmp_path / "me.relens")
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    aside = tmp_path / f".me.{left_over._machine()}-{process.pid}-0123abcd.old.relens"
    aside.mkdir()
    (tmp_path / "me.relens").rename(aside / "me.relens")
    assert_same(load_scene(tmp_path / "me.relens"), expected)
    assert [path.name for path in tmp_path.iterdir()] == ["me.relens"]


def test_a_film_that_was_half_encoded_goes_and_its_frames_stay(tmp_path):
    def made(name):
        options = {"samples": 2, "engine": "cpu", "frames_folder": tmp_path / "kept"}
        return film(two_planes(), still(), tmp_path / name, **options)

    assert made("a.gif").rendered == 1
    frames = sorted((tmp_path / "kept").glob("*.png"))
    (tmp_path / "kept" / "film-0123abcd.gif").write_bytes(b"half")
    assert made("b.gif").rendered == 0
    assert not list((tmp_path / "kept").glob("film-*"))
    assert sorted((tmp_path / "kept").glob("*.png")) == frames
    assert (tmp_path / "b.gif").read_bytes() == (tmp_path / "a.gif").read_bytes()
