"""Manifest: what became of every item of a long job, a line of JSON each, so that a job that was stopped goes on."""

import json
import os
from pathlib import Path
from typing import Any

from relens.errors import FileError


class Manifest:
    """A file of JSON lines that only grows; the last line about an item counts.

    A line has the item's `name`, under which its results lie; its `key`, which says all that they depend on; and its
    `status`, "done" or "failed". The rest is for people. A line that a crash has torn is passed over.

    Raises FileError where the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._done: dict[str, str] = {}
        try:
            with path.open("rb") as lines:
                for line in lines:
                    self._count(_record(line))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise FileError(path, f"cannot read: {error.strerror or error}") from error

    def is_done(self, name: str, key: str) -> bool:
        """Whether the last line about an item says that it is done, from the same things."""
        return self._done.get(name) == key

    def add(self, name: str, key: str, is_done: bool, about: dict[str, Any]) -> None:
        """Add a line, on the disk when this returns. Raises FileError."""
        record = {"name": name, "key": key, "status": "done" if is_done else "failed", **about}
        line = json.dumps(record, ensure_ascii=True).encode() + b"\n"
        try:
            with self.path.open("a+b") as file:
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    # After a line that was torn, on the next.
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FileError(self.path, f"cannot write: {error.strerror or error}") from error
        self._count(record)

    def _count(self, record: dict[str, Any] | None) -> None:
        if record is None:
            return
        self._done.pop(record["name"], None)
        if record["status"] == "done":
            self._done[record["name"]] = record["key"]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(record, dict) and all(isinstance(record.get(name), str) for name in ("name", "key", "status"))
    return record if is_whole else None
