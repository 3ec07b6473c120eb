"""relens view as a person starts it: a process of its own, its address in a browser, Ctrl-C at the end."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from page_browser import Tab
from page_painting import PAINT, Samples, choose, drag, until_done
from page_scenes import FACE_PX, sitter_scene
from portraits import phone_portrait

from relens.cli.main import main
from relens.depth import find_depth
from relens.edit.history_file import load_history
from relens.photo import write_image

OpenTab = Callable[..., Tab]
SIZE = (720, 360)
WIDTH_PX = 300
_COMMAND = "import sys; from relens.cli.main import main; sys.exit(main(sys.argv[1:]))"


class Command:
    """A running `relens view`."""

    def __init__(self, cache: Path, *words: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "view", *map(str, words), "--no-open"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        )  # fmt: skip
        self.url = self.process.stdout.readline().strip()

    def ctrl_c(self) -> tuple[int, str, str]:
        """End it: the exit status, and what it printed after the address."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err


@pytest.fixture
def view(page_folder: Path, looks: Path) -> Iterator[Callable[..., Command]]:
    """Starts the command; whatever a test leaves running is ended."""
    commands: list[Command] = []

    def start(*words: object) -> Command:
        commands.append(Command(looks.parents[1], *words))
        return commands[-1]

    yield start
    for command in commands:
        command.process.kill()
        command.process.communicate()


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """The sitter's scene folder."""
    sitter_scene().save(tmp_path / "me.relens")
    return tmp_path / "me.relens"


def test_it_prints_an_address_that_opens_and_ctrl_c_keeps_the_edits(
    view: Callable[..., Command], scene: Path, tab: OpenTab
) -> None:
    command = view(scene)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#token=[\w-]{32}", command.url)
    browser = tab(*SIZE).open(command.url)
    # Whoever is sent the address in the browser cannot write.
    assert "token" not in browser.page.url
    assert browser.page.title() == "me.relens · relens"
    choose(browser, "Brush", radius_px=9.0, opacity=1.0, colour=PAINT)
    drag(browser, [FACE_PX])
    until_done(browser, 1)
    painted = browser.state()["history"]
    assert painted["saved"] is True and not browser.problems
    # The page is still open, as are its connections.
    assert command.ctrl_c() == (0, "stopped\n", "")
    assert [step.name for step in load_history(scene).done] == ["paint"]
    drag(browser, [(225, 190)])
    browser.page.get_by_text("relens view has ended; start it again").first.wait_for()
    browser.screenshot("command-ended")

    again = tab(*SIZE).open(view(scene).url)
    assert again.state()["history"]["done"] == ["paint"]


def test_a_photo_is_lifted_and_shown(view: Callable[..., Command], tmp_path: Path, tab: OpenTab) -> None:
    photo = phone_portrait("iphone-xs-portrait")
    depth_m = 1 / find_depth(photo).inverse_depth
    size_px = WIDTH_PX, round(photo.height_px * WIDTH_PX / photo.width_px)
    linear = cv2.resize(photo.linear, size_px, interpolation=cv2.INTER_AREA)
    write_image(tmp_path / "portrait.png", linear)
    np.savez(tmp_path / "depth.npz", depth=depth_m)
    fx_px = photo.intrinsics.resized(*size_px).fx_px
    command = view(tmp_path / "portrait.png", "--depth", tmp_path / "depth.npz", "--fx-px", f"{fx_px:.3f}")
    browser = tab(*SIZE).open(command.url)
    browser.look(lens={"f_number": 64})
    samples = Samples(browser)
    samples.at_least(16)
    shot = browser.screenshot("command-photo")
    box = browser.page.locator("canvas").first.bounding_box()
    left, top, width, height = (round(box[side]) for side in ("x", "y", "width", "height"))
    seen = shot[top : top + height, left : left + width].astype(np.float32)
    own = cv2.imread(str(tmp_path / "portrait.png"))[..., ::-1]
    expected = cv2.resize(np.ascontiguousarray(own), (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    # A lens that is closed down gives the photo back.
    assert np.abs(seen - expected)[4:-4, 4:-4].mean() < 6
    state = browser.state()
    assert state["history"]["saved"] is False and browser.page.title() == "portrait.png · relens"
    browser.page.keyboard.press("4")
    browser.page.get_by_text("edits last until relens view ends").wait_for()
    assert not browser.problems
    status, out, err = command.ctrl_c()
    assert (status, out) == (0, "stopped\n") and "-o SCENE keeps them" in err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["depth.npz", "portrait.png"]


def test_what_is_missing_is_named_with_what_to_do(
    scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "viewer").mkdir()
    with monkeypatch.context() as patch:
        # A source checkout in which nobody has run make.
        patch.setattr("relens.viewer.built_page._FOLDERS", (tmp_path / "viewer", tmp_path / "nowhere"))
        assert main(["view", str(scene), "--no-open"]) == 2
        out, err = capsys.readouterr()
        assert not out and err.startswith("relens: error: ") and "make viewer" in err and err.count("\n") == 1
        assert main(["export", str(scene), "--html"]) == 2
        assert "make viewer" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "starlette", None)
    assert main(["view", str(scene), "--no-open"]) == 2
    out, err = capsys.readouterr()
    assert not out and "starlette" in err and "pip install 'relens[view]'" in err and err.count("\n") == 1
