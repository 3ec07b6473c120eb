"""Whether a result can be written where the user wants it, asked before the work instead of after it."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from relens.atomic import atomic_file, atomic_folder
from relens.errors import FileError
from relens.photo import write_image
from relens.scene_folder.save import require_replaceable


class _Trial(Exception):
    """Ends a trial write before it takes the name."""


def require_picture_path(path: Path, bit_depth: int | None = None, *, source: Path | None = None) -> None:
    """Write one pixel beside `path` and remove it.

    Raises FileError for a suffix that is no picture's, a folder that is missing, read-only or full, and where `path` is
    a folder or the `source` itself; ValueRangeError for a bit depth the format does not have.
    """
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise FileError(path, "is the photo itself; choose another name for the picture")
    try:
        with atomic_file(path) as temporary:
            # A name without a suffix is refused under its own name: the temporary one always has a suffix.
            tried = temporary if path.suffix else path
            try:
                write_image(tried, np.zeros((1, 1, 3), np.float32), bit_depth=bit_depth)
            except FileError as error:
                raise FileError(path, str(error).removeprefix(str(FileError(tried, "")))) from error
            raise _Trial
    except _Trial:
        pass


def require_file_path(path: Path, source: Path, what: str) -> None:
    """Make a file beside `path` and remove it.

    what: is to be written, for people, e.g. "page". Raises FileError for a folder that is missing, read-only or full,
    and where `path` is a folder or the `source` itself.
    """
    if path.exists() and source.exists() and path.samefile(source):
        raise FileError(path, f"is the photo itself; choose another name for the {what}")
    with suppress(_Trial), atomic_file(path) as temporary:
        temporary.touch()
        raise _Trial


def require_scene_path(path: Path) -> None:
    """Make a folder beside `path` and remove it.

    Raises FileError where the folder around it is missing, read-only or full, and where `path` is a file or a folder
    that is no scene.
    """
    require_replaceable(path)
    try:
        with atomic_folder(path):
            raise _Trial
    except _Trial:
        pass
