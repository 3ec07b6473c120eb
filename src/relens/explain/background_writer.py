"""Writing files while the next picture is made."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from relens.explain.read_outs import ReadOuts


@dataclass(frozen=True)
class WrittenFile:
    """One file or scene folder that was written.

    Attributes:
        path: where it is.
        seconds: what making and writing it took.
        read_outs: of the picture, where a lens took it.
    """

    path: Path
    seconds: float
    read_outs: ReadOuts | None = None


class BackgroundWriter:
    """Writes one file at a time on a thread of its own; an error in it is raised by the next call, or on leaving.

    At most one file waits, so that pictures do not pile up in memory.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "relens-writer")
        self._pending: Future[WrittenFile] | None = None
        self._written: list[WrittenFile] = []

    def __enter__(self) -> "BackgroundWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if error is None:
                self._settle()
        finally:
            self._thread.shutdown(wait=True, cancel_futures=True)

    @property
    def written(self) -> tuple[WrittenFile, ...]:
        """The files that are complete, in order."""
        return tuple(self._written)

    def write(
        self, path: Path, write: Callable[[Path], None], made_s: float = 0.0, read_outs: ReadOuts | None = None
    ) -> None:
        """Call `write(path)` on the thread once the last file is done; `made_s` is added to its seconds."""
        self._settle()
        self._pending = self._thread.submit(_timed, path, write, made_s, read_outs)

    def _settle(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self._written.append(pending.result())


def _timed(path: Path, write: Callable[[Path], None], made_s: float, read_outs: ReadOuts | None) -> WrittenFile:
    start_s = time.monotonic()
    write(path)
    return WrittenFile(path, made_s + time.monotonic() - start_s, read_outs)
