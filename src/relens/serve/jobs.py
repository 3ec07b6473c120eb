"""Jobs: long work, one after the other, with a bounded queue that is fair between those who order."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from relens.errors import RelensError
from relens.progress import Progress
from relens.serve.fair_queue import FairQueue
from relens.serve.job import Cancelled, Done, Failed, Job, Tell, Waiting, Word, worked
from relens.serve.refusal import Refusal

MOST_WAITING, MOST_OF_ONE = 64, 48
# Of what is over, only words are kept.
MOST_FINISHED = 64
# What a place in a full queue is waited for, told from the last few jobs.
_RECENT, _LONGEST_RETRY_S = 8, 60


class Jobs:
    """One thread that does one job at a time; it sleeps while there is none."""

    def __init__(
        self,
        on_over: Callable[[Job, Word], Word] = lambda job, word: word,
        most_waiting: int = MOST_WAITING,
        most_of_one: int = MOST_OF_ONE,
    ) -> None:
        """on_over: called from the thread with how a job ended; who follows hears what it returns."""
        self._on_over = on_over
        self._changed = threading.Condition()
        self._waiting: FairQueue[Job] = FairQueue(most_waiting, most_of_one)
        self._running: Job | None = None
        self._finished: deque[Job] = deque(maxlen=MOST_FINISHED)
        self.finished_count = 0
        self._recent_s: deque[float] = deque(maxlen=_RECENT)
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="relens-jobs")
        self._thread.start()

    @property
    def waiting(self) -> list[Job]:
        """Those that wait, as they come."""
        with self._changed:
            return self._waiting.in_order()

    @property
    def running(self) -> Job | None:
        """The one that is worked on."""
        return self._running

    @property
    def retry_after_s(self) -> int:
        """How long a job takes, to wait for a place."""
        recent_s = list(self._recent_s)
        return round(min(max(sum(recent_s) / max(len(recent_s), 1), 1.0), _LONGEST_RETRY_S))

    def all(self) -> list[Job]:
        """Those that are over, oldest first, the running one, and those that wait."""
        with self._changed:
            return [*self._finished, *([self._running] if self._running else []), *self._waiting.in_order()]

    def require_room(self, owner: str) -> None:
        """Raise Refusal where a job would have no place: 429 with the time to wait, 503 at the end."""
        with self._changed:
            self._require_room(owner)

    def add(self, name: str, owner: str, work: Callable[[Progress], Any], *, is_resumed: bool = False) -> Job:
        """Queue work, which hears of a cancel through its progress; returns at once.

        is_resumed: it had its place in the queue already, however full that is.
        Raises Refusal as `require_room`.
        """
        with self._changed:
            if not is_resumed:
                self._require_room(owner)
            job = Job(name, owner, work, Waiting(0), is_resumed=is_resumed)
            self._waiting.add(owner, job)
            self._tell_places()
            assert isinstance(job.last, Waiting)
            job.first = job.last
            self._changed.notify_all()
        return job

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added inside is taken as if it had come at once."""
        with self._changed:
            yield

    def remember(self, name: str, owner: str, word: Done | Failed) -> None:
        """Note a job of an earlier server that is over."""
        with self._changed:
            self._finished.append(Job(name, owner, None, word, is_resumed=True))

    def follow(self, job: Job, tell: Tell) -> None:
        """Tell the newest word at once and all others as they come, from any thread."""
        with self._changed:
            job.followers = (*job.followers, tell)
            tell(job.last)

    def unfollow(self, job: Job, tell: Tell) -> None:
        """Tell no more."""
        with self._changed:
            job.followers = tuple(follower for follower in job.followers if follower is not tell)

    def cancel(self, job: Job) -> bool:
        """Nobody wants a job any more: it leaves the queue, or ends at its next word of progress.

        Returns whether that was so: False for what is over, and at the end, when what waits is kept.
        """
        with self._changed:
            if job.is_over or self._is_closed:
                return False
            job.interruption = Cancelled()
            if self._waiting.remove(job.owner, job):
                job.work = None
                job.tell(Failed(Cancelled()))
                self._tell_places()
            return True

    def stop(self, reason: RelensError) -> None:
        """Take no more, and tell those who wait why; what runs goes on. Returns at once."""
        with self._changed:
            self._is_closed = True
            for job in self._waiting.clear():
                job.work = None
                job.tell(Failed(reason))
            self._changed.notify_all()

    def wait(self, longest_s: float) -> bool:
        """After `stop`: wait for what runs; whether it ended in time."""
        self._thread.join(longest_s)
        return not self._thread.is_alive()

    def interrupt(self, reason: RelensError) -> None:
        """What runs ends at its next word of progress."""
        with self._changed:
            if self._running is not None and self._running.interruption is None:
                self._running.interruption = reason

    def close(self, reason: RelensError) -> None:
        """Stop, interrupt, and wait for that."""
        self.stop(reason)
        self.interrupt(reason)
        self._thread.join()

    def _require_room(self, owner: str) -> None:
        if self._is_closed:
            raise Refusal(503, "relens view is ending; start it again")
        if self._waiting.has_room(owner):
            return
        is_full = len(self._waiting) >= self._waiting.most
        whose, count = ("", len(self._waiting)) if is_full else (" of yours", self._waiting.count_of(owner))
        line = f"{count} pictures{whose} are waiting already; try again when one is done"
        raise Refusal(429, line, retry_after_s=self.retry_after_s)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            began_s = time.monotonic()
            word = worked(job)
            said = self._on_over(job, word)
            with self._changed:
                job.work, self._running = None, None
                if isinstance(word, Done):
                    self._recent_s.append(time.monotonic() - began_s)
                    self.finished_count += 1
                self._finished.append(job)
                job.tell(said)

    def _next(self) -> Job | None:
        with self._changed:
            while not len(self._waiting) and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return None
            self._running = self._waiting.take()
            self._tell_places()
            return self._running

    def _tell_places(self) -> None:
        first = self._running is not None
        for place, job in enumerate(self._waiting.in_order(), first):
            if job.last != Waiting(place):
                job.tell(Waiting(place))
