import errno
import os
from pathlib import Path

import pytest

from relens.scene_folder import load_scene
from relens.serve.folder_state import folder_state
from relens.viewer.container import parted
from relens.viewer.edit_state import EditState
from relens.viewer.first_look import first_look, kept_look
from relens.viewer.levels import Levels


def test_makes_a_scene_and_says_what_is_in_it(relens, photo: Path, depth: Path, out: Path) -> None:
    path = out / "me.relens"
    outcome = relens("lift", photo, "-o", path, "--depth", depth, "--fx-px", 60)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.count("\n") == 1
    for words in (f"{path}: 48 x 36 px", "2 layers", "depth 0.400 m to 2.00 m"):
        assert words in outcome.out
    scene = load_scene(path)
    assert scene.camera.intrinsics.fx_px == 60
    assert scene.source is not None and scene.source.data == photo.read_bytes()


def test_quiet_says_nothing_and_a_scene_is_replaced(relens, photo: Path, scene: Path, depth: Path) -> None:
    outcome = relens("lift", photo, "-o", scene, "--depth", depth, "--fx-px", 70, "--quiet")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert load_scene(scene).camera.intrinsics.fx_px == 70


def test_the_scene_can_be_looked_at_before_it_is_loaded(relens, photo: Path, depth: Path, out: Path) -> None:
    path = out / "me.relens"
    relens("lift", photo, "-o", path, "--depth", depth, "--fx-px", 60)
    look = kept_look(path, folder_state(path).text)
    loaded = first_look(Levels(load_scene(path)), "me.relens", EditState(saved=True))
    assert look is not None and look.info == loaded.info
    # The folder's pages are rounded, to 16 bits.
    ours, theirs = ([layer["name"] for layer in parted(each.pack)[0]["layers"]] for each in (look, loaded))
    assert ours == theirs


@pytest.mark.parametrize(
    ("name", "problem"),
    [("no/me.relens", "does not exist"), ("file", "is a file"), ("precious", "does not know as a scene")],
)
def test_a_bad_scene_name_stops_before_the_photo_is_read(relens, out: Path, name: str, problem: str) -> None:
    (out / "file").touch()
    (out / "precious").mkdir()
    (out / "precious" / "letter.txt").touch()
    before = set(out.rglob("*"))
    relens("lift", "no-such-photo.png", "-o", out / name).assert_refused(name, problem)
    assert set(out.rglob("*")) == before


def test_a_full_disk_leaves_nothing(relens, monkeypatch, photo: Path, depth: Path, out: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("relens.atomic.os.rename", full)
    outcome = relens("lift", photo, "-o", out / "me.relens", "--depth", depth)
    outcome.assert_refused("me.relens", "cannot write: No space left on device")
    assert not list(out.iterdir())


@pytest.mark.parametrize("reach_m", [0, -1, "nan", 11])
def test_a_reach_out_of_range(relens, photo: Path, depth: Path, out: Path, reach_m: object) -> None:
    relens("lift", photo, "-o", out / "me.relens", "--depth", depth, "--reach-m", reach_m).assert_refused("--reach-m")
    assert not list(out.iterdir())
