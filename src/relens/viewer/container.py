"""Container: JSON and what it refers to, in one run of bytes.

Little endian: "RLPK", u32 version, u32 length of the JSON, the JSON (UTF-8, padded with spaces to whole fours), then
the chunks; the JSON names a chunk by {"offset", "length"}, counted from its own end.
"""

import json
import struct
from dataclasses import dataclass, field
from typing import Any

from relens.errors import RelensError

MAGIC = b"RLPK"
VERSION = 1
_HEAD = struct.Struct("<4sII")


@dataclass
class Chunks:
    """The chunks of a container that is being made."""

    parts: list[bytes] = field(default_factory=list)
    length: int = 0

    def add(self, data: bytes) -> dict[str, int]:
        """Put a chunk at the end, and return what the JSON calls it."""
        place = {"offset": self.length, "length": len(data)}
        self.parts.append(data)
        self.length += len(data)
        return place


def joined(content: dict[str, Any], chunks: Chunks) -> bytes:
    """The container of a JSON object and its chunks."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([_HEAD.pack(MAGIC, VERSION, len(text)), text, *chunks.parts])


def parted(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """A container's JSON, and all of its chunks. Raises RelensError for bytes that are none of this version."""
    if len(data) < _HEAD.size or data[:4] != MAGIC:
        raise RelensError("pack: no pack of a scene; expected bytes that begin with RLPK")
    _, version, length = _HEAD.unpack_from(data)
    if version != VERSION:
        raise RelensError(f"pack: version {version}; expected {VERSION}, so load the page again")
    rest = memoryview(data)[_HEAD.size :]
    try:
        content = json.loads(bytes(rest[:length]))
    except ValueError:
        content = None
    if length > len(rest) or not isinstance(content, dict):
        raise RelensError("pack: cut off or damaged; expected JSON after the head")
    return content, rest[length:]


def chunk_of(chunks: memoryview, place: dict[str, int]) -> bytes:
    """One chunk's bytes. Raises RelensError for one past the end."""
    offset, length = place["offset"], place["length"]
    if min(offset, length) < 0 or offset + length > len(chunks):
        raise RelensError(f"pack: cut off: a chunk ends at {offset + length} of {len(chunks)} bytes")
    return bytes(chunks[offset : offset + length])
