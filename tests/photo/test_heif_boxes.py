import struct

import pytest

from relens.photo.heif_boxes import Transformation, heif_transformations
from relens.photo.window import WHOLE


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _heif(properties: list[bytes], indices: list[int], wide: bool = False) -> bytes:
    """The boxes of a file whose primary item (id 7) has these properties, behind another item with none of them."""
    number = ">I" if wide else ">H"
    full = bytes([1 if wide else 0, 0, 0, 1 if wide else 0])
    links = b""
    for item, own in ((3, []), (7, indices)):
        essential = 0x8000 if wide else 0x80
        links += struct.pack(number, item) + bytes([len(own)])
        links += b"".join((index | essential).to_bytes(2 if wide else 1, "big") for index in own)
    ipma = _box(b"ipma", full + struct.pack(">I", 2) + links)
    iprp = _box(b"iprp", _box(b"ipco", b"".join(properties)) + ipma)
    meta = _box(b"meta", bytes(4) + _box(b"pitm", full[:1] + bytes(3) + struct.pack(number, 7)) + iprp)
    return _box(b"ftyp", b"heic") + meta + _box(b"mdat", b"\0" * 50)


_SIZE = _box(b"ispe", bytes(12))


def _turn(quarters: int) -> bytes:
    return _box(b"irot", bytes([quarters]))


def _mirror(axis: int) -> bytes:
    return _box(b"imir", bytes([axis]))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ([], 1),
        ([_turn(0)], 1),
        ([_turn(1)], 8),
        ([_turn(2)], 3),
        ([_turn(3)], 6),
        ([_mirror(0)], 4),
        ([_mirror(1)], 2),
        # In the order of the file: a turn anticlockwise, then left and right swapped.
        ([_turn(1), _mirror(1)], 7),
        ([_mirror(1), _turn(1)], 5),
    ],
)
def test_turns_and_mirrors(properties: list[bytes], code: int, wide: bool) -> None:
    data = _heif([_SIZE, *properties], list(range(1, len(properties) + 2)), wide)
    assert heif_transformations(data).primary == Transformation(WHOLE, code)


def test_properties_of_other_items_do_not_count() -> None:
    assert heif_transformations(_heif([_SIZE, _turn(1)], [1])).primary.orientation == 1


@pytest.mark.parametrize("cut", [0, 9, 40, 70])
def test_damaged_boxes_raise(cut: int) -> None:
    with pytest.raises((struct.error, LookupError)):
        heif_transformations(_heif([_SIZE, _turn(1)], [1, 2])[:cut])
