from pathlib import Path

import pytest

from relens.errors import FileError
from relens.serve.order_book import Entry, OrderBook

ORDER = {"format": "png", "samples": 4}


def test_orders_outlive_the_book_as_they_came(tmp_path: Path) -> None:
    book = OrderBook(tmp_path)
    names = [book.add(viewer, "abc", {**ORDER, "samples": at}) for at, viewer in enumerate(("b", "a", "b"), 1)]
    book.finish(names[1], {"url": "api/result/x/y.png"})
    book.remove(names[0])
    again = OrderBook(tmp_path)
    assert again.names == tuple(names[1:])
    assert again.read(names[1]) == Entry(names[1], "a", "abc", {**ORDER, "samples": 2}, {"url": "api/result/x/y.png"})
    assert again.read(names[2]) == Entry(names[2], "b", "abc", {**ORDER, "samples": 3})
    newest = again.add("c", "abc", ORDER)
    assert OrderBook(tmp_path).names == (*names[1:], newest)
    for name in again.names:
        again.remove(name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'"samples": 4', b'"samples": 9'),
        lambda data: b"",
        lambda data: b"\xff" * 99,
    ],
    ids=["cut", "altered", "empty", "noise"],
)
def test_a_damaged_order_is_told_and_never_taken(tmp_path: Path, damage) -> None:
    book = OrderBook(tmp_path)
    good, bad = book.add("a", "abc", ORDER), book.add("a", "abc", ORDER)
    (file,) = tmp_path.glob(f"*{bad}.order")
    file.write_bytes(damage(file.read_bytes()))
    again = OrderBook(tmp_path)
    assert again.read(good).order == ORDER
    with pytest.raises(FileError, match="damaged; the picture has to be ordered again"):
        again.read(bad)


def test_a_damaged_record_of_a_result_leaves_the_order(tmp_path: Path) -> None:
    book = OrderBook(tmp_path)
    name = book.add("a", "abc", ORDER)
    book.finish(name, {"url": "api/result/x/y.png"})
    (file,) = tmp_path.glob("*.done")
    file.write_bytes(file.read_bytes()[:-2])
    assert OrderBook(tmp_path).read(name) == Entry(name, "a", "abc", ORDER)


def test_what_a_crash_left_half_written_is_removed(tmp_path: Path) -> None:
    name = OrderBook(tmp_path).add("a", "abc", ORDER)
    (tmp_path / ".00000002-x.1234.part.order").write_bytes(b"half")
    (tmp_path / "00000009-gone.done").write_bytes(b"nobody's")
    assert OrderBook(tmp_path).names == (name,)
    assert len(list(tmp_path.iterdir())) == 1
