"""A running viewer's server, and a client that sends exactly the bytes that it is told."""

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from views import view_content

from relens.camera import Camera, Intrinsics
from relens.edit.history import History
from relens.edit.history_file import load_history
from relens.progress import Progress
from relens.scene import Layer, Scene
from relens.serve.address import listen
from relens.serve.document import Home
from relens.serve.folder_state import folder_state
from relens.serve.opening import Opening
from relens.serve.page_files import page_files
from relens.serve.server import server_of
from relens.serve.session import Loaded
from relens.viewer.first_look import FirstLook

WIDTH_PX, HEIGHT_PX, BORDER_PX = 64, 48, 4
PAGE_PX = WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX
VIEW = view_content(focus=0.5)
STROKE = {"to": "#ff0000", "where": {"brush_px": [[30, 24], [34, 24]], "radius_px": 3}}


def small_portrait() -> Scene:
    """A disc half a metre away before a wall at two."""
    row, column = np.mgrid[0 : PAGE_PX[1], 0 : PAGE_PX[0]] - np.float32(BORDER_PX)
    light = np.random.default_rng(3).random((*row.shape, 3), np.float32) * 0.5 + 0.2
    alpha = np.clip(12 - np.hypot(column - 32, row - 24), 0, 1).astype(np.float32)
    subject = Layer(
        "subject", np.dstack([light * alpha[..., None], alpha]), np.where(alpha > 0, np.float32(2), np.float32(np.nan))
    )
    wall = Layer("wall", np.dstack([light[::-1], np.ones_like(alpha)]), np.full(row.shape, 0.5, np.float32))
    return Scene(Camera(Intrinsics.centred(60, WIDTH_PX, HEIGHT_PX)), (subject, wall), BORDER_PX)


def scene_folder(path: Path) -> Path:
    small_portrait().save(path)
    return path


def page_folder(path: Path) -> Path:
    """A page as it is built, and what does not belong to it."""
    (path / "assets").mkdir(parents=True)
    (path / "index.html").write_text("<!doctype html><title>relens</title>")
    (path / "assets" / "index-abc.js").write_text("export {};")
    (path / "assets" / "index-abc.css").write_text("main {}")
    (path / "notes.txt").write_text("SECRET")
    secret = path.with_name("secret")
    secret.mkdir()
    (secret / "secret.js").write_text("SECRET")
    (path / "assets" / "link.js").symlink_to(secret / "secret.js")
    (path / "linked").symlink_to(secret)
    return path


def opened(folder: Path) -> Loaded:
    return Loaded(folder.name, load_history(folder), Home(folder, folder_state(folder)))


@dataclass(frozen=True)
class Ask:
    """A request; {host}, {port}, {token} and {revision} stand for the server's."""

    method: str = "GET"
    target: str = "/api/scene"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    host: str | None = "{host}"
    length: str | None = None
    version: str = "HTTP/1.1"

    def with_header(self, name: str, value: str) -> "Ask":
        return Ask(self.method, self.target, (*self.headers, (name, value)), self.body, self.host, self.length)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return self.json["error"]

    @property
    def pack(self):
        """The JSON in a pack."""
        assert self.body[:4] == b"RLPK", self
        return json.loads(self.body[12 : 12 + int.from_bytes(self.body[8:12], "little")])

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.body.splitlines()]


def post(target: str, content: object, token: str = "{token}") -> Ask:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Ask("POST", target, (("content-type", "application/json"), ("x-relens-token", token)), body)


def edit(values: object = STROKE, name: object = "paint", revision: object = "{revision}", level: object = 0) -> Ask:
    ask = post("/api/edit", {"edit": {"name": name, "values": values}, "revision": revision, "level": level})
    return Ask(ask.method, ask.target, ask.headers, ask.body.replace(b'"{revision}"', b"{revision}"))


@dataclass
class Running:
    """A server in a thread of this process; closed, it has ended as by Ctrl-C."""

    loaded: Loaded | Callable[[Progress], Loaded]
    page: Path
    said: list[str] = field(default_factory=list)
    look: FirstLook | None = None

    def __enter__(self) -> "Running":
        self.address = listen("127.0.0.1", 0)
        self.port = self.address.hosts.port
        load = self.loaded if callable(self.loaded) else lambda progress: self.loaded
        self.opening = Opening(load, self.said.append, self.look)
        self.server = server_of(self.address, page_files(self.page), self.opening)
        self._thread = threading.Thread(target=self.server.run, args=([self.address.listener],))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.opening.close()

    def end(self) -> None:
        self.server.end()
        self._thread.join()

    @property
    def session(self):
        return self.opening._session.result()

    @property
    def document(self):
        return self.session.document

    def filled(self, text: str) -> str:
        known = {"{host}": f"127.0.0.1:{self.port}", "{port}": str(self.port), "{token}": self.address.token}
        for name, value in known.items():
            text = text.replace(name, value)
        return text.replace("{revision}", str(self.document.now.revision)) if "{revision}" in text else text

    def bytes_of(self, ask: Ask) -> bytes:
        body = self.filled(ask.body.decode("latin-1")).encode("latin-1") if b"{revision}" in ask.body else ask.body
        lines = [f"{ask.method} {self.filled(ask.target)} {ask.version}"]
        lines += [] if ask.host is None else [f"host: {self.filled(ask.host)}"]
        lines += [f"{name}: {self.filled(value)}" for name, value in ask.headers]
        names = {name for name, _ in ask.headers}
        if (ask.method != "GET" or body) and "transfer-encoding" not in names and "content-length" not in names:
            lines.append(f"content-length: {len(body) if ask.length is None else ask.length}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def send(self, ask: Ask) -> socket.socket:
        connection = self.connected()
        with suppress(ConnectionError):  # It may answer, and close, before it has all.
            connection.sendall(self.bytes_of(ask))
        return connection

    def ask(self, ask: Ask) -> Answer:
        with self.send(ask) as connection:
            return answer_on(connection)

    def wait_for_request(self) -> None:
        """Until a request waits for the scene: then it is listened for twice."""
        while len(self.opening._session._done_callbacks) < 2:
            time.sleep(0.001)

    def get(self, target: str) -> Answer:
        return self.ask(Ask(target=target))


def answer_on(connection: socket.socket) -> Answer:
    data, answer = b"", None
    while answer is None and (piece := connection.recv(1 << 16)):
        data += piece
        answer = _whole(data)
    assert answer is not None, data
    return answer


def _whole(data: bytes) -> Answer | None:
    head, end, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if not end:
        return None
    if headers.get("transfer-encoding") == "chunked":
        return Answer(int(first.split()[1]), headers, _joined(body)) if body.endswith(b"0\r\n\r\n") else None
    is_whole = len(body) >= int(headers.get("content-length", len("Invalid HTTP request received.")))
    return Answer(int(first.split()[1]), headers, body) if is_whole else None


def _joined(chunked: bytes) -> bytes:
    whole = b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        whole, chunked = whole + chunked[: int(size, 16)], chunked[int(size, 16) + 2 :]
    return whole


def history_of(folder: Path) -> History:
    return load_history(folder)
