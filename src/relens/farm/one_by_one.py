"""One item after another in this process: what `spread` does, without a cluster."""

from collections.abc import Generator, Iterable
from typing import Any

from relens.farm.work import Ended, Work, tried


def one_by_one(items: Iterable[Any], work: Work) -> Generator[Ended, None, None]:
    """Do the work on every item; what it raises ends that item only. An interrupt ends all."""
    for item in items:
        report, value = tried(work, item)
        yield Ended(item, value, report.error, report.seconds)
