"""All cores: pieces of work, one after another to whichever thread is free."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

import numpy as np

Piece = TypeVar("Piece")


def thread_count() -> int:
    """How many threads share the work: RELENS_THREADS, else the cores this process may use."""
    chosen = os.environ.get("RELENS_THREADS", "")
    if chosen.isdecimal() and int(chosen) > 0:
        return int(chosen)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_all_cores(work: Callable[[Piece], object], pieces: Sequence[Piece], tell: Callable[[int], None]) -> None:
    """Do `work` on every piece, which must let go of Python's lock to gain; `tell` how many were done before the last.

    What `work` or `tell` raises, an interrupt too, is raised here once the pieces under way are done; the others are
    left.
    """
    tell(0)
    with ThreadPoolExecutor(thread_count()) as threads:
        try:
            for done, future in enumerate(as_completed([threads.submit(work, piece) for piece in pieces])):
                future.result()
                tell(done)
        except BaseException:
            threads.shutdown(wait=True, cancel_futures=True)
            raise


def copied(array: np.ndarray) -> np.ndarray:
    """A copy, made on all cores: of new memory the system clears every page first, which takes longer than copying."""
    copy, count = np.empty_like(array), thread_count()
    ends = [len(array) * number // count for number in range(count + 1)]
    with ThreadPoolExecutor(count) as threads:
        list(threads.map(lambda start, end: np.copyto(copy[start:end], array[start:end]), ends, ends[1:]))
    return copy
