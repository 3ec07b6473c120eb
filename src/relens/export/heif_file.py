"""HEIF files, written: items with properties, and groups of them. Only what spatial photos need."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

# Written at once, as Image I/O writes them.
_BRANDS = b"heic" + bytes(4) + b"mif1heic"


@dataclass(frozen=True)
class HeifItem:
    """A picture or a piece of metadata; its number is its place in the list, from 1.

    Attributes:
        kind: its four characters, e.g. hvc1 or Exif.
        data: its bytes.
        properties: whole boxes, in the order in which they apply.
        describes: numbers of the items that a piece of metadata is about.
    """

    kind: bytes
    data: bytes
    properties: tuple[bytes, ...] = ()
    describes: tuple[int, ...] = ()


@dataclass(frozen=True)
class HeifGroup:
    """Items that belong together: the group's four characters, their numbers in order, and properties of its own."""

    kind: bytes
    items: tuple[int, ...]
    properties: tuple[bytes, ...] = ()


def heif_file(items: Sequence[HeifItem], groups: Sequence[HeifGroup]) -> bytes:
    """A HEIC file of these items, the first of them its primary picture.

    Source: ISO/IEC 14496-12, 8.11 (meta and its items) and 8.18 (entity groups); ISO/IEC 23008-12, 9.3 (properties).
    """
    ftyp = box(b"ftyp", _BRANDS)
    # The offsets into the file have a fixed width, so a trial gives the size of what comes before the data.
    start = len(ftyp) + len(_meta(items, groups, 0)) + 8
    return ftyp + _meta(items, groups, start) + box(b"mdat", b"".join(item.data for item in items))


def box(kind: bytes, body: bytes) -> bytes:
    """A box: its size, its four characters, its body (ISO/IEC 14496-12, 4.2)."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with a version and 24 flags."""
    return box(kind, struct.pack(">I", version << 24 | flags) + body)


def _meta(items: Sequence[HeifItem], groups: Sequence[HeifGroup], start: int) -> bytes:
    dref = full_box(b"dref", struct.pack(">I", 1) + full_box(b"url ", b"", flags=1))  # in this file
    children = [
        full_box(b"hdlr", bytes(4) + b"pict" + bytes(13)),
        box(b"dinf", dref),
        full_box(b"pitm", struct.pack(">H", 1)),
        _item_infos(items),
        *_references(items),
        _item_properties(items, groups),
        *_groups(groups, first_id=len(items) + 1),
        _locations(items, start),
    ]
    return full_box(b"meta", b"".join(children))


def _item_infos(items: Sequence[HeifItem]) -> bytes:
    entries = [
        full_box(b"infe", struct.pack(">HH4sx", number, 0, item.kind), version=2)
        for number, item in enumerate(items, start=1)
    ]
    return full_box(b"iinf", struct.pack(">H", len(items)) + b"".join(entries))


def _references(items: Sequence[HeifItem]) -> list[bytes]:
    references = [
        box(b"cdsc", struct.pack(f">HH{len(item.describes)}H", number, len(item.describes), *item.describes))
        for number, item in enumerate(items, start=1)
        if item.describes
    ]
    return [full_box(b"iref", b"".join(references))] if references else []


def _item_properties(items: Sequence[HeifItem], groups: Sequence[HeifGroup]) -> bytes:
    """Every property once, and who has which. Only the decoder's configuration must be understood: the top bit."""
    owners = [*items, *groups]
    properties = list(dict.fromkeys(each for owner in owners for each in owner.properties))
    entries = []
    for number, owner in enumerate(owners, start=1):
        if owner.properties:
            indices = [properties.index(each) + 1 | 0x80 * (each[4:8] == b"hvcC") for each in owner.properties]
            entries.append(struct.pack(">HB", number, len(indices)) + bytes(indices))
    ipma = full_box(b"ipma", struct.pack(">I", len(entries)) + b"".join(entries))
    return box(b"iprp", box(b"ipco", b"".join(properties)) + ipma)


def _groups(groups: Sequence[HeifGroup], first_id: int) -> list[bytes]:
    boxes = [
        full_box(group.kind, struct.pack(f">II{len(group.items)}I", number, len(group.items), *group.items))
        for number, group in enumerate(groups, start=first_id)
    ]
    return [box(b"grpl", b"".join(boxes))] if boxes else []


def _locations(items: Sequence[HeifItem], start: int) -> bytes:
    """Offset and length in 4 bytes each, no base; one extent an item, in order from `start`."""
    entries = b""
    for number, item in enumerate(items, start=1):
        entries += struct.pack(">HHHII", number, 0, 1, start, len(item.data))
        start += len(item.data)
    return full_box(b"iloc", struct.pack(">HH", 0x4400, len(items)) + entries)
