"""Work: what is done to an item, step by step, and what came of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from relens.errors import RelensError

# One step: (item, what the step before made of it) to a value.
Step = Callable[[Any, Any], Any]
# Steps by name, in order.
Work = Mapping[str, Step]


class Report(NamedTuple):
    """How work on an item went: the seconds of each step, and the one line that says why it failed, if it did."""

    seconds: dict[str, float]
    error: str | None


@dataclass(frozen=True)
class Ended:
    """An item that is done, or has failed for good.

    Attributes:
        item: as it was given.
        value: what the last step made of it; None where it failed.
        error: one line that says why; None where it is done.
        seconds: of every step that it went through.
        deaths: workers that died while they had it.
    """

    item: Any
    value: Any = None
    error: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    deaths: int = 0


def tried(work: Work, item: Any, made: Any = None) -> tuple[Report, Any]:
    """Do the work; what it raises becomes its report, since one broken item must not stop the others."""
    seconds: dict[str, float] = {}
    for name, step in work.items():
        began_s = time.perf_counter()
        try:
            made = step(item, made)
        except Exception as error:
            return Report({**seconds, name: time.perf_counter() - began_s}, in_one_line(error)), None
        seconds[name] = time.perf_counter() - began_s
    return Report(seconds, None), made


def in_one_line(error: BaseException) -> str:
    """What went wrong, as a command would print it."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = " ".join(str(error).split())
    return text if isinstance(error, RelensError) else f"{type(error).__name__}: {text}"
