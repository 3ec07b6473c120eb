"""The segments of a JPEG, and where its picture ends."""

import re
from collections.abc import Iterator

APP1 = 0xE1
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
# Encoders write up to a dozen.
_MOST_SCANS = 100
# A marker in the coded data: not a stuffed zero, not a restart, not a fill byte.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of every segment before the first scan of the picture that `data` begins with; ends at damage.

    Source: ITU-T T.81, B.1.1.
    """
    for marker, start, end in _walk(data):
        if marker == _START_OF_SCAN:
            return
        yield marker, data[start:end]


def jpeg_end(data: bytes) -> int | None:
    """The position behind the end marker of the picture that `data` begins with; None where it has none."""
    for marker, _, end in _walk(data):
        if marker == _END_OF_IMAGE:
            return end
    return None


def check_scans(data: bytes) -> None:
    """Raise ValueError for a picture of more scans than any encoder writes: each costs a pass over all its pixels."""
    scans = sum(marker == _START_OF_SCAN for marker, _, _ in _walk(data))
    if scans > _MOST_SCANS:
        raise ValueError(f"it has {scans} scans; expected at most {_MOST_SCANS}")


def _walk(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of every segment's body, scans included, to the end marker or the first damage."""
    position = 2
    while match := _MARKER.search(data, position):
        marker, start = match.group(1)[0], match.end()
        if marker == _END_OF_IMAGE:
            yield marker, start, start
            return
        end = start + int.from_bytes(data[start : start + 2], "big")
        if end < start + 2 or end > len(data):
            return
        yield marker, start + 2, end
        position = end
