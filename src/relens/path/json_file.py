"""JSON files of other programs: read whole, checked to be an object."""

import json
import os
from pathlib import Path
from typing import Any

from relens.errors import FileError

# A film of two hours has about 100 MB of frames.
_MOST_BYTES = 1 << 28


def read_object(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The object in a JSON file; NaN and Infinity are numbers. Raises FileError for anything else."""
    file = Path(path)
    try:
        if not file.is_file():
            raise FileError(file, "is no file; expected JSON")
        if file.stat().st_size > _MOST_BYTES:
            raise FileError(file, f"is larger than {_MOST_BYTES >> 20} MB; expected a file of cameras")
        content = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise FileError(file, f"cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise FileError(file, f"is not JSON: {str(error)[:120]}") from error
    if not isinstance(content, dict):
        raise FileError(file, "is not what was expected: a JSON object, {...}")
    return content


def objects_in(parent: dict[str, Any], key: str, path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The list of objects under a key, one or more. Raises FileError, naming the first that is none."""
    found = parent.get(key)
    if not isinstance(found, list) or not found:
        raise FileError(path, f"has no {key}; expected a list with at least one entry")
    for index, entry in enumerate(found):
        if not isinstance(entry, dict):
            raise FileError(path, f"{key}[{index}] is no object; expected {{...}}")
    return found
