"""A real HEIC file with other transformations of its items: there is no encoder here, so its boxes are edited."""

import struct

# Which items of the sample portrait are what: its picture, its depth, and its portrait matte.
PICTURE, DEPTH, MATTE = 36, 41, 45


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def irot(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def imir(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def clap(width: int, height: int, left: int, top: int, whole: tuple[int, int]) -> bytes:
    """A clean aperture of whole pixels; its offsets are from centre to centre, as fractions over 2."""
    right, down = 2 * left + width - whole[0], 2 * top + height - whole[1]
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, right, 2, down, 2))


def transformed(data: bytes, transformations: dict[int, list[bytes]], others: list[bytes] | None = None) -> bytes:
    """The file with these transformative properties on the named items, and `others` on all other whole pictures."""
    start = data.index(b"meta") - 4
    size = struct.unpack(">I", data[start : start + 4])[0]
    meta = data[start + 12 : start + size]
    boxes = _split(meta)
    parts = _split(boxes[b"iprp"])
    properties = [(kind, body) for kind, body in _each(parts[b"ipco"])]
    blob = parts[b"ipco"]
    links, numbers = {}, {}
    for item, indices in _associations(parts[b"ipma"]).items():
        kept = [index for index in indices if properties[(index & 0x7F) - 1][0] not in (b"irot", b"imir", b"clap")]
        had = len(kept) < len(indices)
        for transformation in transformations.get(item, (others or []) if had else []):
            if transformation not in numbers:
                blob += transformation
                properties.append((transformation[4:8], transformation[8:]))
                numbers[transformation] = len(properties)
            kept.append(numbers[transformation] | 0x80)
        links[item] = kept
    ipma = struct.pack(">II", 0, len(links))
    for item, indices in links.items():
        ipma += struct.pack(">HB", item, len(indices)) + bytes(indices)
    boxes[b"iprp"] = box(b"ipco", blob) + box(b"ipma", ipma)
    grown = sum(8 + len(body) for body in boxes.values()) - len(meta)
    boxes[b"iloc"] = _moved(boxes[b"iloc"], grown)
    body = data[start + 8 : start + 12] + b"".join(box(kind, body) for kind, body in boxes.items())
    return data[:start] + box(b"meta", body) + data[start + size :]


def _each(data: bytes):
    position = 0
    while position < len(data):
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        yield kind, data[position + 8 : position + size]
        position += size


def _split(data: bytes) -> dict[bytes, bytes]:
    return dict(_each(data))


def _associations(ipma: bytes) -> dict[int, list[int]]:
    position, found = 8, {}
    for _ in range(struct.unpack(">I", ipma[4:8])[0]):
        item, count = struct.unpack(">HB", ipma[position : position + 3])
        found[item] = list(ipma[position + 3 : position + 3 + count])
        position += 3 + count
    return found


def _moved(iloc: bytes, by: int) -> bytes:
    """Offsets into the file (construction method 0), all of 4 bytes as in the sample portrait, moved along."""
    out, position = bytearray(iloc), 8
    for _ in range(struct.unpack(">H", iloc[6:8])[0]):
        method, extents = iloc[position + 3] & 15, struct.unpack(">H", iloc[position + 6 : position + 8])[0]
        position += 8
        for _ in range(extents):
            if method == 0:
                struct.pack_into(">I", out, position, struct.unpack(">I", iloc[position : position + 4])[0] + by)
            position += 8
    return bytes(out)
