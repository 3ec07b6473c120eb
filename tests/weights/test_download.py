from itertools import pairwise
from pathlib import Path

import pytest
from hub_server import MODEL, Hub
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relens.errors import FileError, RelensError
from relens.weights.connection import UnreachableError
from relens.weights.download import download

_SIZE = len(MODEL)


def _url(hub: Hub) -> str:
    return f"{hub.url}/apple/DepthPro-hf/resolve/main/model.safetensors"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts_bytes=st.lists(st.integers(1, _SIZE // 2), max_size=6),
    here=st.integers(0, _SIZE),
    knows_ranges=st.booleans(),
)
def test_broken_connections_lose_and_double_nothing(
    hub: Hub, tmp_path: Path, cuts_bytes: list[int], here: int, knows_ranges: bool
) -> None:
    # Where every try begins anew, a few short ones are given up.
    hub.cuts_bytes, hub.knows_ranges = cuts_bytes[: None if knows_ranges else 3], knows_ranges
    part = tmp_path / "model.part"
    part.write_bytes(MODEL[:here])
    heard: list[int] = []
    download(_url(hub), part, _SIZE, heard.append)
    assert part.read_bytes() == MODEL
    if here < _SIZE:
        assert heard[-1] == _SIZE
    if knows_ranges:
        assert all(before <= after for before, after in pairwise(heard))
        assert heard[:1] in ([here], [])


def test_a_complete_part_asks_for_nothing(hub: Hub, tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    part.write_bytes(MODEL)
    download(_url(hub), part, _SIZE, lambda _: None)
    assert not hub.asked


def test_a_connection_that_never_gets_on_is_given_up_and_the_part_stays(hub: Hub, tmp_path: Path) -> None:
    hub.cuts_bytes = [1000] + [0] * 20
    part = tmp_path / "model.part"
    with pytest.raises(UnreachableError, match="the connection broke"):
        download(_url(hub), part, _SIZE, lambda _: None)
    assert part.read_bytes() == MODEL[:1000]
    assert hub.ranges_of("model.safetensors") == [None] + ["bytes=1000-"] * 4


def test_an_interrupt_keeps_what_has_arrived(hub: Hub, tmp_path: Path) -> None:
    hub.cuts_bytes = [200_000]

    def interrupt(have_bytes: int) -> None:
        if have_bytes == 200_000:
            raise KeyboardInterrupt

    part = tmp_path / "model.part"
    with pytest.raises(KeyboardInterrupt):
        download(_url(hub), part, _SIZE, interrupt)
    assert part.read_bytes() == MODEL[:200_000]


def test_a_refusal_is_not_tried_again(hub: Hub, tmp_path: Path) -> None:
    hub.status = 403
    with pytest.raises(RelensError, match="403"):
        download(_url(hub), tmp_path / "model.part", _SIZE, lambda _: None)
    assert len(hub.asked) == 1


def test_more_than_was_announced_is_thrown_away(hub: Hub, tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    with pytest.raises(RelensError, match="more came than the 1000 bytes announced"):
        download(_url(hub), part, 1000, lambda _: None)
    assert not part.exists()


def test_a_disk_that_takes_no_more_keeps_the_part(hub: Hub, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    part = tmp_path / "model.part"
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(FileError, match=r"model.part: cannot write: .*; what has arrived is kept"):
            download(_url(hub), part, _SIZE, lambda _: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert part.read_bytes() == MODEL[:100_000]
