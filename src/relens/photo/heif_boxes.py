"""What relens reads from the boxes of a HEIC file by itself: how its items are turned and cut; if decoding is safe."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from relens.photo.orientation import chain, inverse
from relens.photo.window import WHOLE, Window, orient_window

# irot: quarter turns anticlockwise; imir: 0 swaps top and bottom, 1 swaps left and right. Both as EXIF codes.
_EXIF_OF_TURN = {0: 1, 1: 8, 2: 3, 3: 6}
_EXIF_OF_MIRROR = {0: 4, 1: 2}


_DEPTH_TYPES = (b"urn:mpeg:hevc:2015:auxid:2", b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth")


@dataclass(frozen=True)
class Transformation:
    """What the decoder does to the stored pixels of an item: takes the window of the frame, then turns it.

    Attributes:
        window: the clean aperture, in the stored frame.
        orientation: rotation and mirroring, as an EXIF orientation.
    """

    window: Window = WHOLE
    orientation: int = 1


@dataclass(frozen=True)
class HeifTransformations:
    """Of the primary picture, and of the auxiliary pictures by item number; which of those is the depth map."""

    primary: Transformation
    items: dict[int, Transformation]
    depth_item: int | None


def heif_transformations(data: bytes) -> HeifTransformations:
    """What the decoder did to the stored pixels of the pictures in a HEIC file.

    libheif applies irot, imir and clap itself, to each picture its own; numbers that describe the stored picture (the
    phone's matrix) still need them, and so do auxiliary pictures that lack the primary's.
    Source: ISO/IEC 23008-12, 6.5.9 to 6.5.12, and 14496-12, 12.1.4. Raises struct.error, LookupError or
    ZeroDivisionError for damaged boxes.
    """
    boxes = _meta_boxes(data)
    primary = _item_id(boxes[b"pitm"][4:], wide=boxes[b"pitm"][0] > 0)
    parts = dict(_boxes(boxes[b"iprp"]))
    properties = list(_boxes(parts[b"ipco"]))
    items, depth_item = {}, None
    for item, indices in _associations(parts[b"ipma"]).items():
        own = [properties[index - 1] for index in indices]
        items[item] = _transformation(own)
        types = [body[4:].split(b"\0")[0] for kind, body in own if kind == b"auxC"]
        if depth_item is None and any(kind in _DEPTH_TYPES for kind in types):
            depth_item = item
    return HeifTransformations(items.get(primary, Transformation()), items, depth_item)


def _transformation(properties: list[tuple[bytes, bytes]]) -> Transformation:
    window, code, size = WHOLE, 1, None
    for kind, body in properties:
        if kind == b"ispe":
            size = struct.unpack(">II", body[4:12])
        elif kind == b"irot":
            code = chain(code, _EXIF_OF_TURN[body[0] & 3])
        elif kind == b"imir":
            code = chain(code, _EXIF_OF_MIRROR[body[0] & 1])
        elif kind == b"clap" and size is not None and window == WHOLE:
            turned = size if code < 5 else size[::-1]
            window = orient_window(_clean_aperture(body, *turned), inverse(code))
    return Transformation(window, code)


def _clean_aperture(body: bytes, width: int, height: int) -> Window:
    """The window in a frame of this size; its middle is given as an offset from the frame's."""
    wide, wide_over, high, high_over, right, right_over, down, down_over = struct.unpack(">IIIIiIiI", body[:32])
    part = wide / wide_over / width, high / high_over / height
    left = 0.5 + right / right_over / width - part[0] / 2
    top = 0.5 + down / down_over / height - part[1] / 2
    return Window(left, top, *part)


def check_item_texts(data: bytes) -> None:
    """Raise UnicodeDecodeError where the type or name of an item is no text: the decoder would crash on it.

    Also struct.error or LookupError for damaged boxes. Source: ISO/IEC 14496-12, 8.11.6 (item information).
    """
    items = _meta_boxes(data)[b"iinf"]
    for _, item in _boxes(items[6 if items[0] == 0 else 8 :]):
        item[8 if item[0] < 3 else 10 :].decode("utf-8")


def check_extents(data: bytes) -> None:
    """Raise EOFError where the file ends before its items do: the decoder would leave holes in the picture, in silence.

    Also struct.error or LookupError for damaged boxes. Source: ISO/IEC 14496-12, 8.11.3 (item location).
    """
    iloc = _meta_boxes(data)[b"iloc"]
    version, sizes = iloc[0], (iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15 if iloc[0] else 0)
    position, id_size = (8, 2) if version < 2 else (10, 4)
    for _ in range(int.from_bytes(iloc[6:position], "big")):
        position += id_size
        # Method 0 is in the file; 1 is in the idat box, 2 in another item.
        method = iloc[position + 1] & 15 if version else 0
        position += 4 if version else 2
        base, position = _number(iloc, position, sizes[2])
        extents, position = _number(iloc, position, 2)
        for _ in range(extents):
            offset, position = _number(iloc, position + sizes[3], sizes[0])
            length, position = _number(iloc, position, sizes[1])
            if method == 0 and base + offset + length > len(data):
                raise EOFError("the file ends before its items do")


def _number(data: bytes, position: int, size: int) -> tuple[int, int]:
    """A big-endian number of this many bytes, and the position behind it."""
    if position + size > len(data):
        raise struct.error("a box that ends early")
    return int.from_bytes(data[position : position + size], "big"), position + size


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
