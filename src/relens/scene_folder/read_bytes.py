"""A file of the scene folder, whole and of a size that makes sense."""

from pathlib import Path

from relens.errors import FileError


def read_bytes(path: Path, limit: int) -> bytes:
    """All bytes of a file of at most `limit` bytes. Raises FileError."""
    try:
        if not path.exists():
            raise FileError(path, "is missing from the scene; restore it or save the scene again")
        if not path.is_file():
            raise FileError(path, "is not a file")
        size = path.stat().st_size
        if size > limit:
            raise FileError(path, f"holds {size} bytes; expected at most {limit} for a scene of this size")
        return path.read_bytes()
    except OSError as error:
        raise FileError(path, f"cannot read: {error.strerror or error}") from error
