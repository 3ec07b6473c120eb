"""Watching a folder of pages: what an editor saves is taken up as soon as it is whole."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

# Often enough to feel immediate, seldom enough to cost nothing.
POLL_S = 0.2

# Modification time and size of every file, by name.
_Stamps = dict[str, tuple[int, int]]


def saves(path: Path, *, poll_s: float = POLL_S, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Yield whenever files were saved since the call, once none has changed for one poll more; never ends.

    path: a folder, of which the PNGs count, or one file. sleep: waits between two polls.
    """
    # Now, and not when the first is asked for: what is saved between the two counts.
    return _saves(path, _stamps(path), poll_s, sleep)


def _saves(path: Path, taken: _Stamps, poll_s: float, sleep: Callable[[float], None]) -> Iterator[None]:
    last = taken
    while True:
        sleep(poll_s)
        now = _stamps(path)
        # Editors write for a while, or remove the file before they write it anew.
        if now == last and now != taken:
            taken = now
            yield
        last = now


def _stamps(path: Path) -> _Stamps:
    files = [path]
    if path.is_dir():
        files = [file for file in sorted(path.glob("*.png")) if not file.name.startswith(".")]
    stamps: _Stamps = {}
    for file in files:
        try:
            found = file.stat()
        except OSError:  # just removed
            continue
        stamps[file.name] = found.st_mtime_ns, found.st_size
    return stamps
