"""Changes of numbers in bytes: sizes, counts and offsets that no encoder would write."""

import struct
from random import Random

from fuzz.target import ChangeBytes

_INTERESTING = (0, 1, 2, 3, 7, 8, 16, 127, 128, 255, 256, 1023, 1024, 32767, 32768, 65535, 65536, 60000, 1 << 20,
                (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 32) - 8, (1 << 63) - 1, (1 << 64) - 1)  # fmt: skip


def change_number(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Set 1, 2, 4 or 8 bytes to a number at the edge, of either byte order; near the start more often."""
    if len(data) < 2 or random.random() < 0.3:
        return change(data)
    size = random.choice([1, 2, 4, 8])
    number = random.choice(_INTERESTING) & ((1 << 8 * size) - 1)
    reach = len(data) if random.random() < 0.5 else min(len(data), 256)
    at = random.randrange(reach)
    return data[:at] + number.to_bytes(size, random.choice(["little", "big"])) + data[at + size :]


def change_tiff(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change type, count or value of a tag in the first directory of a TIFF (EXIF blocks are TIFFs, too)."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 16 or random.random() < 0.3:
        return change_number(data, random, change)
    (at,) = struct.unpack(f"{order}I", data[4:8])
    if at + 2 > len(data):
        return change_number(data, random, change)
    (count,) = struct.unpack(f"{order}H", data[at : at + 2])
    entry = at + 2 + 12 * random.randrange(max(count, 1))
    field, size = random.choice([(0, 2), (2, 2), (4, 4), (8, 4), (8, 2)])
    if entry + 12 > len(data):
        return change_number(data, random, change)
    number = random.choice([*_INTERESTING, random.randrange(1 << 16), random.randrange(14)]) & ((1 << 8 * size) - 1)
    changed = bytearray(data)
    struct.pack_into(f"{order}{'H' if size == 2 else 'I'}", changed, entry + field, number)
    return bytes(changed)
