"""One process at a time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relens.errors import RelensError


@contextmanager
def only_one(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock while the block runs; it ends with the process, however that ends.

    Raises RelensError(busy) when another process holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            _take(file.fileno())
        except OSError as error:
            raise RelensError(busy) from error
        yield


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
