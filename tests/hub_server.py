"""A Hugging Face hub on this machine: its API, its redirects to large files, ranges, and ways to go wrong."""

import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from relens.weights import download

COMMIT = "c0" * 20
CONFIG = b'{"model_type": "depth_pro"}\n'
MODEL = bytes(range(256)) * 2000  # 512 kB
CHECKPOINT = MODEL[::-1]


@dataclass(repr=False)
class Hub:
    """What the hub has, how it misbehaves, and what it was asked.

    Attributes:
        url: its address; HF_ENDPOINT for relens.
        files: the bytes of every file, by repo and name.
        commit: what `main` is.
        status: answered to every request instead of a file.
        cuts_bytes: after so many bytes the connection breaks; one entry is used up by each large file asked for.
        corrupt: a byte of every large file is wrong.
        knows_ranges: as the real one does.
        pause_s: before every 64 kB of a large file.
        gated: as repos are whose terms have to be accepted.
        asked: path and Range header of each request.
    """

    url: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commit: str = COMMIT
    status: int = 0
    cuts_bytes: list[int] = field(default_factory=list)
    corrupt: bool = False
    knows_ranges: bool = True
    pause_s: float = 0.0
    gated: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def ranges_of(self, ending: str) -> list[str | None]:
        """The ranges in which the bytes of a large file were asked for."""
        return [sent for path, sent in self.asked if path.startswith("/cdn/") and path.endswith(ending)]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _is_large(name: str) -> bool:
    return not name.endswith(".json")


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            hub.asked.append((self.path, self.headers["Range"]))
            path = self.path.partition("?")[0].strip("/").split("/")
            if hub.status:
                return self.answer(hub.status, b"no")
            if path[:2] == ["api", "models"] and "/".join(path[2:4]) in hub.files:
                return self.answer(200, json.dumps(self.described("/".join(path[2:4]))).encode())
            repo, name = "/".join(path[:2]) if path[0] != "cdn" else "/".join(path[1:3]), path[-1]
            if name not in hub.files.get(repo, {}):
                return self.answer(404, b"no")
            content = hub.files[repo][name]
            if path[0] == "cdn":
                return self.send_content(content)
            headers = {"X-Repo-Commit": hub.commit}
            if not _is_large(name):
                return self.answer(200, content, {**headers, "ETag": f'"{git_sha1(content)}"'})
            headers |= {"X-Linked-Etag": f'"{sha256(content)}"', "X-Linked-Size": str(len(content))}
            return self.answer(302, b"", {**headers, "Location": f"{hub.url}/cdn/{repo}/{name}"})

        def described(self, repo: str) -> dict[str, object]:
            siblings = []
            for name, content in {"README.md": b"Depth Pro", **hub.files[repo]}.items():
                entry: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": git_sha1(content)}
                if _is_large(name):
                    entry["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 134}
                siblings.append(entry)
            return {"id": repo, "gated": "auto" if hub.gated else False, "sha": hub.commit, "siblings": siblings}

        def send_content(self, content: bytes) -> None:
            if hub.corrupt:
                content = content[:-1] + bytes([content[-1] ^ 1])
            start = 0
            if self.headers["Range"] and hub.knows_ranges:
                start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if self.command == "HEAD":
                return
            stop = start + hub.cuts_bytes.pop(0) if hub.cuts_bytes else len(content)
            for at in range(start, min(stop, len(content)), 1 << 16):
                time.sleep(hub.pause_s)
                self.wfile.write(content[at : min(at + (1 << 16), stop)])
            self.close_connection = stop < len(content)

        def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that went away


@pytest.fixture
def hub(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub, running, with the two repos of Depth Pro."""
    monkeypatch.setattr(download, "_PAUSE_S", 0.0)
    hub = Hub()
    hub.files["apple/DepthPro-hf"] = {"config.json": CONFIG, "model.safetensors": MODEL}
    hub.files["apple/DepthPro"] = {"depth_pro.pt": CHECKPOINT}
    with _Server(("127.0.0.1", 0), _handler(hub)) as server:
        hub.url = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield hub
        server.shutdown()


@pytest.fixture
def hub_home(no_downloaded_weights: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HF_HOME, and none of the user's own variables."""
    for variable in list(os.environ):
        if re.match(r"HF_|HUGGINGFACE_|TRANSFORMERS_|XDG_", variable) or variable.lower().endswith("_proxy"):
            monkeypatch.delenv(variable)
    home = tmp_path / "hf"
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return home
