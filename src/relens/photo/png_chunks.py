"""PNG chunks: read, checked, and inserted."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, body) of every chunk up to IEND. Raises ValueError for a truncated file or a wrong checksum."""
    position, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        if position + 12 > len(data):
            raise ValueError("the file ends early")
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        body = data[position + 8 : position + 8 + size]
        checksum = data[position + 8 + size : position + 12 + size]
        if len(checksum) < 4:
            raise ValueError("the file ends early")
        if struct.unpack(">I", checksum)[0] != zlib.crc32(body, zlib.crc32(kind)):
            raise ValueError(f"wrong checksum in its {kind.decode('latin-1')} chunk")
        yield kind, body
        position += 12 + size


def with_chunks(data: bytes | memoryview, chunks: list[tuple[bytes, bytes]]) -> list[bytes | memoryview]:
    """A PNG with chunks inserted behind its header (IHDR), as pieces to write one after the other."""
    after_header = len(SIGNATURE) + 25
    return [data[:after_header], *(png_chunk(kind, body) for kind, body in chunks), data[after_header:]]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
