"""How `relens view` ends, as a process of its own: a signal, another one, a crash, and what the next one takes up."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from view_server import VIEW, page_folder, scene_folder

from relens.render import kernel_cache

# The command, with a page of its own, and pictures that take as long as a file is there.
_COMMAND = """
import sys, time
from pathlib import Path
from relens.viewer import built_page
built_page._FOLDERS, hold, grace_s = (Path(sys.argv[1]),), Path(sys.argv[2]), float(sys.argv[3])
from relens.serve import server, shoot
server._GRACE_S = grace_s
def held(studio, order, scene, progress):
    while hold.exists():
        progress("held", 0.0)
        time.sleep(0.005)
    with studio._results.new() as folder:
        (folder / "a.png").write_bytes(b"a picture")
    return shoot.Shot(folder / "a.png", folder / "a.png", 0.1)
shoot.Studio.take = held
from relens.cli.main import main
sys.exit(main(["view", *sys.argv[4:]]))
"""
PATIENCE_S = 60


class Command:
    """A `relens view`; its pictures end when the file `hold` has gone."""

    def __init__(self, place: Path, grace_s: float) -> None:
        self.hold = place / "hold"
        self.process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, place / "dist", self.hold, str(grace_s), place / "me.relens", "--no-open"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # What is compiled already stays so.
            env={
                **os.environ,
                "NUMBA_CACHE_DIR": str(kernel_cache._folder()),
                "XDG_CACHE_HOME": str(place / "cache"),
                "XDG_STATE_HOME": str(place / "state"),
            },
        )
        self.address, _, self.token = self.process.stdout.readline().strip().partition("#token=")

    def ask(self, path: str, content: object = None) -> tuple[int, bytes]:
        headers = {"x-relens-token": self.token} | ({} if content is None else {"content-type": "application/json"})
        body = None if content is None else json.dumps(content).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.address + path, body, headers)) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    @property
    def jobs(self) -> list[dict]:
        return json.loads(self.ask("api/jobs")[1])["jobs"]

    def queue(self, count: int) -> list[str]:
        """Order pictures, one after the other, and leave the answers open; the jobs' names."""
        for number in range(1, count + 1):
            order = {"view": VIEW, "format": "png", "samples": number}
            threading.Thread(target=self._order, args=(order,), daemon=True).start()
            until(lambda number=number: len(self.jobs) == number)
        return [job["id"] for job in self.jobs]

    def _order(self, order: dict) -> None:
        with suppress(OSError, http.client.HTTPException):  # It ends, or is killed.
            self.ask("api/shoot", order)

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, err


def until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.01)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Starts the command on one scene; whatever a test leaves running is killed."""
    commands: list[Command] = []
    page_folder(tmp_path / "dist")
    scene_folder(tmp_path / "me.relens")
    (tmp_path / "hold").touch()

    def begin(grace_s: float = 0.1) -> Command:
        commands.append(Command(tmp_path, grace_s))
        return commands[-1]

    yield begin
    for command in commands:
        command.process.kill()
        command.process.communicate()


def test_what_waits_outlives_signals_and_crashes(start: Callable[..., Command], tmp_path: Path) -> None:
    first = start()
    names = first.queue(3)
    status, err = first.end(signal.SIGTERM)
    assert status == -signal.SIGTERM
    assert "3 pictures wait for the next relens view of this scene" in err and "Traceback" not in err

    second = start()
    assert [job["id"] for job in second.jobs] == names
    assert second.end(signal.SIGKILL)[0] == -signal.SIGKILL

    third = start()
    assert [job["id"] for job in third.jobs] == names
    (tmp_path / "hold").unlink()
    until(lambda: all("done" in job for job in third.jobs))
    assert [job["id"] for job in third.jobs] == names
    assert all(third.ask(job["done"]["url"])[0] == 200 for job in third.jobs)
    status, err = third.end(signal.SIGINT)
    assert status == 0 and "3 pictures waited when the viewer ended last" in err
    assert not list((tmp_path / "state").rglob("*.order")) and not list((tmp_path / "state").rglob("*.png"))


def test_the_first_signal_waits_and_the_second_stops_at_once(start: Callable[..., Command], tmp_path: Path) -> None:
    command = start(60)
    command.queue(2)
    command.process.send_signal(signal.SIGTERM)
    until(lambda: command.ask("healthz")[0] == 503)
    status, body = command.ask("api/shoot", {"view": VIEW, "format": "png", "samples": 1})
    assert status == 503 and b"ending" in body
    began_s = time.monotonic()
    assert command.end(signal.SIGTERM)[0] == -signal.SIGTERM
    # Long before the picture that is taken would have to end.
    assert time.monotonic() - began_s < 30
    assert len(list((tmp_path / "state").rglob("*.order"))) == 2
