"""Names of the files to write."""

import os
from pathlib import Path

from relens.errors import FileError


def require_suffix(path: str | os.PathLike[str], suffix: str) -> Path:
    """The path; raises FileError unless it ends as the format's files do, since readers go by that."""
    file = Path(path)
    if file.suffix.lower() != suffix:
        raise FileError(file, f"unknown suffix {file.suffix or '(none)'}; expected {suffix}")
    return file
