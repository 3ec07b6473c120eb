"""The container holds what was put in, and anything else is refused in a line."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.errors import RelensError
from relens.viewer.container import Chunks, chunk_of, joined, parted


@given(st.lists(st.binary(max_size=30), max_size=5), st.text(max_size=20))
def test_round_trip(parts, name):
    chunks = Chunks()
    places = [chunks.add(part) for part in parts]
    content, rest = parted(joined({"name": name, "places": places}, chunks))
    assert content["name"] == name
    assert [chunk_of(rest, place) for place in content["places"]] == parts


def test_the_head_is_as_the_page_reads_it():
    chunks = Chunks()
    chunks.add(b"data")
    data = joined({"a": 1}, chunks)
    magic, version, length = struct.unpack("<4sII", data[:12])
    assert (magic, version, length) == (b"RLPK", 1, 8)
    assert data[12:] == b'{"a":1} data'


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda d: b"", "begin with RLPK"),
        (lambda d: b"PNG!" + d[4:], "begin with RLPK"),
        (lambda d: d[:4] + b"\2\0\0\0" + d[8:], "version 2; expected 1"),
        (lambda d: d[:15], "cut off"),
        (lambda d: d[:12] + b"!" + d[13:], "damaged"),
    ],
)
def test_what_is_no_pack(spoil, problem):
    with pytest.raises(RelensError, match=problem):
        parted(spoil(joined({"a": 1}, Chunks())))


@pytest.mark.parametrize("place", [{"offset": 0, "length": 5}, {"offset": 5, "length": 0}, {"offset": -1, "length": 1}])
def test_a_chunk_past_the_end(place):
    with pytest.raises(RelensError, match="cut off"):
        chunk_of(memoryview(b"four"), place)
