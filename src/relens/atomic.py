"""Atomic writing: a file or folder appears whole under its name, or not at all."""

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from relens.errors import FileError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it onto `path` when the block ends without an error.

    A symbolic link is written through. Raises FileError when the parent folder is missing, read-only or full, or
    when `path` is a folder or a device; the temporary file is removed.
    """
    with _write_errors(path):
        target = _resolved(path)
        if target.is_dir():
            raise FileError(path, "is a folder; expected a file name")
        if target.exists() and not target.is_file():
            raise FileError(path, "is a device or a pipe; expected a file name")
        temporary = _temporary_beside(target)
        try:
            yield temporary
            _flush(temporary)
            os.replace(temporary, target)
        finally:
            _remove(temporary)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a new temporary folder beside `path`; swap it into place when the block ends without an error.

    What was in an existing folder is removed after the swap, so the caller asks first whether it may be replaced.
    A symbolic link is written through. Raises FileError when the parent folder is missing, read-only or full, or
    when `path` is a file; the temporary folder is removed.
    """
    with _write_errors(path):
        target = _resolved(path)
        if target.exists() and not target.is_dir():
            raise FileError(path, "is a file; expected a folder name")
        temporary = _temporary_beside(target)
        try:
            temporary.mkdir()
            yield temporary
            _flush(temporary)
            if target.exists():
                _exchange(temporary, target)
            else:
                os.rename(temporary, target)
        finally:
            _remove(temporary)


@contextmanager
def _write_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(path, f"cannot write: {error.strerror or error}") from error


def _resolved(path: str | os.PathLike[str]) -> Path:
    try:
        target = Path(path).resolve()
    except (ValueError, RuntimeError) as error:  # a NUL in the name; a loop of links
        raise FileError(repr(path), f"is not a usable name: {error}") from error
    if not target.name:
        raise FileError(path, "is the root of the file system; expected a name inside a folder")
    if not target.parent.exists():
        raise FileError(path, f"the folder {Path(path).parent} does not exist; create it first")
    if not target.parent.is_dir():
        raise FileError(path, f"{Path(path).parent} is a file; expected a folder")
    return target


def _temporary_beside(path: Path) -> Path:
    # The suffix stays last, since encoders choose the format by it; the stem is cut to stay under 255 bytes.
    return path.with_name(f".{path.stem[:32]}.{uuid.uuid4().hex[:8]}.part{path.suffix[:16]}")


def _flush(path: Path) -> None:
    """Wait until the content is on the disk, so that after a power cut no name points at an empty file."""
    for file in [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _exchange(new: Path, old: Path) -> None:
    """Swap the names of two folders: in one step where the system can, else in three that an error undoes."""
    if _exchange_in_one_step(new, old):
        return
    aside = _temporary_beside(old)
    try:
        os.rename(old, aside)
        os.rename(new, old)
    finally:
        if aside.exists():
            os.rename(aside, new if old.exists() else old)


def _exchange_in_one_step(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return False
    return renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
