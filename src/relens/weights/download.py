"""The bytes of one address, into a file that grows: what has arrived is kept, and the next try goes on from there."""

import http
import http.client
import time
from collections.abc import Callable
from pathlib import Path

from relens.errors import FileError, RelensError
from relens.weights.connection import UnreachableError, connect

_CHUNK_BYTES = 1 << 20
_SILENCE_S = 30.0
_TRIES = 4
_PAUSE_S = 1.0


def download(url: str, part: Path, size_bytes: int, arrived: Callable[[int], None]) -> None:
    """Append to `part` until it has `size_bytes`; a connection that breaks is opened again a few times.

    arrived: told how many bytes the part has; may raise to interrupt.

    Raises UnreachableError when the connection stays broken, RelensError when the server refuses, FileError when the
    disk does; the part stays, except where the server sends more than it said.
    """
    failures = 0
    while (have := _size(part)) < size_bytes:
        try:
            _append(url, part, have, size_bytes, arrived)
            problem = UnreachableError(url, "the connection broke")
        except UnreachableError as error:
            problem = error
        failures = 0 if _size(part) > have else failures + 1
        if failures == _TRIES:
            raise problem
        if _size(part) < size_bytes:
            time.sleep(_PAUSE_S)
    if have > size_bytes:
        part.unlink()
        raise RelensError(f"{url}: more came than the {size_bytes} bytes announced; run it again")


def _append(url: str, part: Path, have: int, size_bytes: int, arrived: Callable[[int], None]) -> None:
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file, connect(url, _SILENCE_S, {"Range": f"bytes={have}-"} if have else None) as answer:
            if have and not _continues(answer, have):
                file.truncate(0)  # from the beginning then: this server knows no ranges
                have = 0
            arrived(have)
            while have <= size_bytes and (chunk := _received(url, answer)):
                file.write(chunk)
                have += len(chunk)
                arrived(have)
    except OSError as error:  # those of the network have become RelensErrors
        raise FileError(part, f"cannot write: {error.strerror}; what has arrived is kept") from error


def _continues(answer: http.client.HTTPResponse, have: int) -> bool:
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return False
    sent = answer.headers.get("Content-Range", "")
    if not sent.startswith(f"bytes {have}-"):
        raise RelensError(f"{answer.url}: asked for what follows byte {have}, got {sent!r}; try again later")
    return True


def _received(url: str, answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read1(_CHUNK_BYTES)  # what is there, without waiting for more
    except http.client.IncompleteRead as error:
        return error.partial
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(url, f"the connection broke: {error or type(error).__name__}") from error


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
