"""OpenEXR files written whole, or an error."""

import os
import struct
from io import BufferedReader
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

# Of the version field: several parts in one file. relens writes one.
_MULTIPART = 0x1000


def write_exr_file(path: Path, header: dict[str, Any], channels: dict[str, np.ndarray]) -> None:
    """Write one part of scan lines. Raises OSError where the disk is full or does not take all of it.

    The library itself says nothing of what is lost when it closes its file, which is the end of the pixels or the table
    of where they lie: so both are looked at afterwards.
    """
    import OpenEXR

    try:
        # It puts things of its own into both.
        OpenEXR.File(dict(header), dict(channels)).write(os.fsencode(path))
    except RuntimeError as error:  # OpenEXR's own kind, also for a full disk; the reason is its last sentence
        raise OSError(None, " ".join(str(error).split()).rstrip(". ").rpartition(". ")[2]) from error
    if not is_whole(path):
        raise OSError(None, "the disk did not take all of it")


def is_whole(path: Path) -> bool:
    """Whether every chunk of scan lines lies where the table says, one after the other up to the end of the file.

    Source: OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(4)
        try:
            assert not struct.unpack("<I", file.read(4))[0] & _MULTIPART
            while _text(file):
                _text(file)  # the attribute's type
                file.seek(struct.unpack("<i", file.read(4))[0], os.SEEK_CUR)
            first = struct.unpack("<Q", file.read(8))[0]
            count = (first - file.tell()) // 8 + 1
            if not 0 < count <= end // 8:
                return False
            offsets = [first, *struct.unpack(f"<{count - 1}Q", file.read(8 * (count - 1))), end]
            for offset, next_offset in pairwise(offsets):
                file.seek(offset)
                _, size = struct.unpack("<ii", file.read(8))
                if offset + 8 + size != next_offset:
                    return False
        except struct.error:  # it ends before
            return False
    return True


def _text(file: BufferedReader) -> bytes:
    """Up to the next zero byte."""
    return b"".join(iter(lambda: file.read(1).strip(b"\0"), b""))
