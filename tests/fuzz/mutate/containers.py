"""Changes inside containers whose checksums and lengths are put right again: PNG, ZIP, JPEG, HEIF, GLB."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from random import Random

from fuzz.mutate.numbers import change_number, change_tiff
from fuzz.mutate.text import change_json, change_text
from fuzz.target import ChangeBytes

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = (b"cICP", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"eXIf", b"acTL", b"tRNS", b"PLTE", b"tEXt", b"zTXt", b"IDAT")
_SIZES = (0, 1, 2, 3, 15, 16, 17, 24, 33, 64, 255, 30000, 65535, (1 << 31) - 1)
# An inflated stream is cut here: bombs are what this makes, not what it holds.
_INFLATED = 1 << 20


def change_png(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change, drop, repeat or add a chunk; every checksum is right, and pixels are deflated anew."""
    chunks = list(_chunks(data))
    if not chunks or random.random() < 0.1:
        return change(data)
    at, way = random.randrange(len(chunks)), random.randrange(8)
    kind, body = chunks[at]
    if way == 0:
        chunks.insert(random.randrange(len(chunks) + 1), (random.choice(_CHUNKS), _chunk_body(random)))
    elif way == 1 and len(chunks) > 1:
        del chunks[at]
    elif way == 2:
        chunks.insert(random.randrange(len(chunks) + 1), chunks[at])
    elif way == 3 and len(chunks[0][1]) == 13:
        chunks[0] = (chunks[0][0], _other_header(chunks[0][1], random))
    elif kind in (b"IDAT", b"iCCP", b"zTXt"):
        chunks[at] = (kind, _inflated_change(kind, body, random, change))
    else:
        chunks[at] = (
            kind,
            change_tiff(body, random, change) if kind == b"eXIf" else change_number(body, random, change),
        )
    packed = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
              for kind, body in chunks)  # fmt: skip
    return _PNG + b"".join(packed)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while data.startswith(_PNG) and at + 12 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size


def _chunk_body(random: Random) -> bytes:
    return random.choice([b"", b"\1\x0d\0\1", bytes(32), b"a\0\0" + zlib.compress(bytes(200)), random.randbytes(13)])


def _other_header(body: bytes, random: Random) -> bytes:
    width, height, *rest = struct.unpack(">IIBBBBB", body)
    if random.random() < 0.5:
        width, height = random.choice([width, *_SIZES]), random.choice([height, *_SIZES])
    else:
        rest[random.randrange(5)] = random.choice([0, 1, 2, 3, 4, 6, 8, 16, 255])
    return struct.pack(">IIBBBBB", width, height, *rest)


def _inflated_change(kind: bytes, body: bytes, random: Random, change: ChangeBytes) -> bytes:
    head, packed = (b"", body) if kind == b"IDAT" else (body[: body.find(b"\0") + 2], body[body.find(b"\0") + 2 :])
    try:
        inside = zlib.decompressobj().decompress(packed, _INFLATED)
    except zlib.error:
        return change(body)
    return head + zlib.compress(change_number(inside, random, change), 1)


def change_zip(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change, drop, rename or repeat a member; every checksum is right."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(member.filename, archive.open(member).read(_INFLATED)) for member in archive.infolist()]
    except Exception:
        return change(data)
    if not members or random.random() < 0.15:
        return change_number(data, random, change)
    at, way = random.randrange(len(members)), random.randrange(10)
    name, body = members[at]
    if way == 0:
        del members[at]
    elif way == 1:
        members.append(members[at])
    elif way == 2:
        members[at] = (change_text(name.encode(), random, change).decode("utf-8", "replace")[:200] or "x", body)
    else:
        members[at] = (name, change_named(name, body, random, change))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in members:
            member = zipfile.ZipInfo(name.replace("\0", "0") or "x")
            member.compress_type = zipfile.ZIP_DEFLATED if random.random() < 0.3 else zipfile.ZIP_STORED
            archive.writestr(member, body)
    return file.getvalue()


def change_named(name: str, data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """The change that suits a file of this name."""
    suffix = name.rpartition(".")[2].lower()
    return _BY_SUFFIX.get(suffix, change_number)(data, random, change)


def change_npy(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change the header of an array as text, its length put right, or any byte."""
    if data[:6] != b"\x93NUMPY" or len(data) < 12 or random.random() < 0.3:
        return change_number(data, random, change)
    size = int.from_bytes(data[8:10], "little")
    header = change_text(data[10 : 10 + size], random, change)[:60000]
    return data[:8] + struct.pack("<H", len(header)) + header + data[10 + size :]


def change_jpeg(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change a segment before the first scan, its length put right: XMP as text, EXIF as tags, sizes as numbers."""
    at, found = 2, []
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((at, data[at + 1], data[at + 4 : at + 2 + size]))
        at += 2 + max(size, 2)
    if not found or random.random() < 0.15:
        return change_number(data, random, change)
    place, marker, body = random.choice(found)
    if body.startswith(b"Exif\0\0"):
        body = body[:6] + change_tiff(body[6:], random, change)
    elif marker == 0xE1:
        body = change_text(body, random, change)
    elif marker in (0xC0, 0xC2) and random.random() < 0.5 and len(body) >= 5:
        body = body[:1] + struct.pack(">HH", *(random.choice(_SIZES) & 0xFFFF for _ in "hw")) + body[5:]
    else:
        body = change_number(body, random, change)
    end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    body = body[:65533]
    return data[: place + 2] + struct.pack(">H", len(body) + 2) + body + data[end:]


_PARENTS = {b"meta", b"iprp", b"ipco", b"iinf", b"iref", b"moov"}


def change_boxes(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change, drop or repeat a box of a HEIF file, the sizes around it put right."""
    boxes = _split(data)
    if not boxes or random.random() < 0.15:
        return change_number(data, random, change)
    at = random.randrange(len(boxes))
    kind, body = boxes[at]
    way = random.randrange(12)
    if way == 0:
        del boxes[at]
    elif way == 1:
        boxes.append(boxes[at])
    elif kind in _PARENTS:
        head = {b"meta": 4, b"iref": 4, b"iinf": 6}.get(kind, 0)
        boxes[at] = (kind, body[:head] + change_boxes(body[head:], random, change))
    elif way == 2:
        boxes[at] = (change_number(kind, random, change)[:4].ljust(4), body)
    else:
        boxes[at] = (kind, change_number(body, random, change))
    return b"".join(struct.pack(">I", 8 + len(body)) + kind[:4] + body for kind, body in boxes)


def _split(data: bytes) -> list[tuple[bytes, bytes]]:
    boxes, at = [], 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if size < 8:
            break
        boxes.append((kind, data[at + 8 : at + size]))
        at += size
    return boxes


def change_glb(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change the JSON of a GLB, or its numbers, the lengths put right."""
    if data[:4] != b"glTF" or len(data) < 20 or random.random() < 0.15:
        return change_number(data, random, change)
    size = int.from_bytes(data[12:16], "little")
    text, rest = data[20 : 20 + size], data[20 + size :]
    if random.random() < 0.7:
        text = change_json(text, random, change)
    else:
        rest = rest[:8] + change_number(rest[8:], random, change)
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text + rest
    return b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body


_BY_SUFFIX = {
    "png": change_png, "npy": change_npy, "npz": change_zip, "ora": change_zip, "jpg": change_jpeg,
    "heic": change_boxes, "glb": change_glb, "gltf": change_json, "json": change_json, "xml": change_text,
    "yaml": change_text, "obj": change_text, "mtl": change_text, "txt": change_text, "pfm": change_text,
    "tif": change_tiff, "webp": change_number, "exr": change_number, "bin": change_number, "ply": change_text,
}  # fmt: skip
