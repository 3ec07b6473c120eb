"""FairQueue: what waits, by who ordered it; each in turn, so that many orders of one do not hold up one of another."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """A bounded queue with a turn for every owner; within an owner first in, first out. For one thread at a time."""

    def __init__(self, most: int, most_of_one: int) -> None:
        """most: items in all. most_of_one: of one owner, fewer, so that nobody fills the queue alone."""
        self.most, self.most_of_one = most, most_of_one
        # Owners by whose turn is next; none without an item.
        self._turns: dict[str, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._turns.values()))

    def count_of(self, owner: str) -> int:
        """How many of an owner's items wait."""
        return len(self._turns.get(owner, ()))

    def has_room(self, owner: str) -> bool:
        """Whether `add` should be called; resumed items may go beyond."""
        return len(self) < self.most and self.count_of(owner) < self.most_of_one

    def add(self, owner: str, item: T) -> None:
        """Append an item; an owner who had none has the last turn."""
        self._turns.setdefault(owner, deque()).append(item)

    def take(self) -> T:
        """The next item, whose owner's next turn is the last. Raises IndexError where none waits."""
        if not self._turns:
            raise IndexError("nothing waits")
        owner, items = next(iter(self._turns.items()))
        del self._turns[owner]
        item = items.popleft()
        if items:
            self._turns[owner] = items
        return item

    def remove(self, owner: str, item: T) -> bool:
        """Take an item out, wherever it is; whether it was there."""
        items = self._turns.get(owner)
        if items is None or item not in items:
            return False
        items.remove(item)
        if not items:
            del self._turns[owner]
        return True

    def in_order(self) -> list[T]:
        """All items as `take` would give them."""
        rounds = max(map(len, self._turns.values()), default=0)
        return [items[turn] for turn in range(rounds) for items in self._turns.values() if turn < len(items)]

    def clear(self) -> list[T]:
        """Take all out, as `in_order` has them."""
        items = self.in_order()
        self._turns.clear()
        return items
