"""Atomic writing: a file or folder appears whole under its name, or not at all.

While it is written it has a hidden name beside its own. What a process that was killed leaves under such a name is
removed by the next one that writes into the same folder (`relens.left_over`).
"""

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from relens.errors import FileError, RelensError
from relens.left_over import hidden_name, remove, tidy_once

_AT_FDCWD = -100
# Of Linux's renameat2 and macOS's renamex_np alike.
_RENAME_EXCHANGE = 2
# What the disk refuses; other errors say that this file system cannot exchange two names.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it onto `path` when the block ends without an error.

    It is on the disk then, safe from a power cut. A symbolic link is written through. Raises FileError when the parent
    folder is missing, read-only or full, or when `path` is a folder or a device; the temporary file is removed.
    """
    with atomic_files(path) as (temporary,):
        yield temporary


@contextmanager
def atomic_files(*paths: str | os.PathLike[str]) -> Iterator[tuple[Path, ...]]:
    """As `atomic_file`, for files that belong together: all are on the disk before the first takes its name.

    They take their names in the order that is given, so the one that refers to the others comes last.
    """
    with ExitStack() as stack:
        # What the block itself cannot write is the last one's, which the others are for.
        stack.enter_context(_write_errors(paths[-1]))
        targets = [_file_target(path) for path in paths]
        temporaries = [
            stack.enter_context(_temporary_beside(target, path)) for target, path in zip(targets, paths, strict=True)
        ]
        yield tuple(temporaries)
        for temporary, path in zip(temporaries, paths, strict=True):
            with _write_errors(path):
                _flush(temporary)
        for temporary, target, path in zip(temporaries, targets, paths, strict=True):
            with _write_errors(path):
                os.replace(temporary, target)
        for folder in {target.parent for target in targets}:
            _flush_names(folder)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a new temporary folder beside `path`; swap it into place when the block ends without an error.

    What was in an existing folder is removed after the swap, so the caller asks first whether it may be replaced.
    It is on the disk then, safe from a power cut. A symbolic link is written through. Raises FileError when the parent
    folder is missing, read-only or full, or when `path` is a file; the temporary folder is removed.
    """
    with _write_errors(path):
        target = _resolved(path)
        if target.exists() and not target.is_dir():
            raise FileError(path, "is a file; expected a folder name")
        with _temporary_beside(target, path) as temporary:
            temporary.mkdir()
            yield temporary
            _flush(temporary)
            if target.exists():
                _exchange(temporary, target)
            else:
                os.rename(temporary, target)
            _flush_names(target.parent)


@contextmanager
def scratch_folder(path: str | os.PathLike[str] | None = None) -> Iterator[Path]:
    """Yield an empty folder that goes when the block ends, for what its writer needs meanwhile.

    path: what is written in the end; the folder lies beside it, so that no other disk has to have room. Without it, it
    lies where the system keeps temporary files.
    Raises FileError where it cannot be written, as `atomic_folder` does.
    """
    if path is not None:
        with _write_errors(path), _temporary_beside(_resolved(path), path) as temporary:
            temporary.mkdir(0o700)
            yield temporary
        return
    room = Path(tempfile.gettempdir())
    try:
        with _temporary_beside(room / "relens", "temporary files") as temporary:
            temporary.mkdir(0o700)
            yield temporary
    except OSError as error:
        advice = "make room there, or set TMPDIR to a folder that has some"
        raise FileError(room, f"cannot write temporary files: {error.strerror or error}; {advice}") from error


@contextmanager
def _write_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(path, f"cannot write: {error.strerror or error}") from error


def _file_target(path: str | os.PathLike[str]) -> Path:
    target = _resolved(path)
    if target.is_dir():
        raise FileError(path, "is a folder; expected a file name")
    if target.exists() and not target.is_file():
        raise FileError(path, "is a device or a pipe; expected a file name")
    return target


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


@contextmanager
def _temporary_beside(path: Path, called: str | os.PathLike[str]) -> Iterator[Path]:
    """A name beside `path` for what becomes it; nothing has it any more when the block ends.

    called: how errors are to call it.
    """
    tidy_once(path.parent)
    temporary = hidden_name(path)
    try:
        yield temporary
    except RelensError as error:
        if str(temporary) in str(error):
            error.args = (str(error).replace(str(temporary), os.fspath(called)),)
        raise
    finally:
        remove(temporary)


def _flush(path: Path) -> None:
    """Wait until the content is on the disk, so that after a power cut no name points at an empty file."""
    inner = sorted(path.rglob("*")) if path.is_dir() else []
    for each in (*inner, path):
        if each.is_dir():
            _flush_names(each)
        elif each.is_file():
            # Windows flushes only what may be written.
            _sync(each, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _flush_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: until then, a power cut undoes a rename."""
    if sys.platform == "win32":  # which opens no folders
        return
    try:
        _sync(folder, os.O_RDONLY)
    except OSError as error:
        # A folder that may be written and not read, and file systems that know no such thing.
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(new: Path, old: Path) -> None:
    """Swap a folder in for another, which goes: in one step where the system can, else in two that an error undoes.

    What is killed between the two leaves the old folder aside, where `relens.left_over` finds it.
    """
    if _exchange_in_one_step(new, old):
        return
    aside = hidden_name(old, "old")
    kept = aside / old.name
    aside.mkdir()
    try:
        os.rename(old, kept)
        os.rename(new, old)
    finally:
        if kept.exists() and not old.exists():
            os.rename(kept, old)
        remove(aside)


def _exchange_in_one_step(one: Path, other: Path) -> bool:
    if sys.platform not in ("linux", "darwin"):
        return False
    import ctypes

    names = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
        else:
            failed = library.renamex_np(*names, _RENAME_EXCHANGE)
    except (OSError, AttributeError):  # a C library without it
        return False
    if failed and ctypes.get_errno() in _DISK_ERRORS:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return not failed
