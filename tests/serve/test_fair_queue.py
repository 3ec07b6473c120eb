import pytest

from relens.serve.fair_queue import FairQueue


def _queue(*orders: str) -> FairQueue[str]:
    """a1 is the first of a's."""
    queue: FairQueue[str] = FairQueue(9, 6)
    for order in orders:
        queue.add(order[0], order)
    return queue


def _taken(queue: FairQueue[str]) -> list[str]:
    return [queue.take() for _ in range(len(queue))]


def test_each_owner_has_its_turn_however_much_another_ordered() -> None:
    queue = _queue("a1", "a2", "a3", "a4", "b1", "c1", "c2")
    expected = ["a1", "b1", "c1", "a2", "c2", "a3", "a4"]
    assert queue.in_order() == expected and len(queue) == 7
    assert _taken(queue) == expected
    with pytest.raises(IndexError):
        queue.take()


def test_who_comes_later_waits_a_round_and_no_more() -> None:
    queue = _queue("a1", "a2", "a3")
    assert queue.take() == "a1"
    queue.add("b", "b1")
    assert queue.take() == "a2"
    queue.add("c", "c1")
    queue.add("a", "a4")
    assert _taken(queue) == ["b1", "a3", "c1", "a4"]


def test_who_comes_back_has_the_last_turn() -> None:
    queue = _queue("a1", "b1", "b2")
    assert queue.take() == "a1"
    queue.add("a", "a2")
    assert _taken(queue) == ["b1", "a2", "b2"]


def test_what_is_removed_leaves_the_turns_as_they_are() -> None:
    queue = _queue("a1", "a2", "b1", "b2")
    assert queue.remove("b", "b1") and not queue.remove("b", "b1") and not queue.remove("z", "a1")
    assert queue.remove("a", "a1") and queue.remove("a", "a2")
    assert _taken(queue) == ["b2"] and queue.count_of("a") == 0


def test_the_queue_is_bounded_and_nobody_fills_it_alone() -> None:
    queue = _queue(*(f"a{number}" for number in range(6)))
    assert not queue.has_room("a") and queue.has_room("b")
    for number in range(3):
        queue.add("b", f"b{number}")
    assert not queue.has_room("c")
    queue.take()
    assert queue.has_room("c")
