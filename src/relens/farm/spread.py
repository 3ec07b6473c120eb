"""Spread: items handed to crews of workers, results taken as they come; none is lost, none comes twice."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

from relens.farm.crew import Crew
from relens.farm.job import Job
from relens.farm.work import Ended

_MOST_DEATHS = 3


def spread(
    items: Iterable[Any], stages: Sequence[Crew], *, in_order: bool = False, ahead: int | None = None
) -> Generator[Ended, None, None]:
    """Take every item through the stages, each done by its crew; what one made reaches the next without coming here.

    Items are taken from the iterable only as workers get free for them. What the work raises ends that item alone
    (`Ended.error`). An item whose worker died goes to another one, alone, and ends with an error when that happened to
    it more than three times.

    Args:
        items: any iterable; each is sent to a worker, so small is good.
        stages: crews, in order.
        in_order: yield results in the order of the items instead of as they come.
        ahead: how far items may be ahead of the oldest one under way, which bounds what waits for its turn; four times
            the workers' places when left out.

    Raises RelensError where workers cannot start. Workers are let go when the iterator ends or is closed.
    """
    try:
        work = _Spread(iter(items), stages, ahead or 4 * max(crew.places for crew in stages))
        early: dict[int, Ended] = {}
        turn = 0
        while work.goes_on():
            for place, ended in work.some_ended():
                if not in_order:
                    yield ended
                    continue
                early[place] = ended
                while turn in early:
                    yield early.pop(turn)
                    turn += 1
    finally:
        for crew in stages:
            crew.dismiss()


class _Spread:
    """Jobs under way by their place among the items, and those that wait for each stage."""

    def __init__(self, items: Iterator[Any], stages: Sequence[Crew], ahead: int) -> None:
        self._items, self._stages, self._ahead = enumerate(items), stages, ahead
        self._most = sum(crew.places for crew in stages)
        self._waiting: list[deque[Job]] = [deque() for _ in stages]
        self._under_way: dict[int, Job] = {}
        self._next: Job | None = None
        self._take_next()

    def goes_on(self) -> bool:
        """Whether anything is left to do."""
        return bool(self._under_way) or self._next is not None

    def some_ended(self) -> list[tuple[int, Ended]]:
        """Wait until some worker reports; what ended with it, by place. Workers are busy again before this returns."""
        import ray

        crews = {report: crew for crew in self._stages for report in crew.next_reports()}
        said, _ = ray.wait(list(crews), num_returns=1, fetch_local=False)
        ended = [self._ended(job) for job in crews[said[0]].collect(said[0])]
        self._fill()
        return [each for each in ended if each is not None]

    def _ended(self, job: Job) -> tuple[int, Ended] | None:
        """How a job ended; None where it goes on, and waits for that."""
        import ray
        from ray.exceptions import RayError

        value, error = None, job.error
        if error is None and job.stage == len(self._stages):
            try:
                value = ray.get(job.made)
            except RayError as lost:
                job.start_again(lost)
        if error is None and job.deaths > _MOST_DEATHS:
            error = f"given up: {job.deaths} workers died on it ({job.trouble})"
        if error is None and job.stage < len(self._stages):
            waiting = self._waiting[job.stage]
            waiting.appendleft(job) if job.deaths else waiting.append(job)
            return None
        del self._under_way[job.place]
        return job.place, Ended(job.item, value, error, job.seconds, job.deaths)

    def _fill(self) -> None:
        for stage, crew in enumerate(self._stages):
            waiting = self._waiting[stage]
            while crew.has_room() and (waiting or (stage == 0 and self._take())):
                # Who waits for an idle worker goes first, and lets workers become idle.
                if not crew.give(waiting[0]):
                    break
                waiting.popleft()

    def _take(self) -> bool:
        """Take the next item, if there is one and not too much is under way."""
        if self._next is None or len(self._under_way) >= self._most:
            return False
        # The oldest stands first: they came in order.
        if self._next.place - next(iter(self._under_way), self._next.place) >= self._ahead:
            return False
        self._under_way[self._next.place] = self._next
        self._waiting[0].append(self._next)
        self._take_next()
        return True

    def _take_next(self) -> None:
        place, item = next(self._items, (-1, None))
        self._next = None if place < 0 else Job(item, place)
