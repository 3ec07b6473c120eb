"""Jobs: long work, one after the other, with a short queue; who no longer waits for a job frees its place."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relens.errors import RelensError
from relens.progress import Progress
from relens.serve.refusal import Refusal

MOST_WAITING = 4
# Progress is passed on where it shows.
_STEP = 0.005


class Cancelled(Exception):
    """Raised inside the work of a job that nobody wants any more."""


@dataclass(frozen=True)
class Waiting:
    """So many jobs come first."""

    before: int


@dataclass(frozen=True)
class Working:
    """How far a job is: a stage's name, and the fraction of it that is done."""

    stage: str
    fraction: float


@dataclass(frozen=True)
class Done:
    """What a job made."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """Why a job made nothing."""

    error: Exception


Word = Waiting | Working | Done | Failed


class Job:
    """Work that was given to `Jobs`."""

    def __init__(self, work: Callable[[Progress], Any], tell: Callable[[Word], None]) -> None:
        self._work, self._tell = work, tell
        self._last = Working("", 0.0)
        self.is_cancelled = False

    def tell(self, word: Word) -> None:
        """Pass a word on to who waits, if anybody does."""
        if not self.is_cancelled:
            self._tell(word)

    def run(self) -> None:
        """Do the work, and tell how it went."""
        try:
            self.tell(Done(self._work(self._progress)))
        except Exception as error:  # Told to who waits; the next job has its turn in any case.
            self.tell(Failed(error))

    def _progress(self, stage: str, fraction: float) -> None:
        if self.is_cancelled:
            raise Cancelled
        last = self._last
        # Engines call this from several threads; a word too many does no harm.
        if stage != last.stage or abs(fraction - last.fraction) >= _STEP:
            self._last = Working(stage, fraction)
            self.tell(self._last)


class Jobs:
    """One thread that does one job at a time; it sleeps while there is none."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="relens-jobs")
        self._thread.start()

    def add(self, work: Callable[[Progress], Any], tell: Callable[[Word], None]) -> Job:
        """Queue work, which hears of a cancel through its progress; returns at once.

        tell: called from any thread, first with Waiting, last with Done or Failed unless the job is cancelled.
        Raises Refusal (429) where too many wait already.
        """
        job = Job(work, tell)
        with self._changed:
            if self._is_closed:
                raise Refusal(503, "relens view is ending; start it again")
            if len(self._waiting) >= self._most_waiting:
                raise Refusal(429, f"{len(self._waiting)} pictures are waiting already; try again when one is done")
            self._waiting.append(job)
            job.tell(Waiting(self._place(job)))
            self._changed.notify_all()
        return job

    def cancel(self, job: Job) -> None:
        """Nobody waits for a job any more: it leaves the queue, or ends at its next word of progress."""
        with self._changed:
            job.is_cancelled = True
            if job in self._waiting:
                self._waiting.remove(job)
                self._tell_places()

    def stop(self) -> None:
        """Cancel all and tell who waits; returns at once."""
        ending = Failed(RelensError("relens view has ended before the picture was done"))
        with self._changed:
            self._is_closed = True
            for job in [*self._waiting, *([self._running] if self._running else [])]:
                job.tell(ending)
                job.is_cancelled = True
            self._waiting.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Cancel all, and wait for the one that is running to end."""
        self.stop()
        self._thread.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()

    def _next(self) -> Job | None:
        with self._changed:
            self._running = None
            while not self._waiting and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return None
            self._running = self._waiting.popleft()
            self._tell_places()
            return self._running

    def _tell_places(self) -> None:
        for job in self._waiting:
            job.tell(Waiting(self._place(job)))

    def _place(self, job: Job) -> int:
        return self._waiting.index(job) + (self._running is not None)
