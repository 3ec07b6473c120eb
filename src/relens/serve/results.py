"""Results: the last pictures and films that were made, on the disk, until the server ends."""

import secrets
import shutil
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# As many as can wait for their turn, as long as that is no more than this.
_KEPT, _KEPT_BYTES = 64, 4 << 30


@dataclass(frozen=True)
class _Result:
    name: str
    files: frozenset[str]
    size_bytes: int


class Results:
    """Folders of finished files, each under a name that nobody can guess. Threads share it."""

    def __init__(self, room: Callable[[], Path], most: int = _KEPT, most_bytes: int = _KEPT_BYTES) -> None:
        """room: the folder around them all, asked for when there is one, so that whoever only looks leaves nothing."""
        self._room, self._most, self._most_bytes = room, most, most_bytes
        self._changing = threading.Lock()
        self._finished: deque[_Result] = deque()

    @contextmanager
    def new(self) -> Iterator[Path]:
        """A folder to fill, whose name is the result's; removed when that fails. The oldest go for the newest."""
        folder = self._room() / secrets.token_urlsafe(16)
        folder.mkdir(0o700)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._keep(folder)

    def adopt(self, names: Collection[str]) -> None:
        """Take up the results of these names that an earlier server has left, and remove all others of its."""
        for folder in sorted(self._room().iterdir()):
            if folder.name in names and folder.is_dir():
                self._keep(folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)

    def find(self, name: str, file: str) -> Path | None:
        """A finished file; None where there is none of these very names."""
        with self._changing:
            is_there = any(name == known.name and file in known.files for known in self._finished)
        return self._room() / name / file if is_there else None

    def close(self, kept: Collection[str] = ()) -> None:
        """Remove all but those of these names."""
        with self._changing:
            for result in self._finished:
                if result.name not in kept:
                    shutil.rmtree(self._room() / result.name, ignore_errors=True)
            self._finished.clear()

    def _keep(self, folder: Path) -> None:
        files = [file for file in folder.iterdir() if file.is_file()]
        result = _Result(
            folder.name, frozenset(file.name for file in files), sum(file.stat().st_size for file in files)
        )
        with self._changing:
            self._finished.append(result)
            # The newest stays, however large.
            while len(self._finished) > self._most or (
                len(self._finished) > 1 and sum(each.size_bytes for each in self._finished) > self._most_bytes
            ):
                shutil.rmtree(self._room() / self._finished.popleft().name, ignore_errors=True)
