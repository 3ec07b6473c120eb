"""Checksums of the two kinds that the hub names bytes by."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

_CHUNK_BYTES = 1 << 22
_SHA256_DIGITS = 64
_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def is_checksum(text: str) -> bool:
    """Whether a text looks like a checksum of one of the two kinds."""
    return _CHECKSUM.fullmatch(text) is not None


def kind_of(checksum: str) -> str:
    """What a checksum is called: sha256 of the bytes, or git's sha1 of them."""
    return "sha256" if len(checksum) == _SHA256_DIGITS else "git's sha1"


def checksum_like(known: str, file: Path, reached: Callable[[int], None]) -> str:
    """The checksum of a file, of the same kind as a known one; git's begins with a header (`git help hash-object`).

    reached: told how many bytes have been read; may raise to interrupt.

    Raises OSError when the file cannot be read.
    """
    size_bytes = file.stat().st_size
    digest = hashlib.sha256() if len(known) == _SHA256_DIGITS else hashlib.sha1(b"blob %d\0" % size_bytes)
    done_bytes = 0
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            done_bytes += len(chunk)
            reached(done_bytes)
    return digest.hexdigest()
