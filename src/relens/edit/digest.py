"""Digests: how records tell whether a file is still what they were written of."""

import hashlib
from pathlib import Path

from relens.errors import FileError

_PIECE_BYTES = 1 << 20


def digest(*pieces: bytes | memoryview) -> str:
    """SHA-256 of bytes in pieces, in hexadecimal."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file. Raises FileError where it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                found.update(piece)
    except OSError as error:
        raise FileError(path, f"cannot read: {error.strerror or error}") from error
    return found.hexdigest()
