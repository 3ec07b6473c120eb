"""Atomic writing: a file or folder appears whole under its name, or not at all."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relens.errors import FileError


def _temporary_beside(path: Path) -> Path:
    # The suffix stays last, since encoders choose the format by it.
    return path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.part{path.suffix}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _require_parent(path: Path) -> None:
    if not path.parent.is_dir():
        raise FileError(path, f"the folder {path.parent} does not exist; create it first")


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it onto `path` when the block ends without an error.

    Raises FileError when the parent folder is missing, read-only or full; the temporary file is removed.
    """
    target = Path(path)
    _require_parent(target)
    if target.is_dir():
        raise FileError(target, "is a folder; expected a file name")
    temporary = _temporary_beside(target)
    try:
        yield temporary
        os.replace(temporary, target)
    except OSError as error:
        raise FileError(target, f"cannot write: {error.strerror or error}") from error
    finally:
        _remove(temporary)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a new temporary folder beside `path`; swap it into place when the block ends without an error.

    An existing folder is moved aside first and removed after the swap, so a crash leaves the old or the new one whole.
    Raises FileError when the parent folder is missing, read-only or full, or when `path` is a file.
    """
    target = Path(path)
    _require_parent(target)
    if target.exists() and not target.is_dir():
        raise FileError(target, "is a file; expected a folder name")
    temporary, aside = _temporary_beside(target), _temporary_beside(target)
    try:
        temporary.mkdir()
        yield temporary
        if target.exists():
            os.rename(target, aside)
            try:
                os.rename(temporary, target)
            except OSError:
                os.rename(aside, target)
                raise
        else:
            os.rename(temporary, target)
    except OSError as error:
        raise FileError(target, f"cannot write: {error.strerror or error}") from error
    finally:
        _remove(temporary)
        if target.exists():
            _remove(aside)
