from itertools import count, islice

import pytest

from relens.errors import FileError
from relens.farm import Ended, one_by_one


def test_items_go_through_the_steps_in_order():
    work = {"double": lambda item, made: 2 * item, "add": lambda item, made: made + item}
    ended = list(one_by_one([1, 2], work))
    assert [(each.item, each.value, each.error, each.deaths) for each in ended] == [(1, 3, None, 0), (2, 6, None, 0)]
    assert list(ended[0].seconds) == ["double", "add"]


def test_what_a_step_raises_ends_its_item_only():
    def step(item, made):
        if item == 1:
            raise FileError("a.jpg", "is broken")
        if item == 2:
            raise MemoryError
        if item == 3:
            raise FileNotFoundError(2, "No such file or directory", "b.jpg")
        return item

    ended = list(one_by_one(range(5), {"step": step, "next": lambda item, made: made}))
    assert [each.error for each in ended] == [
        None, "a.jpg: is broken", "not enough memory", "b.jpg: No such file or directory", None,
    ]  # fmt: skip
    assert list(ended[1].seconds) == ["step"] and ended[1].value is None


def test_items_are_taken_one_at_a_time():
    items = count()
    assert [each.value for each in islice(one_by_one(items, {"same": lambda item, made: item}), 3)] == [0, 1, 2]
    assert next(items) == 3


def test_an_interrupt_ends_all():
    def step(item, made):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(one_by_one([1], {"step": step}))


def test_ended_compares_by_what_it_says():
    assert Ended(1, 2) == Ended(1, 2) != Ended(1, 3)
