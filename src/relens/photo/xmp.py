"""XMP packets inside a file's bytes, and their properties."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping

# Properties by Clark name, "{namespace}name", those of nested structures among them. A text; or, for a sequence, a
# tuple of its items: texts, or the properties of structures.
Xmp = Mapping[str, str | tuple[str, ...] | tuple["Xmp", ...]]

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_OPEN, _CLOSE = b"<x:xmpmeta", b"</x:xmpmeta>"
# Depth maps stand in packets as base64, megabytes long. It has no "<" and hardly an "=", so counting these bounds the
# tree that a packet unfolds to.
_LARGEST_PACKET = 64 << 20
_MOST_ELEMENTS = 20_000


def find_xmp(data: bytes) -> Iterator[tuple[int, Xmp]]:
    """Every readable XMP packet in a file of any format, with its position in the file.

    Packets are found by scanning, so that HEIC items and the further frames of a JPEG need no parser of their own.
    A damaged packet, or one with a document type (entities), is passed over. Source: XMP part 3, packet scanning.
    """
    start = data.find(_OPEN)
    while start >= 0:
        end = data.find(_CLOSE, start)
        if end < 0:
            return
        end += len(_CLOSE)
        properties = parse_xmp(data[start:end])
        if properties is not None:
            yield start, properties
        start = data.find(_OPEN, end)


def parse_xmp(packet: bytes) -> Xmp | None:
    """The properties of one packet; None where it is damaged, has a document type (entities), or is a bomb.

    Of a property that comes twice, in nested structures of the same kind say, the first counts.
    """
    if len(packet) > _LARGEST_PACKET or b"<!" in packet:
        return None
    if max(packet.count(b"<"), packet.count(b"=")) > _MOST_ELEMENTS:
        return None
    try:
        root = ElementTree.fromstring(packet)
    except (ElementTree.ParseError, ValueError, LookupError):  # LookupError: an encoding nobody knows
        return None
    found: dict[str, str | tuple[str, ...] | tuple[Xmp, ...]] = {}
    for descriptions in root.iter(f"{_RDF}RDF"):
        for description in descriptions:
            _collect(description, found)
    return found


def _collect(element: ElementTree.Element, found: dict) -> None:
    """Add the attributes of an element and all that is in it."""
    pending = [element]
    while pending:
        element = pending.pop()
        for name, text in element.attrib.items():
            if not name.startswith((_RDF, "{http://www.w3.org/XML/")):
                found.setdefault(name, text)
        structures = []
        for child in element:
            items = _items(child)
            if items is not None:
                found.setdefault(child.tag, tuple(_item(item) for item in items))
            elif len(child) or child.attrib:
                structures.append(child)
            elif not child.tag.startswith(_RDF):
                found.setdefault(child.tag, (child.text or "").strip())
        pending.extend(reversed(structures))


def _items(element: ElementTree.Element) -> list[ElementTree.Element] | None:
    """The items of a property that is a sequence, a bag or a choice; None for any other."""
    for kind in ("Seq", "Bag", "Alt"):
        container = element.find(f"{_RDF}{kind}")
        if container is not None:
            return container.findall(f"{_RDF}li")
    return None


def _item(item: ElementTree.Element) -> str | Xmp:
    found: dict[str, str | tuple[str, ...] | tuple[Xmp, ...]] = {}
    _collect(item, found)
    return found or (item.text or "").strip()


def xmp_text(xmp: Xmp, name: str) -> str | None:
    """A property as text; None where it is missing, empty or a sequence."""
    text = xmp.get(name)
    return text if isinstance(text, str) and text else None


def xmp_number(xmp: Xmp, name: str) -> float | None:
    """A property as a number; None where it is missing or not one."""
    try:
        return float(xmp_text(xmp, name) or "")
    except ValueError:
        return None


def xmp_numbers(xmp: Xmp, name: str) -> tuple[float, ...]:
    """A sequence of numbers; empty where it is missing or any of it is not one."""
    items = xmp.get(name)
    try:
        return tuple(float(item if isinstance(item, str) else "") for item in items) if isinstance(items, tuple) else ()
    except ValueError:
        return ()


def xmp_structures(xmp: Xmp, name: str) -> list[Xmp]:
    """The items of a sequence of structures; empty where it is missing or holds texts only."""
    items = xmp.get(name, ())
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, tuple) else []
