import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from view_server import STROKE, page_folder

from relens.edit.history_file import load_history

# The command, with a page of its own: the real one takes Node to build.
_COMMAND = """
import sys
from pathlib import Path
from relens.viewer import built_page
built_page._FOLDERS = (Path(sys.argv[1]),)
from relens.cli.main import main
sys.exit(main(["view", *sys.argv[2:]]))
"""


class Command:
    """A `relens view` of its own process."""

    def __init__(self, tmp_path: Path, *words: object) -> None:
        page = tmp_path / "dist"
        if not page.exists():
            page_folder(page)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, page, *map(str, words), "--no-open"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        )
        self.address, _, self.token = self.process.stdout.readline().strip().partition("#token=")

    def ask(self, path: str, content: object = None) -> bytes:
        headers = {} if content is None else {"content-type": "application/json", "x-relens-token": self.token}
        body = None if content is None else json.dumps(content).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address + path, body, headers)) as answer:
            return answer.read()

    def paint(self, revision: int = 0) -> None:
        self.ask("api/edit", {"edit": {"name": "paint", "values": STROKE}, "revision": revision, "level": 0})

    def end(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err


@pytest.fixture
def view(tmp_path: Path):
    """Start the command; whatever a test leaves running is ended."""
    commands = []

    def start(*words: object) -> Command:
        commands.append(Command(tmp_path, *words))
        return commands[-1]

    yield start
    for command in commands:
        command.process.kill()
        command.process.communicate()


def test_ctrl_c_saves_the_edits_and_ends_well(view, scene: Path) -> None:
    command = view(scene)
    assert command.address.startswith("http://127.0.0.1:") and len(command.token) >= 32
    assert json.loads(command.ask("api/scene"))["name"] == scene.name
    command.paint()
    assert command.end(signal.SIGINT) == (0, "stopped\n", "")
    assert [step.name for step in load_history(scene).done] == ["paint"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_closed_terminal_saves_the_edits(view, scene: Path, number: int) -> None:
    command = view(scene)
    command.paint()
    assert command.end(number)[0] == -number
    assert [step.name for step in load_history(scene).done] == ["paint"]


def test_a_crash_leaves_a_whole_scene(view, scene: Path) -> None:
    command = view(scene)
    for revision in range(20):
        command.paint(revision)
    command.end(signal.SIGKILL)
    assert len(load_history(scene).done) <= 20
    assert [file.name for file in scene.parent.iterdir() if file.suffix == ".relens"] == [scene.name]


def test_a_photo_is_lifted_and_kept_where_the_user_says(view, photo: Path, depth: Path, out: Path) -> None:
    command = view(photo, "-o", out / "me.relens", "--depth", depth)
    assert json.loads(command.ask("api/scene"))["history"]["saved"] is True
    command.paint()
    status, _, err = command.end(signal.SIGINT)
    assert status == 0 and "edits are gone" not in err
    assert [step.name for step in load_history(out / "me.relens").done] == ["paint"]
    assert sorted(file.name for file in photo.parent.iterdir()) == ["depth.npz", "photo.png"]


def test_a_photo_without_a_folder_says_that_edits_go(view, photo: Path, depth: Path) -> None:
    command = view(photo, "--depth", depth)
    assert json.loads(command.ask("api/scene"))["history"]["saved"] is False
    command.paint()
    status, _, err = command.end(signal.SIGINT)
    assert status == 0 and "edits are gone when this ends; -o SCENE keeps them" in err
    assert sorted(file.name for file in photo.parent.iterdir()) == ["depth.npz", "photo.png"]


def test_a_copy_of_a_scene_takes_the_edits(view, scene: Path, out: Path) -> None:
    command = view(scene, "-o", out / "copy.relens")
    command.paint()
    assert command.end(signal.SIGINT)[0] == 0
    assert load_history(scene).done == () and len(load_history(out / "copy.relens").done) == 1


def test_a_scene_that_cannot_be_opened_ends_the_command_with_a_line(view, scene: Path) -> None:
    (scene / "canonical" / "background.png").write_bytes(b"no PNG")
    command = view(scene)
    out, err = command.process.communicate(timeout=120)
    assert command.process.returncode == 2 and out == ""
    assert err.startswith("relens: error: ") and err.count("\n") == 1 and "background.png" in err


def test_others_on_the_network_are_let_in_only_when_told_and_with_a_note(view, scene: Path) -> None:
    command = view(scene, "--host", "0.0.0.0")
    port = command.address.split(":")[2].strip("/")
    for host, status in (("192.168.7.7", 200), ("evil.example", 421)):
        request = urllib.request.Request(f"{command.address}api/scene", headers={"host": f"{host}:{port}"})
        try:
            found = urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            found = error.code
        assert found == status
    status, _, err = command.end(signal.SIGINT)
    assert status == 0 and "others on the network can look" in err


def test_mistakes_are_told_before_anything_listens(
    relens, scene: Path, photo: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("relens.viewer.built_page._FOLDERS", (page_folder(tmp_path / "dist"),))
    relens("view", tmp_path / "nothing").assert_refused("nothing", "no such file")
    relens("view", scene, "--matte", "none").assert_refused("--matte")
    relens("view", scene, "--port", 99_999).assert_refused("99999")
    monkeypatch.setattr("relens.viewer.built_page._FOLDERS", ())
    relens("view", scene).assert_refused("make viewer")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    relens("view", scene).assert_refused("pip install 'relens[view]'")


def test_the_browser_is_opened_at_the_address(relens, scene: Path, tmp_path: Path, monkeypatch) -> None:
    opened, visited = [], threading.Event()
    monkeypatch.setattr("relens.viewer.built_page._FOLDERS", (page_folder(tmp_path / "dist"),))
    monkeypatch.setattr("webbrowser.open", lambda url: (opened.append(url), visited.set()))

    def serve(address, page, opening) -> None:
        assert visited.wait(30)
        address.listener.close()
        opening.close()

    monkeypatch.setattr("relens.serve.server.serve", serve)
    outcome = relens("view", scene)
    assert outcome.status == 0 and [*opened, "stopped"] == outcome.out.splitlines()


def test_a_scene_seen_before_is_shown_before_it_is_loaded(
    view, relens, scene: Path, tmp_path: Path, monkeypatch
) -> None:
    command = view(scene)
    level = json.loads(command.ask("api/scene"))["levels"][-1]["level"]
    command.ask(f"api/pack/{level}")
    command.paint()
    last = [json.loads(command.ask("api/scene")), command.ask(f"api/pack/{level}")]
    assert command.end(signal.SIGINT)[0] == 0
    shown = []

    def serve(address, page, opening) -> None:
        address.listener.close()
        shown.append(opening._look)
        opening.close()

    monkeypatch.setattr("relens.serve.server.serve", serve)
    monkeypatch.setattr("relens.viewer.built_page._FOLDERS", (tmp_path / "dist",))
    monkeypatch.setattr("relens.viewer.first_look.cache_folder", lambda: tmp_path / "cache" / "relens" / "view")
    for words in ((), ("-o", tmp_path / "other.relens")):
        assert relens("view", scene, "--no-open", *words).status == 0
    assert shown[0].info == {**last[0], "history": {**last[0]["history"], "revision": 0}}
    assert len(shown[0].pack) > 1000 and shown[0].pack[-1000:] == last[1][-1000:]
    # The other folder may be changed while the scene is read from this one.
    assert shown[1] is None
    (scene / "scene.json").touch()
    assert relens("view", scene, "--no-open").status == 0
    assert shown[2] is None
