import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from view_server import VIEW, Ask, Running, edit, post
from views import LENS

from relens.cli.main import main
from relens.film.film import film
from relens.photo import read_photo
from relens.progress import Progress
from relens.serve.shot_order import ShotOrder

WIDE = {**LENS, "f_number": 2.8, "blades": 5, "rotation_deg": 10, "cats_eye": 0.3}
FLAGS = ["--f-number", "2.8", "--blades", "5", "--blade-rotation-deg", "10", "--cats-eye", "0.3"]


def shot(**changes: object) -> Ask:
    return post("/api/shoot", {"view": VIEW, "format": "png", "samples": 16, **changes})


def _file(served: Running, ask: Ask) -> bytes:
    done = served.ask(ask).lines[-1]["done"]
    answer = served.get(f"/{done['url']}")
    assert answer.status == 200 and len(answer.body) == done["bytes"] and done["seconds"] > 0
    assert answer.headers["content-disposition"] == f'attachment; filename="{done["name"]}"'
    return answer.body


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({"lens": WIDE, "focus": 1.2}, ["--focus", "1.2m"]),
        ({"lens": WIDE, "focus": "inf"}, ["--focus", "inf"]),
        ({"lens": WIDE, "pose": {**VIEW["pose"], "eye_m": [0.01, 0.02, 0.03]}},
         ["--focus", "0.5", "--eye", ".01", ".02", ".03"]),
        ({"lens": {**WIDE, "focal_length_mm": 135}, "framing": "lens"},
         ["--focus", "0.5", "--framing", "lens", "--focal-length", "135"]),
    ],
    ids=["near", "far", "beside", "framed"],
)  # fmt: skip
@pytest.mark.parametrize(("form", "name", "bits"), [("png", "a.png", 8), ("png16", "a.png", 16), ("exr", "a.exr", 16)])
def test_a_picture_is_the_one_that_relens_shoot_writes(
    served: Running, folder: Path, tmp_path: Path, view: dict, words: list[str], form: str, name: str, bits: int
) -> None:
    options = ["--samples", "16", "--bit-depth", str(bits), "--quiet", *FLAGS, *words]
    assert main(["shoot", str(folder), "-o", str(tmp_path / name), *options]) == 0
    assert _file(served, shot(view={**VIEW, **view}, format=form)) == (tmp_path / name).read_bytes()


def test_the_exposure_is_of_linear_light(served: Running, tmp_path: Path) -> None:
    for name, exposure_ev in (("plain", 0), ("bright", 1.5)):
        (tmp_path / f"{name}.exr").write_bytes(
            _file(served, shot(format="exr", view={**VIEW, "exposure_ev": exposure_ev}))
        )
    plain, bright = (read_photo(tmp_path / f"{name}.exr").linear for name in ("plain", "bright"))
    np.testing.assert_allclose(bright, plain * 2**1.5, rtol=2e-3)


def test_an_edit_is_in_the_next_picture(served: Running) -> None:
    before = _file(served, shot())
    assert _file(served, shot()) == before
    served.ask(edit())
    assert _file(served, shot()) != before


def test_a_picture_has_the_size_that_was_asked_for_and_a_preview(served: Running) -> None:
    done = served.ask(shot(format="exr", size_px=[32, 24])).lines[-1]["done"]
    preview = cv2.imdecode(np.frombuffer(served.get(f"/{done['preview_url']}").body, np.uint8), cv2.IMREAD_UNCHANGED)
    assert preview.shape[:2] == (24, 32) and preview.dtype == np.uint8
    small = served.ask(shot()).lines[-1]["done"]
    assert small["preview_url"] == small["url"]


def test_only_the_last_pictures_are_kept_and_none_after_the_end(served: Running) -> None:
    served.get("/api/scene")
    served.session.shots.results._most = 6
    first, *others = [served.ask(shot(samples=1)).lines[-1]["done"]["url"] for _ in range(7)]
    assert served.get(f"/{first}").status == 404
    assert all(served.get(f"/{other}").status == 200 for other in others)
    folder = served.session.shots._desk.results
    served.end()
    served.opening.close()
    assert not folder.exists()


def test_a_film_is_the_one_that_relens_path_makes(served: Running, tmp_path: Path) -> None:
    pytest.importorskip("av")

    record = {"keyframes": [{"at_s": 0, "focus": 0.5}, {"at_s": 0.2, "eye_m": [0.01, 0, 0]}], "fps": 10}
    sent = _file(served, shot(format="mp4", samples=4, path=record, view={**VIEW, "lens": WIDE}))
    from relens.serve.page_path import path_of_page
    from relens.viewer.view import read_view

    lens = read_view({**VIEW, "lens": WIDE}).lens.lens(0.5)
    film(served.document.now.scene, path_of_page(record), tmp_path / "b.mp4", lens=lens, samples=4)
    assert sent == (tmp_path / "b.mp4").read_bytes()


def test_a_film_takes_focus_and_exposure_from_the_view_where_its_path_says_none() -> None:
    from relens.path import parse_aim
    from relens.serve.page_path import path_of_page
    from relens.serve.shoot import _seen_as
    from relens.viewer.view import read_view

    view = read_view({**VIEW, "focus": "inf", "exposure_ev": 1})
    silent = path_of_page({"keyframes": [{"at_s": 0}, {"at_s": 1}]})
    assert _seen_as(view, silent).keyframes[0].focus == parse_aim("inf")
    assert _seen_as(view, silent).keyframes[0].exposure_ev == 1
    point = read_view({**VIEW, "focus": [0.0, 0.0, 2.0]})
    assert _seen_as(point, silent).keyframes[0].focus.point_m == (0.0, 0.0, 2.0)
    said = path_of_page({"keyframes": [{"at_s": 0}, {"at_s": 1, "focus": 3, "exposure_ev": 0}]})
    assert _seen_as(view, said).keyframes[0].focus is None and _seen_as(view, said).keyframes[0].exposure_ev is None


class Held:
    """A studio whose pictures take until they are let go, or cancelled."""

    def __init__(self) -> None:
        self.began, self.may_go_on, self.ended_early = threading.Semaphore(0), threading.Event(), threading.Semaphore(0)

    def take(self, order: ShotOrder, scene: object, progress: Progress) -> "Held":
        self.began.release()
        try:
            while not self.may_go_on.wait(0.005):
                progress("held", 0.0)
        except BaseException:
            self.ended_early.release()
            raise
        return self

    def record(self) -> dict[str, str]:
        return {"name": "held"}


@pytest.fixture
def held(served: Running) -> Held:
    served.get("/api/scene")
    served.session.shots.studio = Held()
    return served.session.shots.studio


def _first_line(connection) -> bytes:
    data = b""
    while b"queued" not in data:
        data += connection.recv(1 << 12)
    return data


def test_the_queue_is_bounded_and_says_so(served: Running, held: Held) -> None:
    served.session.shots.jobs._waiting.most = 4
    waiting = []
    for place in range(5):
        waiting.append(served.send(shot()))
        assert f'"queued": {place}'.encode() in _first_line(waiting[-1])
        if place == 0:
            assert held.began.acquire(timeout=30)
    refused = served.ask(shot())
    assert refused.status == 429 and refused.error.startswith("4 pictures are waiting already")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    # Everything else goes on meanwhile.
    assert served.ask(edit()).status == 200
    held.may_go_on.set()
    for connection in waiting:
        data = b""
        while b'{"done": {"name": "held"}}' not in data:
            data += connection.recv(1 << 12)
        connection.close()
    assert served.ask(shot()).status == 200


def test_a_closed_tab_frees_its_job_where_it_runs_and_where_it_waits(served: Running, held: Held) -> None:
    running = served.send(shot())
    _first_line(running)
    assert held.began.acquire(timeout=30)
    waiting = [served.send(shot()) for _ in range(4)]
    for connection in waiting:
        _first_line(connection)
    last = waiting.pop()
    for connection in waiting:
        connection.close()
    # The last one moves up as those before it hang up.
    data = b""
    while b'"queued": 1}' not in data:
        data += last.recv(1 << 12)
    running.close()
    assert held.ended_early.acquire(timeout=30)
    assert held.began.acquire(timeout=30)
    held.may_go_on.set()
    data = b""
    while b'"done"' not in data:
        data += last.recv(1 << 12)
    assert not held.began.acquire(blocking=False)
    last.close()


def test_a_cancelled_picture_leaves_no_file(served: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    served.get("/api/scene")
    write, began = served.session.shots.studio._picture, threading.Event()

    def slow(order: ShotOrder, scene: object, folder: Path, progress: Progress):
        (folder / "half.png").write_bytes(b"half")
        began.set()
        while True:
            progress("cpu", 0.5)

    monkeypatch.setattr(served.session.shots.studio, "_picture", slow)
    connection = served.send(shot())
    assert began.wait(30)
    connection.close()
    monkeypatch.setattr(served.session.shots.studio, "_picture", write)
    done = served.ask(shot()).lines[-1]["done"]
    assert [file.name for file in served.session.shots._desk.results.iterdir()] == [done["url"].split("/")[2]]


def test_the_end_of_the_server_cancels_what_runs_and_what_waits(served: Running, held: Held) -> None:
    connections = [served.send(shot()) for _ in range(2)]
    for connection in connections:
        _first_line(connection)
    assert held.began.acquire(timeout=30)
    served.end()
    for connection in connections:
        data = b""
        while piece := connection.recv(1 << 12):
            data += piece
        assert b"relens view has ended" in data
        connection.close()
    served.opening.close()
    assert not served.session.shots.jobs._thread.is_alive()


def test_what_goes_wrong_in_a_picture_is_told_and_the_next_is_taken(
    served: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served.get("/api/scene")

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("relens.serve.shoot.shoot", fail)
    assert "ZeroDivisionError" in served.ask(shot()).lines[-1]["error"]
    assert "Traceback" in capsys.readouterr().err
    monkeypatch.undo()
    assert "done" in served.ask(shot()).lines[-1]
    near = {**VIEW, "framing": "subject", "focus": "inf"}
    assert served.ask(shot(view=near)).status == 400
