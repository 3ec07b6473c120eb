"""The XMP of a whole file: every packet, with the extended parts that JPEG needs for long ones joined to theirs."""

from relens.photo.jpeg_segments import APP1, jpeg_segments
from relens.photo.xmp import Xmp, find_xmp, parse_xmp, xmp_text

_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_HAS_EXTENDED = "{http://ns.adobe.com/xmp/note/}HasExtendedXMP"
_GUID_BYTES = 32


def find_packets(data: bytes) -> list[Xmp]:
    """The readable packets of a file of any format, in the order of the file.

    A JPEG's segments hold 64 KB, so a longer packet is split: the main one names the rest by its GUID, and each part
    says where it belongs. The properties of both are given as one packet. Parts that are missing, damaged or too long
    leave the main packet as it is. Source: XMP part 3, 1.1.3.1 (extended XMP in JPEG).
    """
    packets = [xmp for _, xmp in find_xmp(data)]
    if not data.startswith(b"\xff\xd8"):
        return packets
    return [_extended(xmp, data) if _HAS_EXTENDED in xmp else xmp for xmp in packets]


def lacks_extension(xmp: Xmp) -> bool:
    """Whether a packet from `find_packets` names an extended part that was not to be had."""
    return _HAS_EXTENDED in xmp


def _extended(xmp: Xmp, data: bytes) -> Xmp:
    packet = _joined((xmp_text(xmp, _HAS_EXTENDED) or "").encode(), data)
    extension = parse_xmp(packet) if packet else None
    if extension is None:
        return xmp
    return {**extension, **{name: value for name, value in xmp.items() if name != _HAS_EXTENDED}}


def _joined(guid: bytes, data: bytes) -> bytes | None:
    """The extended packet of this GUID; None unless its parts cover it exactly once."""
    parts, whole = {}, None
    for marker, body in jpeg_segments(data):
        if marker != APP1 or not body.startswith(_EXTENSION + guid) or len(guid) != _GUID_BYTES:
            continue
        head = len(_EXTENSION) + _GUID_BYTES
        length, offset = int.from_bytes(body[head : head + 4], "big"), int.from_bytes(body[head + 4 : head + 8], "big")
        whole = length if whole is None else whole
        if length != whole or offset in parts:
            return None
        parts[offset] = body[head + 8 :]
    position, ordered = 0, []
    for offset in sorted(parts):
        if offset != position:
            return None
        ordered.append(parts[offset])
        position += len(parts[offset])
    return b"".join(ordered) if ordered and position == whole else None
