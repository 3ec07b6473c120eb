import struct

import pytest
from google_depth_files import EXTENSION, packet, picture, segment, with_segments

from relens.photo.packets import find_packets, lacks_extension

_GUID = b"0123456789ABCDEF0123456789ABCDEF"
_NOTE = f'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="{_GUID.decode()}" xmlns:a="urn:a/" a:main="1"'
_REST = packet('xmlns:a="urn:a/" a:main="2"', f"<a:rest>{'x' * 500}</a:rest>")


def _part(start: int, end: int, whole: int = len(_REST), guid: bytes = _GUID) -> bytes:
    return segment(0xE1, EXTENSION + guid + struct.pack(">II", whole, start) + _REST[start:end])


def _jpeg(*parts: bytes) -> bytes:
    main = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(_NOTE))
    return with_segments(picture(), main + b"".join(parts))


@pytest.mark.parametrize("parts", [[(0, 900)], [(0, 200), (200, 900)], [(400, 900), (0, 100), (100, 400)]])
def test_parts_are_joined_in_any_order(parts: list[tuple[int, int]]) -> None:
    main = find_packets(_jpeg(*(_part(*part) for part in parts)))[0]
    # Of a property that both have, the main packet's counts.
    assert main["{urn:a/}rest"] == "x" * 500 and main["{urn:a/}main"] == "1"
    assert not lacks_extension(main)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [_part(0, 200)],
        [_part(200, 900)],
        [_part(0, 200), _part(300, 900)],
        [_part(0, 200), _part(100, 900)],
        [_part(0, 200), _part(0, 200), _part(200, 900)],
        [_part(0, 900, whole=4_000_000_000)],
        [_part(0, 200), _part(200, 900, whole=3)],
        [_part(0, 200, guid=b"F" * 32), _part(200, 900)],
        [segment(0xE1, EXTENSION + _GUID)],
        [segment(0xE1, EXTENSION + _GUID + struct.pack(">II", 5, 0) + b"<rdf>")],
    ],
)
def test_without_all_its_parts_the_main_packet_stays_as_it_is(parts: list[bytes]) -> None:
    main = find_packets(_jpeg(*parts))[0]
    assert main["{urn:a/}main"] == "1" and "{urn:a/}rest" not in main
    assert lacks_extension(main)
