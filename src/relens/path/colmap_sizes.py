"""Whether the binary files of a COLMAP model are as long as they say.

COLMAP reads past the end of a damaged file and believes the counts that it finds there, for hours.
Source: COLMAP, src/colmap/scene/reconstruction_io.cc.
"""

import struct
from collections.abc import Callable
from pathlib import Path

from relens.errors import FileError

# By COLMAP's number of a camera model: how many parameters it has.
_PARAMETERS = {0: 3, 1: 4, 2: 4, 3: 5, 4: 8, 5: 8, 6: 12, 7: 5, 8: 4, 9: 5, 10: 12, 11: 16, 12: 4, 13: 5, 14: 3, 15: 4,
               16: 6, 17: 2}  # fmt: skip
_POSE_BYTES = 56


def check_sizes(folder: Path) -> None:
    """Raise FileError for a .bin file of the model that ends before what it announces."""
    for name, skip in _RECORDS.items():
        file = folder / name
        if not file.is_file():
            continue
        data = file.read_bytes()
        try:
            position = 8
            for _ in range(_whole("<Q", data, 0)):
                position = skip(data, position)
                if position > len(data):
                    raise ValueError
        except (struct.error, ValueError) as error:
            raise FileError(
                file, "is cut short, damaged, or of a newer kind; expected a COLMAP model, so copy it again"
            ) from error


def _camera(data: bytes, at: int) -> int:
    count = _PARAMETERS.get(_whole("<i", data, at + 4))
    if count is None:
        raise ValueError
    return at + 24 + 8 * count


def _image(data: bytes, at: int) -> int:
    # Behind its number, pose and camera stands the name, which ends in a zero.
    end = data.index(b"\0", at + 4 + _POSE_BYTES + 4) + 1
    return end + 8 + 24 * _whole("<Q", data, end)


def _point(data: bytes, at: int) -> int:
    return at + 51 + 8 * _whole("<Q", data, at + 43)


def _rig(data: bytes, at: int) -> int:
    sensors, at = _whole("<I", data, at + 4), at + 8
    # The first is the one that the others' poses are relative to, and has none.
    for number in range(sensors):
        at += 8
        if number:
            at += 1 + _POSE_BYTES * (_whole("<B", data, at) != 0)
    return at


def _frame(data: bytes, at: int) -> int:
    return at + 8 + _POSE_BYTES + 4 + 16 * _whole("<I", data, at + 8 + _POSE_BYTES)


def _whole(form: str, data: bytes, at: int) -> int:
    return struct.unpack_from(form, data, at)[0]


_RECORDS: dict[str, Callable[[bytes, int], int]] = {
    "cameras.bin": _camera,
    "images.bin": _image,
    "points3D.bin": _point,
    "rigs.bin": _rig,
    "frames.bin": _frame,
}
