"""What relens reads from the boxes of a HEIC file by itself: its rotation, and whether it is safe to decode."""

import struct
from collections.abc import Iterator

from relens.photo.orientation import chain

# irot: quarter turns anticlockwise; imir: 0 swaps top and bottom, 1 swaps left and right. Both as EXIF codes.
_EXIF_OF_TURN = {0: 1, 1: 8, 2: 3, 3: 6}
_EXIF_OF_MIRROR = {0: 4, 1: 2}


def heif_orientation(data: bytes) -> int:
    """What the decoder did to the stored pixels of the primary image, as an EXIF orientation.

    libheif applies irot and imir itself, to the picture and its auxiliary images alike; only numbers that describe the
    stored picture (the phone's matrix) still need it. Source: ISO/IEC 23008-12, 6.5.10 and 6.5.12.
    Raises struct.error or LookupError for damaged boxes.
    """
    boxes = _meta_boxes(data)
    primary = _item_id(boxes[b"pitm"][4:], wide=boxes[b"pitm"][0] > 0)
    parts = dict(_boxes(boxes[b"iprp"]))
    properties = list(_boxes(parts[b"ipco"]))
    code = 1
    for index in _associations(parts[b"ipma"]).get(primary, []):
        kind, body = properties[index - 1]
        if kind == b"irot":
            code = chain(code, _EXIF_OF_TURN[body[0] & 3])
        elif kind == b"imir":
            code = chain(code, _EXIF_OF_MIRROR[body[0] & 1])
    return code


def check_item_texts(data: bytes) -> None:
    """Raise UnicodeDecodeError where the type or name of an item is no text: the decoder would crash on it.

    Also struct.error or LookupError for damaged boxes. Source: ISO/IEC 14496-12, 8.11.6 (item information).
    """
    items = _meta_boxes(data)[b"iinf"]
    for _, item in _boxes(items[6 if items[0] == 0 else 8 :]):
        item[8 if item[0] < 3 else 10 :].decode("utf-8")


def _meta_boxes(data: bytes) -> dict[bytes, bytes]:
    return dict(_boxes(dict(_boxes(data))[b"meta"][4:]))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        start = 8
        if size == 1:
            size, start = struct.unpack(">Q", data[position + 8 : position + 16])[0], 16
        elif size == 0:
            size = len(data) - position
        if size < start:
            raise struct.error("a box smaller than its header")
        yield kind, data[position + start : position + size]
        position += size


def _item_id(data: bytes, wide: bool) -> int:
    return struct.unpack(">I", data[:4])[0] if wide else struct.unpack(">H", data[:2])[0]


def _associations(ipma: bytes) -> dict[int, list[int]]:
    """Item id -> 1-based indices of its properties, in the order in which they apply."""
    wide_id, wide_index = ipma[0] > 0, bool(ipma[3] & 1)
    position, found = 8, {}
    for _ in range(struct.unpack(">I", ipma[4:8])[0]):
        item = _item_id(ipma[position:], wide_id)
        position += 4 if wide_id else 2
        count = ipma[position]
        position += 1
        width = 2 if wide_index else 1
        raw = [int.from_bytes(ipma[at : at + width], "big") for at in range(position, position + count * width, width)]
        # The top bit only says whether a reader must understand the property.
        mask = 0x7FFF if wide_index else 0x7F
        found[item] = [index & mask for index in raw if index & mask]
        position += count * width
    return found
