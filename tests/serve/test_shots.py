"""The queue of shots: fair, bounded, watched, and there again after the server has ended."""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from view_server import STROKE, VIEW, Answer, Ask, Running, edit, opened, post

from relens.edit import Paint, Where
from relens.edit.history_file import save_history
from relens.progress import Progress
from relens.serve import shots as room
from relens.serve.health import resident_bytes
from relens.serve.scene_digest import SceneDigests
from relens.serve.shot_order import ShotOrder

PATIENCE_S = 30


def order(samples: int, viewer: str | None = None) -> Ask:
    ask = post("/api/shoot", {"view": VIEW, "format": "png", "samples": samples}).with_header("connection", "close")
    return ask if viewer is None else ask.with_header("x-relens-viewer", viewer)


def jobs_of(served: Running) -> list[dict]:
    return served.ask(Ask(target="/api/jobs", headers=(("x-relens-token", "{token}"),))).json["jobs"]


class Slow:
    """In the place of a studio's `take`: it notes what it is given, and takes the picture when it may."""

    def __init__(self, take: Callable) -> None:
        self.take, self.began, self.samples = take, threading.Semaphore(0), list[int]()
        self.may_go_on = threading.Event()

    def __call__(self, order: ShotOrder, scene: object, progress: Progress) -> object:
        self.samples.append(order.samples)
        self.began.release()
        while not self.may_go_on.wait(0.005):
            progress("held", 0.0)
        return self.take(order, scene, progress)


@pytest.fixture
def start(folder: Path, page: Path, tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Serves the scene; what waits is kept from one server to the next."""
    running: list[Running] = []

    def serve() -> Running:
        loaded = replace(opened(folder), desk=tmp_path / "state" / "desk")
        running.append(Running(loaded, page).__enter__())
        running[-1].get("/api/scene")
        return running[-1]

    yield serve
    for each in running:
        each.__exit__()


def slowed(served: Running) -> Slow:
    slow = Slow(served.session.shots.studio.take)
    served.session.shots.studio.take = slow
    return slow


def queued(served: Running, *asks: Ask) -> list:
    """Connections, each of whose orders waits."""
    connections = []
    for ask in asks:
        connections.append(served.send(ask))
        data = b""
        while b"queued" not in data:
            data += connections[-1].recv(1 << 12)
    return connections


def until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.002)


def end(served: Running) -> None:
    served.end()
    served.opening.close()


def test_a_viewer_with_much_does_not_hold_up_one_with_little(served: Running) -> None:
    served.get("/api/scene")
    slow = slowed(served)
    many, few = [order(at, "many") for at in (1, 2, 3, 4)], [order(11, "few"), order(21, "other")]
    connections = queued(served, many[0])
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(served, *many[1:], *few)
    told = [job["queued"] for job in jobs_of(served)[1:]]
    assert told == [1, 2, 3, 4, 5]
    slow.may_go_on.set()
    until(lambda: served.get("/healthz").json["jobs"]["finished"] == 6)
    assert slow.samples == [1, 2, 11, 21, 3, 4]
    for connection in connections:
        connection.close()
    assert served.ask(order(1, "no name/")).status == 400


def test_one_viewer_cannot_fill_the_queue(served: Running) -> None:
    served.get("/api/scene")
    slow, jobs = slowed(served), served.session.shots.jobs
    jobs._waiting.most_of_one = 2
    connections = queued(served, order(1, "many"))
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(served, order(2, "many"), order(3, "many"))
    refused = served.ask(order(4, "many"))
    assert refused.status == 429 and "2 pictures of yours" in refused.error and int(refused.headers["retry-after"]) >= 1
    connections += queued(served, order(5, "few"))
    for connection in connections:
        connection.close()
    until(lambda: jobs.running is None and not jobs.waiting)


def test_the_states_of_the_scene_that_wait_are_few(served: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_SCENES", 2)
    served.get("/api/scene")
    slow = slowed(served)
    connections = queued(served, order(1))
    assert slow.began.acquire(timeout=PATIENCE_S)
    served.ask(edit())
    connections += queued(served, order(2), order(3))
    served.ask(edit({**STROKE, "to": "#00ff00"}))
    refused = served.ask(order(4))
    assert refused.status == 429 and "2 states of the scene" in refused.error and "retry-after" in refused.headers
    slow.may_go_on.set()
    until(lambda: served.get("/healthz").json["jobs"]["finished"] == 3)
    assert served.ask(order(4)).status == 200
    for connection in connections:
        connection.close()


def test_health_is_told_to_everybody_and_waits_for_nothing(page: Path, folder: Path) -> None:
    may_load = threading.Event()

    def load(progress: Progress):
        may_load.wait()
        return opened(folder)

    with Running(load, page) as served:
        loading = served.get("/healthz")
        assert (loading.status, loading.json["status"]) == (200, "loading")
        may_load.set()
        served.get("/api/scene")
        slow = slowed(served)
        connections = queued(served, order(1, "a"))
        assert slow.began.acquire(timeout=PATIENCE_S)
        connections += queued(served, order(2, "a"), order(3, "b"))
        health = served.get("/healthz").json
        assert set(health) == {"status", "version", "uptime_s", "jobs", "resident_bytes"}
        assert health["status"] == "ok" and health["uptime_s"] > 0
        assert health["jobs"] == {"waiting": 2, "running": 1, "finished": 0, "viewers_waiting": 2}
        assert health["resident_bytes"] is None or health["resident_bytes"] > 10e6
        assert served.ask(Ask(target="/healthz", host="evil.example:80")).status == 421
        for connection in connections:
            connection.close()
        until(lambda: served.get("/healthz").json["jobs"]["waiting"] == 0)
    assert resident_bytes() is None or resident_bytes() > 10e6


def test_the_list_of_jobs_is_for_those_with_the_token(served: Running) -> None:
    done = served.ask(order(1))
    name = done.headers["x-relens-job"]
    assert [job["id"] for job in jobs_of(served)] == [name]
    for ask in (Ask(target="/api/jobs"), Ask(target=f"/api/jobs/{name}"), Ask("DELETE", f"/api/jobs/{name}")):
        assert served.ask(ask).status == 403
    with_token = (("x-relens-token", "{token}"),)
    assert served.ask(Ask(target=f"/api/jobs/{name}", headers=with_token)).lines[-1]["done"] == done.lines[-1]["done"]
    assert served.ask(Ask(target="/api/jobs/other", headers=with_token)).status == 404


def _cancelled(served: Running, name: str) -> Answer:
    return served.ask(Ask("DELETE", f"/api/jobs/{name}", (("x-relens-token", "{token}"),)))


def test_what_waits_is_taken_by_the_next_server_in_order(start: Callable[[], Running]) -> None:
    first = start()
    slow = slowed(first)
    connections = queued(first, order(1, "a"))
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(first, order(2, "a"), order(3, "a"), order(4, "b"))
    names = [job["id"] for job in jobs_of(first)]
    first.session.shots.wind_down = lambda longest_s: first.session.shots.jobs.interrupt(first.session.shots._ending)
    end(first)
    for connection in connections:
        assert b"it is taken when the viewer is started again" in _rest(connection)
    assert "4 pictures wait for the next relens view of this scene" in first.said

    second = start()
    assert "4 pictures waited when the viewer ended last, and are taken now" in second.said
    until(lambda: all("done" in job for job in jobs_of(second)))
    assert sorted(job["id"] for job in jobs_of(second)) == sorted(names)
    # a's and b's in turn.
    assert [job["id"] for job in jobs_of(second)] == [names[0], names[2], names[1], names[3]]
    (kept, *fetched) = jobs_of(second)
    for job in fetched:
        assert second.get(f"/{job['done']['url']}").status == 200
    until(lambda: len(second.session.shots._book.names) == 1)
    end(second)

    # Nobody has fetched it: it is there, and not taken again.
    third = start()
    (job,) = jobs_of(third)
    assert job == kept and third.get("/healthz").json["jobs"]["finished"] == 0
    assert third.get(f"/{job['done']['url']}").status == 200
    until(lambda: not third.session.shots._book.names)
    desk = third.session.shots._desk._folder
    end(third)
    assert not desk.exists()


def _rest(connection) -> bytes:
    data = b""
    while piece := connection.recv(1 << 12):
        data += piece
    connection.close()
    return data


def test_a_crash_leaves_the_queue(start: Callable[[], Running], folder: Path, page: Path, tmp_path: Path) -> None:
    first = start()
    slow = slowed(first)
    connections = queued(first, order(1, "a"))
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(first, order(2, "a"))
    # What is on the disk now is what a crash leaves.
    shutil.copytree(tmp_path / "state" / "desk", tmp_path / "crashed")
    names = [job["id"] for job in jobs_of(first)]
    with Running(replace(opened(folder), desk=tmp_path / "crashed"), page) as second:
        second.get("/api/scene")
        until(lambda: all("done" in job for job in jobs_of(second)))
        assert [job["id"] for job in jobs_of(second)] == names
    for connection in connections:
        connection.close()
    until(lambda: not first.session.shots._book.names)


def test_pictures_of_another_scene_are_out_of_date(start: Callable[[], Running], folder: Path) -> None:
    first = start()
    slow = slowed(first)
    connections = queued(first, order(1))
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(first, order(2))
    first.session.shots.wind_down = lambda longest_s: first.session.shots.jobs.interrupt(first.session.shots._ending)
    end(first)
    history = opened(folder).history
    save_history(history.do(Paint("#00ff00", where=Where(brush_px=((30, 24),), radius_px=5))), folder)

    second = start()
    assert [job["error"].split(":")[0] for job in jobs_of(second)] == ["a picture of last time is out of date"] * 2
    assert sum("out of date" in line for line in second.said) == 2
    assert second.get("/healthz").json["jobs"]["finished"] == 0
    end(second)
    assert jobs_of(start()) == []
    for connection in connections:
        connection.close()


def test_a_damaged_order_is_told_and_the_others_are_taken(start: Callable[[], Running], tmp_path: Path) -> None:
    first = start()
    slow = slowed(first)
    connections = queued(first, order(1))
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(first, order(2), order(3))
    first.session.shots.wind_down = lambda longest_s: first.session.shots.jobs.interrupt(first.session.shots._ending)
    end(first)
    files = sorted((tmp_path / "state" / "desk" / "orders").iterdir())
    assert len(files) == 3
    files[1].write_bytes(files[1].read_bytes()[:-1])

    second = start()
    (damaged,) = [line for line in second.said if "damaged" in line]
    assert files[1].name in damaged and "ordered again" in damaged
    until(lambda: len(jobs_of(second)) == 2 and all("done" in job for job in jobs_of(second)))
    for connection in connections:
        connection.close()


def test_what_is_cancelled_or_done_is_not_taken_again(start: Callable[[], Running], tmp_path: Path) -> None:
    first = start()
    assert "done" in first.ask(order(1)).lines[-1]
    slow = slowed(first)
    connections = queued(first, order(2))
    assert slow.began.acquire(timeout=PATIENCE_S)
    connections += queued(first, order(3), order(4))
    connections.pop().close()
    _, running, waiting = jobs_of(first)[:3]
    for job in (running, waiting):
        assert _cancelled(first, job["id"]).status == 200
    assert all(b"cancelled" in _rest(connection) for connection in connections)
    until(lambda: not first.session.shots._book.names)
    end(first)
    assert not (tmp_path / "state" / "desk").exists()


def test_a_second_server_of_a_scene_leaves_the_orders_of_the_first_alone(start: Callable[[], Running]) -> None:
    first = start()
    slow = slowed(first)
    connections = queued(first, order(1))
    assert slow.began.acquire(timeout=PATIENCE_S)
    second = start()
    assert jobs_of(second) == []
    assert "done" in second.ask(order(2)).lines[-1]
    end(second)
    slow.may_go_on.set()
    assert b'"done"' in _rest(connections[0])


def test_a_picture_that_ends_in_time_is_shown_by_the_next_server(start: Callable[[], Running]) -> None:
    first = start()
    slow = slowed(first)
    connections = queued(first, order(1), order(2))
    assert slow.began.acquire(timeout=PATIENCE_S)
    first.server.end()
    until(lambda: first.get("/healthz").status == 503)
    assert first.get("/healthz").json["status"] == "ending"
    refused = first.ask(order(3))
    assert refused.status == 503 and "ending" in refused.error
    slow.may_go_on.set()
    assert b"the picture is done, and shows at its next start" in _rest(connections[0])
    assert b"it is taken when the viewer is started again" in _rest(connections[1])
    end(first)

    second = start()
    until(lambda: all("done" in job for job in jobs_of(second)))
    assert second.get("/healthz").json["jobs"]["finished"] == 1
    assert [second.get(f"/{job['done']['url']}").status for job in jobs_of(second)] == [200, 200]


def test_a_digest_is_of_what_the_folder_keeps(folder: Path) -> None:
    history = opened(folder).history
    digests = SceneDigests()
    edited = history.do(Paint("#00ff00", opacity=0.3, where=Where(brush_px=((30, 24),), radius_px=5)))
    save_history(edited, folder)
    loaded = opened(folder).history.scene
    assert (loaded.layers[0].rgba != edited.scene.layers[0].rgba).any()
    assert digests.digest(loaded) == digests.digest(edited.scene) == SceneDigests().digest(loaded)
    assert digests.digest(history.scene) != digests.digest(loaded)
    moved = replace(loaded, border_px=loaded.border_px)
    assert digests.digest(moved) == digests.digest(loaded)
    deeper = replace(loaded.layers[1], inverse_depth=loaded.layers[1].inverse_depth * 2)
    assert digests.digest(loaded.with_layer(deeper)) != digests.digest(loaded)


def test_bodies_that_are_held_are_bounded_together(served: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relens.serve.body._MOST_HELD_BYTES", 1000)
    large = json.dumps({"view": VIEW, "format": "png", "samples": 1, "path": "x" * 2000}).encode()
    refused = served.ask(post("/api/shoot", large))
    assert refused.status == 503 and refused.headers["retry-after"] == "1"
    # What was refused is held no longer.
    assert served.ask(order(1)).status == 200
