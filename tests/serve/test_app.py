import json
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from view_server import BORDER_PX, STROKE, VIEW, Ask, Running, answer_on, edit, history_of, opened, post

from relens.cli.main import main
from relens.edit.pages_out import export_pages
from relens.errors import FileError
from relens.serve.page_files import page_files


def test_the_page_and_its_files_are_served_with_strict_headers(served: Running, page: Path) -> None:
    index, script = served.get("/"), served.get("/assets/index-abc.js")
    assert (index.status, script.status) == (200, 200)
    assert index.body == (page / "index.html").read_bytes() and script.body == b"export {};"
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (index.headers["cache-control"], "immutable" in script.headers["cache-control"]) == ("no-store", True)
    for answer in (index, script, served.get("/api/scene"), served.get("/nowhere")):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in answer.headers


def test_the_scene_is_described_and_packed(served: Running) -> None:
    info = served.get("/api/scene").json
    assert info["name"] == "me.relens" and info["history"] == {"revision": 0, "done": [], "undone": [], "saved": True}
    pack = served.get("/api/pack/0").pack
    assert (pack["kind"], [layer["name"] for layer in pack["layers"]]) == ("scene", ["subject", "wall"])
    assert served.get("/api/pack/9").status == 400
    assert served.get("/api/source/0").status == 404
    assert set(served.get("/api/safe").json) == {"left_m", "right_m", "up_m", "down_m", "forward_m", "back_m"}


def test_an_edit_comes_back_as_its_window_and_goes_into_the_folder(served: Running, folder: Path) -> None:
    answer = served.ask(edit())
    assert answer.status == 200
    pack = answer.pack
    assert pack["kind"] == "patch" and pack["history"]["done"] == ["paint"] and pack["revision"] == 1
    (window,) = pack["layers"]
    assert window["name"] == "subject" and window["depth"] is None
    assert window["left"] <= 27 and window["left"] + window["width"] >= 37 and window["width"] < 30
    served.end()
    served.opening.close()
    assert [step.name for step in history_of(folder).done] == ["paint"]
    before, after = (served.loaded.history.scene.layers[0].rgba, history_of(folder).scene.layers[0].rgba)
    assert np.abs(before - after)[BORDER_PX + 24, BORDER_PX + 32, 0] > 0.3


def test_undo_and_redo_give_back_every_bit(served: Running) -> None:
    before = served.document.now.scene
    served.ask(edit())
    painted = served.document.now.scene
    undone = served.ask(post("/api/undo", {"revision": 1, "level": 0}))
    assert undone.pack["history"] == {"revision": 2, "done": [], "undone": ["paint"], "saved": True}
    np.testing.assert_array_equal(served.document.now.scene.layers[0].rgba, before.layers[0].rgba)
    assert served.ask(post("/api/redo", {"revision": 2, "level": 0})).status == 200
    np.testing.assert_array_equal(served.document.now.scene.layers[0].rgba, painted.layers[0].rgba)
    refused = served.ask(post("/api/redo", {"revision": 3, "level": 0}))
    assert (refused.status, served.document.now.revision) == (400, 3) and "undo" in refused.error


def test_an_edit_that_changes_nothing_makes_no_revision(served: Running) -> None:
    answer = served.ask(edit({**STROKE, "opacity": 0}))
    assert answer.status == 200 and answer.pack["layers"] == [] and answer.pack["revision"] == 0


def test_of_two_tabs_the_second_is_told_and_catches_up(served: Running) -> None:
    first, second = edit(revision=0), edit({**STROKE, "to": "#0000ff"}, revision=0)
    assert served.ask(first).status == 200
    conflict = served.ask(second)
    assert conflict.status == 409 and "elsewhere" in conflict.error
    assert conflict.json["history"] == {"revision": 1, "done": ["paint"], "undone": [], "saved": True}
    caught_up = served.get("/api/changes?since=0&level=0").pack
    assert [layer["name"] for layer in caught_up["layers"]] == ["subject"] and caught_up["revision"] == 1
    assert served.ask(edit({**STROKE, "to": "#0000ff"}, revision=1)).status == 200
    assert served.document.now.edits.done == ("paint", "paint")


def test_changes_of_an_unknown_past_are_whole_layers(served: Running) -> None:
    assert served.get("/api/changes?since=0&level=0").pack["layers"] == []
    served.ask(edit())
    whole = served.get("/api/changes?since=7&level=0").pack["layers"]
    assert [layer["name"] for layer in whole] == ["subject", "wall"]
    assert all(layer["depth"] is not None for layer in whole)


def test_a_page_goes_to_an_editor_and_comes_back(served: Running, folder: Path, tmp_path: Path) -> None:
    answer = served.get("/api/page/wall.png")
    export_pages(served.document.now.scene, tmp_path / "pages")
    assert answer.body == (tmp_path / "pages" / "wall.png").read_bytes()
    assert answer.headers["content-disposition"] == 'attachment; filename="wall.png"'
    page = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_UNCHANGED)
    page[10:14, 20:30, :3] = 40000
    before = served.document.now.scene.layers[1].rgba
    imported = served.ask(_upload("wall", cv2.imencode(".png", page)[1].tobytes()))
    assert imported.status == 200 and imported.pack["history"]["done"] == ["import"]
    (window,) = imported.pack["layers"]
    assert (window["name"], window["left"], window["top"]) == ("wall", 20 - BORDER_PX, 10 - BORDER_PX)
    after = served.document.now.scene.layers[1].rgba
    changed = (before != after).any(axis=2)
    assert changed[10:14, 20:30].all() and changed.sum() == 40


def test_the_photos_own_view_comes_back_in_8_bits(served: Running) -> None:
    page = cv2.imdecode(np.frombuffer(served.get("/api/page/photo.png").body, np.uint8), cv2.IMREAD_UNCHANGED)
    page = np.rint(page / 257).astype(np.uint8)
    page[28, 36, :3] = 255 - page[28, 36, :3]
    imported = served.ask(_upload("photo", cv2.imencode(".png", page)[1].tobytes()))
    (window,) = imported.pack["layers"]
    assert (window["name"], window["width"], window["height"]) == ("subject", 1, 1)


def test_a_move_and_a_path_file_come_as_records(served: Running) -> None:
    path = served.ask(post("/api/move", {"name": "rack-focus", "view": VIEW}))
    assert path.status == 200 and len(path.json["path"]["keyframes"]) >= 2
    text = "lens: 50mm-f1.8-5blade\nkeyframes:\n- {at_s: 0, eye_m: [0, 0, 0]}\n- {after_s: 2, focus: inf}\n"
    headers = (("content-type", "text/plain;charset=utf-8"), ("x-relens-token", "{token}"))
    read = served.ask(Ask("POST", "/api/path/read", headers, text.encode())).json["path"]
    assert read["lens"] == "50mm-f1.8-5blade"
    assert [(key["at_s"], key.get("focus")) for key in read["keyframes"]] == [(0.0, None), (2.0, "inf")]
    frame = {"camera_to_world": np.eye(4).ravel().tolist(), "fov": 40}
    foreign = {"camera_path": [frame, frame], "fps": 24, "camera_type": "perspective"}
    read = served.ask(Ask("POST", "/api/path/read", headers, json.dumps(foreign).encode())).json["path"]
    assert len(read["keyframes"]) == 2
    move = served.ask(Ask("POST", "/api/path/read", headers, b"move: rack-focus\nseconds: 7\n")).json["path"]
    assert len(move["keyframes"]) >= 2 and move["keyframes"][-1]["at_s"] == 1 + 7
    unknown = served.ask(Ask("POST", "/api/path/read", headers, b"move: rack-focs\n"))
    assert unknown.status == 400 and "did you mean rack-focus" in unknown.error


def test_a_scene_that_another_program_changed_stays_as_that_left_it(served: Running, folder: Path) -> None:
    words = ["--to", "#00ff00", "--brush-px", "30", "24", "--quiet"]
    assert main(["edit", "paint", str(folder), *words]) == 0
    theirs = history_of(folder)
    conflict = served.ask(edit())
    assert conflict.status == 409 and "another program changed" in conflict.error
    assert conflict.json["history"]["done"] == []
    served.end()
    served.opening.close()
    now = history_of(folder)
    assert [step.values for step in now.done] == [step.values for step in theirs.done]
    assert list(folder.parent.glob("me*.relens")) == [folder]


def test_a_page_painted_straight_in_the_folder_is_a_change_too(served: Running, folder: Path) -> None:
    file = folder / "canonical" / "wall.png"
    file.write_bytes(file.read_bytes() + b"\0")
    assert served.ask(edit()).status == 409


def test_without_a_folder_edits_live_as_long_as_the_server(folder: Path, page: Path) -> None:
    loaded = opened(folder)
    with Running(type(loaded)(loaded.name, loaded.history), page) as served:
        assert served.get("/api/scene").json["history"]["saved"] is False
        assert served.ask(edit()).pack["history"] == {"revision": 1, "done": ["paint"], "undone": [], "saved": False}
    assert history_of(folder).done == ()


def test_requests_wait_for_the_scene_and_a_failure_ends_the_server(page: Path) -> None:
    may_fail = threading.Event()

    def load(progress: object) -> None:
        may_fail.wait()
        raise FileError("me.relens", "is damaged")

    running = Running(load, page).__enter__()
    assert running.get("/").status == 200
    with running.send(Ask()) as waiting:
        running.wait_for_request()
        may_fail.set()
        answer = answer_on(waiting)
    assert (answer.status, answer.error) == (400, "me.relens: is damaged")
    running._thread.join()
    with pytest.raises(FileError, match="is damaged"):
        running.opening.close()


def test_a_server_that_nobody_asks_is_never_woken(folder: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the server looked whether there is something to do")

    monkeypatch.setattr("uvicorn.Server.on_tick", fail)
    with Running(opened(folder), page) as served:
        assert served.get("/api/scene").status == 200
        loop = served.server._loop
        waiting = [call for call in loop._scheduled if not call.cancelled()]
        # What is left are the limits of the connection that has just been used, and they end.
        assert len(waiting) <= 2


def test_the_table_of_page_files_holds_regular_files_only(page: Path) -> None:
    assert set(page_files(page)) == {b"/", b"/assets/index-abc.js", b"/assets/index-abc.css"}


def _upload(name: str, png: bytes) -> Ask:
    headers = (("content-type", "image/png"), ("x-relens-token", "{token}"))
    return Ask("POST", f"/api/page/{name}?revision={{revision}}&level=0", headers, png)
