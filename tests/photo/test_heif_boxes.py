import struct

import pytest

from relens.photo.heif_boxes import Transformation, check_extents, heif_transformations
from relens.photo.window import WHOLE, Window


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


def _cut(wide: int, high: int, right: int, down: int, over: int = 2) -> bytes:
    return _box(b"clap", struct.pack(">IIIIiIiI", wide, 1, high, 1, right, over, down, over))


_SIZED = _box(b"ispe", struct.pack(">III", 0, 40, 30))


@pytest.mark.parametrize(
    ("properties", "window", "code"),
    [
        # 20 x 15 in the middle; then with its middle 5 px to the right of the frame's, and 7.5 px up.
        ([_cut(20, 15, 0, 0)], Window(0.25, 0.25, 0.5, 0.5), 1),
        ([_cut(20, 15, 10, -15)], Window(0.375, 0, 0.5, 0.5), 1),
        ([_cut(20, 15, 10, -15), _turn(1)], Window(0.375, 0, 0.5, 0.5), 8),
        # Cut out of the turned picture, 30 x 40: a quarter turn anticlockwise takes the top to the left.
        ([_turn(1), _cut(15, 20, -15, 10)], Window(0.125, 0, 0.5, 0.5), 8),
        ([_mirror(1), _cut(20, 15, 10, -15)], Window(0.125, 0, 0.5, 0.5), 2),
    ],
)
def test_clean_apertures_are_windows_of_the_stored_frame(properties: list[bytes], window: Window, code: int) -> None:
    found = heif_transformations(_heif([_SIZED, *properties], list(range(1, len(properties) + 2)))).primary
    assert found == Transformation(window, code)


def test_a_clean_aperture_over_nothing_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        heif_transformations(_heif([_SIZED, _cut(20, 15, 0, 0, over=0)], [1, 2]))


def _located(version: int, offset: int, length: int, method: int = 0) -> bytes:
    """A file with one item at these bytes."""
    number = ">I" if version == 2 else ">H"
    iloc = bytes([version, 0, 0, 0, 0x44, 0]) + struct.pack(number, 1) + struct.pack(number, 1)
    iloc += (struct.pack(">H", method) if version else b"") + struct.pack(">HHII", 0, 1, offset, length)
    return _box(b"meta", bytes(4) + _box(b"iloc", iloc)) + bytes(50)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_items_have_to_end_before_the_file_does(version: int) -> None:
    size = len(_located(version, 0, 0))
    check_extents(_located(version, size - 50, 50))
    with pytest.raises(EOFError):
        check_extents(_located(version, size - 50, 51))
    with pytest.raises((struct.error, LookupError)):
        check_extents(_located(version, 0, 0)[:30])


def test_items_that_are_not_in_the_file_itself_do_not_count() -> None:
    check_extents(_located(1, 4_000_000, 50, method=1))


@pytest.mark.parametrize("cut", [0, 9, 40, 70])
def test_damaged_boxes_raise(cut: int) -> None:
    with pytest.raises((struct.error, LookupError)):
        heif_transformations(_heif([_SIZE, _turn(1)], [1, 2])[:cut])
