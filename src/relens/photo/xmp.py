"""XMP packets inside a file's bytes, and their properties."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping

# Properties by Clark name, "{namespace}name"; text, or a tuple of texts for sequences.
Xmp = Mapping[str, str | tuple[str, ...]]

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PACKET = re.compile(rb"<x:xmpmeta\b.*?</x:xmpmeta>", re.DOTALL)
_LARGEST_PACKET = 1 << 20


def find_xmp(data: bytes) -> Iterator[tuple[int, Xmp]]:
    """Every readable XMP packet in a file of any format, with its position in the file.

    Packets are found by scanning, so that HEIC items and the further frames of a JPEG need no parser of their own.
    A damaged packet, or one with a document type (entities), is passed over. Source: XMP part 3, packet scanning.
    """
    for match in _PACKET.finditer(data):
        packet = match.group()
        if len(packet) > _LARGEST_PACKET or b"<!" in packet:
            continue
        try:
            root = ElementTree.fromstring(packet)
        except ElementTree.ParseError:
            continue
        yield match.start(), _properties(root)


def _properties(root: ElementTree.Element) -> Xmp:
    found: dict[str, str | tuple[str, ...]] = {}
    for description in root.iter(f"{_RDF}Description"):
        found.update({name: text for name, text in description.attrib.items() if not name.startswith(_RDF)})
        for child in description:
            items = tuple((item.text or "").strip() for item in child.iter(f"{_RDF}li"))
            found[child.tag] = items or (child.text or "").strip()
    return found


def xmp_number(xmp: Xmp, name: str) -> float | None:
    """A property as a number; None where it is missing or not one."""
    text = xmp.get(name)
    try:
        return float(text) if isinstance(text, str) else None
    except ValueError:
        return None
