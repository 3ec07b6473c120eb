"""Job: work that waits for its turn, what is told of it, and how it is made to end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relens.progress import Progress

# Progress is passed on where it shows.
_STEP = 0.005


class Cancelled(Exception):
    """Raised inside the work of a job that nobody wants any more, or that has to end."""


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
Tell = Callable[[Word], None]


class Job:
    """Work that was given to `Jobs`.

    Attributes:
        name: nobody else's.
        owner: whose turn it takes.
        is_resumed: whether it is from an earlier server.
        first: its place in the queue when it came.
        last: the newest word.
    """

    def __init__(
        self, name: str, owner: str, work: Callable[[Progress], Any] | None, last: Word, *, is_resumed: bool = False
    ) -> None:
        """work: None for a job that is over."""
        self.is_resumed = is_resumed
        self.name, self.owner, self.work, self.last = name, owner, work, last
        self.first = last if isinstance(last, Waiting) else Waiting(0)
        self.followers: tuple[Tell, ...] = ()
        # Why it has to end at its next word of progress.
        self.interruption: Exception | None = None

    @property
    def is_over(self) -> bool:
        """Whether no other word comes."""
        return isinstance(self.last, Done | Failed)

    def tell(self, word: Word) -> None:
        """Pass a word on to who follows."""
        self.last = word
        for follower in self.followers:
            follower(word)

    def progress(self, stage: str, fraction: float) -> None:
        """Hear how far the work is. Raises Cancelled where it has to end."""
        if self.interruption is not None:
            raise Cancelled
        last = self.last
        # Engines call this from several threads; a word too many does no harm.
        if not isinstance(last, Working) or stage != last.stage or abs(fraction - last.fraction) >= _STEP:
            self.tell(Working(stage, fraction))


def worked(job: Job) -> Word:
    """Do the work; the last word."""
    assert job.work is not None
    try:
        return Done(job.work(job.progress))
    except Cancelled as cancelled:
        return Failed(job.interruption or cancelled)
    except Exception as error:  # Told to who follows; the next job has its turn in any case.
        return Failed(error)
