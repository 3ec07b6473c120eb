"""What an OpenEXR file says it unfolds to, before it does."""

import os
from pathlib import Path
from typing import Any

from relens.photo.stored import check_size


def exr_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The header of the first part. Raises FileError where all parts together are too large (`check_size`).

    What OpenEXR raises for a damaged file, of several kinds, is passed on.
    """
    import OpenEXR

    file_bytes = Path(path).stat().st_size
    with OpenEXR.File(os.fsencode(path), header_only=True) as file:
        # The file forgets its own when it closes.
        headers = [dict(part.header) for part in file.parts]
    # All parts are read at once, so the largest window stands for each.
    planes = sum(len(header["channels"]) for header in headers)
    for header in headers:
        check_size(path, *window_px(header), file_bytes, max(planes, 1))
    return headers[0]


def window_px(header: dict[str, Any]) -> tuple[int, int]:
    """Width and height of the data window."""
    low, high = header["dataWindow"]
    return int(high[0]) - int(low[0]) + 1, int(high[1]) - int(low[1]) + 1
