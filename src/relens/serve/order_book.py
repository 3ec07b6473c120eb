"""OrderBook: the pictures that wait, on the disk, so that they outlive the server however it ends.

A folder with two kinds of files, written whole or not at all. `00000012-NAME.order` is what was ordered, from before
its place in the queue is promised; `00000012-NAME.done` beside it is what came of it, until somebody has seen that.
Each is a line with the SHA-256 of the rest, and JSON. The numbers give the order.
"""

import hashlib
import json
import re
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relens.atomic import atomic_file
from relens.errors import FileError

_FILE = re.compile(r"(\d{8})-([A-Za-z0-9_-]{1,40})\.order", re.ASCII)
_VERSION = 1
# Of a page's longest path, written anew.
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Entry:
    """An order in the book.

    Attributes:
        name: the job's, nobody else's.
        viewer: who ordered it.
        scene: digest of the scene that it is meant for (`relens.serve.scene_digest`).
        order: as the page sent it.
        done: what came of it (`Shot.record`), if anything did.
    """

    name: str
    viewer: str
    scene: str
    order: dict[str, Any]
    done: dict[str, Any] | None = None


class OrderBook:
    """The orders in a folder. Threads share it; processes do not (`relens.serve.desk`)."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._files = folder, dict[str, Path]()
        self._writing = threading.Lock()
        self._number = 0
        for file in sorted(folder.iterdir()):
            if found := _FILE.fullmatch(file.name):
                self._number = max(self._number, int(found[1]))
                self._files[found[2]] = file
            elif file.suffix != ".done" or not file.with_suffix(".order").exists():
                file.unlink(missing_ok=True)  # What a crash has left half-written.

    @property
    def names(self) -> tuple[str, ...]:
        """Of all orders, as they came."""
        return tuple(self._files)

    def add(self, viewer: str, scene: str, order: dict[str, Any]) -> str:
        """Write an order down; returns its name. Raises FileError where the disk does not take it."""
        name = secrets.token_urlsafe(9)
        with self._writing:
            self._number += 1
            file = self._folder / f"{self._number:08d}-{name}.order"
        _write(file, {"version": _VERSION, "name": name, "viewer": viewer, "scene": scene, "order": order})
        self._files[name] = file
        return name

    def read(self, name: str) -> Entry:
        """An order. Raises FileError for one that is missing or damaged."""
        file = self._files[name]
        content = _read(file)
        try:
            if content["version"] != _VERSION or content["name"] != name:
                raise KeyError
            entry = Entry(name, str(content["viewer"]), str(content["scene"]), dict(content["order"]))
        except (KeyError, TypeError, ValueError) as error:
            raise FileError(file, "is no order of this relens; the picture has to be ordered again") from error
        done = file.with_suffix(".done")
        with suppress(FileError):  # Then it is taken again.
            return Entry(entry.name, entry.viewer, entry.scene, entry.order, _read(done))
        return entry

    def finish(self, name: str, record: dict[str, Any]) -> None:
        """Note what came of an order. Raises FileError where the disk does not take it."""
        if file := self._files.get(name):
            _write(file.with_suffix(".done"), record)

    def remove(self, name: str) -> None:
        """Nobody waits for an order any more."""
        if file := self._files.pop(name, None):
            with suppress(OSError):
                file.unlink(missing_ok=True)
                file.with_suffix(".done").unlink(missing_ok=True)


def _write(file: Path, content: dict[str, Any]) -> None:
    data = json.dumps(content, allow_nan=False).encode()
    with atomic_file(file) as temporary:
        temporary.touch(0o600, exist_ok=False)
        temporary.write_bytes(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            digest, _, data = opened.read(_MOST_BYTES + 1).partition(b"\n")
    except OSError as error:
        raise FileError(file, f"cannot read: {error.strerror or error}") from error
    if digest != hashlib.sha256(data).hexdigest().encode():
        raise FileError(file, "is damaged; the picture has to be ordered again")
    return json.loads(data)
