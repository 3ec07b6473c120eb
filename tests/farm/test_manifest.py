"""The last whole line about an item counts, whatever a crash has left behind it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.errors import FileError
from relens.farm.manifest import Manifest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "batch.jsonl"


def test_what_is_done_is_known_to_this_one_and_the_next(path):
    manifest = Manifest(path)
    assert not manifest.is_done("a", "1")
    manifest.add("a", "1", True, {"outputs": ["ü.png"]})
    manifest.add("b", "2", False, {"error": "broken"})
    for known in (manifest, Manifest(path)):
        assert known.is_done("a", "1")
        assert not known.is_done("a", "2") and not known.is_done("b", "2")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0] == {"name": "a", "key": "1", "status": "done", "outputs": ["ü.png"]}
    assert lines[1] == {"name": "b", "key": "2", "status": "failed", "error": "broken"}


@given(
    ends=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("12"), st.booleans()), max_size=8), data=st.data()
)
def test_a_torn_end_loses_its_own_line_only(tmp_path_factory, ends, data):
    path = tmp_path_factory.mktemp("torn") / "batch.jsonl"
    manifest = Manifest(path)
    for name, key, is_done in ends:
        manifest.add(name, key, is_done, {})
    content = path.read_bytes() if ends else b""
    kept = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:kept])
    # A line is whole up to its last brace.
    whole = ends[: content[:kept].count(b"}")]
    torn = Manifest(path)
    torn.add("c", "3", True, {})
    last = {name: (key, is_done) for name, key, is_done in [*whole, ("c", "3", True)]}
    for known in (torn, Manifest(path)):
        for name in "abc":
            for key in "123":
                assert known.is_done(name, key) == (last.get(name) == (key, True))


@pytest.mark.parametrize(
    "line", ["", "null", "[1]", '{"name": 1, "key": "2", "status": "done"}', '{"name": "a"}', "\xff"]
)
def test_other_lines_are_passed_over(path, line):
    path.write_bytes(line.encode("latin-1") + b"\n")
    manifest = Manifest(path)
    manifest.add("a", "1", True, {})
    assert Manifest(path).is_done("a", "1")


def test_a_manifest_that_cannot_be_read_or_written_is_named(tmp_path):
    with pytest.raises(FileError, match="cannot read"):
        Manifest(tmp_path)
    with pytest.raises(FileError, match="cannot write"):
        Manifest(tmp_path / "missing" / "batch.jsonl").add("a", "1", True, {})
