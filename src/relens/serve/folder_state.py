"""FolderState: how a scene's folder lies on the disk, to see whether another program changed it."""

import os
from dataclasses import dataclass
from pathlib import Path

from relens.errors import FileError


@dataclass(frozen=True)
class FolderState:
    """The files of a folder: name, number on the disk, size and time of change of each; none where it is missing."""

    files: frozenset[tuple[str, int, int, int]]

    @property
    def text(self) -> str:
        """The same for the same state, in every process."""
        return repr(sorted(self.files))


def folder_state(folder: Path) -> FolderState:
    """The state of a scene's folder now. A scene is saved by swapping folders, so that no change is too quick for it.

    Raises FileError where it cannot be looked at.
    """
    files = set()
    try:
        for place, _, names in os.walk(folder):
            for name in names:
                file = Path(place, name)
                found = file.lstat()
                files.add((str(file.relative_to(folder)), found.st_ino, found.st_size, found.st_mtime_ns))
    except OSError as error:
        raise FileError(folder, f"cannot read: {error.strerror or error}") from error
    return FolderState(frozenset(files))
