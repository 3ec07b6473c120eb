"""Clients of a loaded viewer's server: pages that look, edit and shoot, and somebody who asks how it is."""

import http.client
import json
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_LENS = {
    "focal_length_mm": 85, "f_number": 2.0, "blades": 0, "curvature": 0, "rotation_deg": 0, "squeeze": 1, "profile": 0,
    "cats_eye": 0, "tilt_deg": 0, "swing_deg": 0, "axial_colour": 0, "lateral_colour": 0, "breathing": False,
    "t_stop": None, "vignetting": False, "sensor_width_mm": 36, "image": None,
}  # fmt: skip
_POSE = {"eye_m": [0, 0, 0], "yaw_rad": 0, "pitch_rad": 0, "roll_rad": 0, "zoom": 1}
# Between what one person does.
_PAUSE_S = 2.0
_PROBE_S = 0.1
_TIMEOUT_S = 300


def shot_content(number: int, samples: int) -> dict[str, Any]:
    """An order; every number has another focus."""
    view = {"lens": _LENS, "preset": None, "focus": 0.3 + 0.02 * number, "framing": "photo", "pose": _POSE}
    return {"view": {**view, "exposure_ev": 0}, "format": "png", "samples": samples}


@dataclass(frozen=True)
class Shot:
    """What became of an order; times by `time.perf_counter`."""

    viewer: str
    job: str
    ordered_s: float
    done_s: float
    said: dict[str, Any]


@dataclass
class Server:
    """Where a server is, and the token that it printed."""

    address: str
    token: str

    def connect(self, timeout_s: float = _TIMEOUT_S) -> http.client.HTTPConnection:
        """A connection of its own."""
        place = urlsplit(self.address)
        return http.client.HTTPConnection(place.hostname or "", place.port, timeout=timeout_s)

    def ask(self, method: str, path: str, content: Any = None, viewer: str | None = None) -> tuple[int, bytes]:
        """A whole answer on a connection of its own."""
        connection = self.connect()
        try:
            answer = self.send(connection, method, path, content, viewer)
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        content: Any = None,
        viewer: str | None = None,
    ) -> http.client.HTTPResponse:
        """The beginning of an answer."""
        headers = {"X-Relens-Token": self.token} | ({"X-Relens-Viewer": viewer} if viewer else {})
        body = None if content is None else json.dumps(content)
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, body, headers)
        return connection.getresponse()


def shoot(server: Server, viewer: str, content: dict[str, Any], is_queued: threading.Event | None = None) -> Shot:
    """Order a picture, follow it to its end, and fetch it."""
    ordered_s, line = time.perf_counter(), {}
    connection, job = server.connect(), ""
    try:
        answer = server.send(connection, "POST", "/api/shoot", content, viewer)
        job = answer.getheader("X-Relens-Job") or ""
        if answer.status != 200:
            return Shot(viewer, job, ordered_s, time.perf_counter(), json.loads(answer.read()))
        while text := answer.readline():
            line = json.loads(text)
            if is_queued:
                is_queued.set()
        done_s = time.perf_counter()
        if "done" in line:
            server.ask("GET", f"/{line['done']['url']}")
    except (OSError, http.client.HTTPException) as error:
        line, done_s = {"error": repr(error)}, time.perf_counter()
    finally:
        connection.close()
        if is_queued:
            is_queued.set()
    return Shot(viewer, job, ordered_s, done_s, line)


def open_page(server: Server) -> int:
    """Fetch what a page fetches when it is opened; the bytes of it."""
    _, index = server.ask("GET", "/")
    paths = [f"/{name.lstrip('./')}" for name in re.findall(r'(?:src|href)="([^"]+\.(?:js|css))"', index.decode())]
    _, info = server.ask("GET", "/api/scene")
    levels = sorted(json.loads(info)["levels"], key=lambda level: level["width_px"])
    paths += [f"/api/pack/{levels[0]['level']}", f"/api/pack/{levels[-1]['level']}"]
    paths += [f"/api/source/{levels[0]['level']}", "/api/safe"]
    return len(index) + len(info) + sum(len(server.ask("GET", path)[1]) for path in paths)


@dataclass
class Hand:
    """A person at a page: strokes, undo, ready-made moves, until `stop`; two at a time conflict, as two tabs do."""

    server: Server
    number: int
    may_edit: bool
    taken_s: list[float] = field(default_factory=list)
    conflicts: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Until it is over."""
        revision, turn = 0, self.number
        while not self.is_over.wait(_PAUSE_S):
            began_s, turn = time.perf_counter(), turn + 1
            with suppress(OSError, http.client.HTTPException):
                if self.may_edit and turn % 2:
                    where = {"brush_px": [[200 + 9 * turn % 90, 300], [240, 330]], "radius_px": 9}
                    edit = {"name": "paint", "values": {"to": "#c04020", "where": where}}
                    status, _ = self.server.ask("POST", "/api/edit", {"edit": edit, "revision": revision, "level": 1})
                    if status == 409:
                        self.conflicts += 1
                        self.server.ask("GET", f"/api/changes?since={revision}&level=1")
                        revision = json.loads(self.server.ask("GET", "/api/scene")[1])["history"]["revision"]
                    elif status == 200:
                        revision += 1
                else:
                    view = shot_content(turn % 10, 1)["view"]
                    self.server.ask("POST", "/api/move", {"name": "push-in", "view": view})
                self.taken_s.append(time.perf_counter() - began_s)


@dataclass
class Watch:
    """Asks for the health ten times a second, each time on a new connection."""

    server: Server
    latency_s: list[float] = field(default_factory=list)
    resident_bytes: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Until it is over."""
        while not self.is_over.wait(_PROBE_S):
            began_s = time.perf_counter()
            try:
                status, body = self.server.ask("GET", "/healthz")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                continue
            self.latency_s.append(time.perf_counter() - began_s)
            if status == 200:
                self.resident_bytes.append(json.loads(body)["resident_bytes"] or 0)
            else:
                self.failures.append(str(status))
