"""Results: the last few pictures and films that were made, in a folder that ends with the server."""

import secrets
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

_KEPT = 6


class Results:
    """Folders of finished files, each under a name that nobody can guess. Threads share it."""

    def __init__(self) -> None:
        self._finished: deque[tuple[str, frozenset[str]]] = deque()

    @cached_property
    def folder(self) -> Path:
        """Around them all; made for the first, so that whoever only looks leaves nothing behind, however it ends."""
        return Path(tempfile.mkdtemp(prefix="relens-view-"))

    @contextmanager
    def new(self) -> Iterator[Path]:
        """A folder to fill, whose name is the result's; removed when that fails. The oldest goes for the newest."""
        folder = self.folder / secrets.token_urlsafe(16)
        folder.mkdir()
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._finished.append((folder.name, frozenset(file.name for file in folder.iterdir())))
        while len(self._finished) > _KEPT:
            shutil.rmtree(self.folder / self._finished.popleft()[0], ignore_errors=True)

    def find(self, name: str, file: str) -> Path | None:
        """A finished file; None where there is none of these very names."""
        is_there = any(name == known and file in files for known, files in list(self._finished))
        return self.folder / name / file if is_there else None

    def close(self) -> None:
        """Remove all."""
        if "folder" in vars(self):
            shutil.rmtree(self.folder, ignore_errors=True)
