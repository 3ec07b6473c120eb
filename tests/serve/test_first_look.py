"""A server whose scene is still loading answers with the look that was kept of it, and as the scene itself will."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from view_server import STROKE, Ask, Running, answer_on, edit, history_of, opened

from relens.serve.document import Home
from relens.serve.folder_state import folder_state
from relens.viewer.first_look import FirstLook, kept_look

ANSWERS = "/api/scene", "/api/pack/0"


class Held:
    """A server whose loading waits until `load` is called."""

    def __init__(self, folder: Path, page: Path, look: FirstLook | None) -> None:
        self._may_load = threading.Event()
        loaded = opened(folder)

        def load(progress: object):
            assert self._may_load.wait(60)
            return loaded

        self.running = Running(load, page, look=look).__enter__()

    def load(self) -> None:
        self._may_load.set()

    def close(self) -> None:
        self.load()
        self.running.__exit__(None, None, None)


def look_at(folder: Path) -> FirstLook | None:
    return kept_look(folder, folder_state(folder).text)


@pytest.fixture
def held(folder: Path, page: Path) -> Iterator[Held]:
    """A server of a scene that was seen before, whose loading is held back."""
    with Running(opened(folder), page) as served:
        served.get("/api/pack/0")
    held = Held(folder, page, look_at(folder))
    yield held
    held.close()


def test_the_look_is_what_the_loaded_scene_answers(held: Held, looks: Path) -> None:
    early = [held.running.get(target) for target in ANSWERS]
    assert [answer.status for answer in early] == [200, 200]
    held.load()
    held.running.get("/api/safe")  # Waits for the scene.
    assert held.running.opening.look is None
    late = [held.running.get(target) for target in ANSWERS]
    assert early[0].json == late[0].json and early[1].body == late[1].body
    for one, other in zip(early, late, strict=True):
        assert one.headers == other.headers


def test_what_the_look_does_not_have_waits_for_the_scene(held: Held) -> None:
    with held.running.send(Ask(target="/api/safe")) as waiting:
        held.running.wait_for_request()
        assert held.running.get("/api/pack/x").status == 400
        held.load()
        assert answer_on(waiting).status == 200


def test_an_edit_in_the_first_second_is_of_the_look_s_revision(held: Held, folder: Path) -> None:
    revision = held.running.get("/api/scene").json["history"]["revision"]
    with held.running.send(edit(revision=revision)) as waiting:
        held.running.wait_for_request()
        held.load()
        answer = answer_on(waiting)
    assert answer.status == 200 and answer.pack["history"]["done"] == ["paint"]
    # A second tab that still shows the look is behind, and catches up.
    conflict = held.running.ask(edit({**STROKE, "to": "#0000ff"}, revision=revision))
    assert conflict.status == 409 and conflict.json["history"]["revision"] == 1
    assert held.running.get("/api/changes?since=0&level=0").pack["layers"][0]["name"] == "subject"


def test_a_folder_changed_while_it_is_loaded_takes_no_edit(held: Held, folder: Path) -> None:
    (folder / "canonical" / "wall.png").touch()
    revision = held.running.get("/api/scene").json["history"]["revision"]
    held.load()
    answer = held.running.ask(edit(revision=revision))
    assert answer.status == 409 and "another program changed" in answer.error
    assert history_of(folder).done == ()


def test_without_a_look_all_wait_for_the_scene(folder: Path, page: Path) -> None:
    held = Held(folder, page, look_at(folder))
    with held.running.send(Ask()) as waiting:
        held.running.wait_for_request()
        assert not held.running.opening._session.done()
        held.load()
        assert answer_on(waiting).json["name"] == folder.name
    held.close()


def test_edits_that_are_saved_are_in_the_next_look(folder: Path, page: Path) -> None:
    with Running(opened(folder), page) as served:
        served.ask(edit())
        painted = served.get("/api/pack/0")
        served.end()
        served.opening.close()
    look = look_at(folder)
    assert look is not None
    assert look.info["history"] == {"revision": 0, "done": ["paint"], "undone": [], "saved": True}
    # Only the history differs from what the page had: it starts from 0 again.
    assert look.pack[-500:] == painted.body[-500:]
    with Running(opened(folder), page) as again:
        assert again.get("/api/scene").json == look.info
        loaded = again.get("/api/pack/0")
    assert loaded.pack == {**loaded.pack, "kind": "scene", "history": look.info["history"]}


def test_a_scene_that_was_never_asked_for_its_smallest_size_keeps_no_look(folder: Path, page: Path) -> None:
    with Running(opened(folder), page) as served:
        served.get("/api/scene")
    assert look_at(folder) is None


def test_a_new_scene_has_a_look_once_it_is_saved(folder: Path, page: Path, tmp_path: Path) -> None:
    loaded, new = opened(folder), tmp_path / "new.relens"
    with Running(type(loaded)("photo.jpg", loaded.history, Home(new, folder_state(new), is_new=True)), page):
        pass
    look = look_at(new)
    assert look is not None and look.info["name"] == "new.relens"
