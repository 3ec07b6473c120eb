"""The report, computed and written."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from relens.atomic import atomic_file
from relens.explain.report.findings import findings_of
from relens.explain.report.numbers import numbers_of
from relens.explain.report.page import page_of
from relens.explain.report.taken import Taken
from relens.progress import Progress, silent


@dataclass(frozen=True)
class Report:
    """What was written: the numbers (`relens.explain.report.numbers`) and the file's size."""

    numbers: dict[str, Any]
    size_bytes: int


def write_report(
    taken: Taken, path: str | os.PathLike[str], progress: Progress = silent, *, began_s: float | None = None
) -> Report:
    """Measure, photograph, and write the page, whole or not at all.

    began_s: of `time.monotonic()`, when the work on the photo began; the page then says how long all took.
    Raises FileError where it cannot be written, and as `relens.shoot` does.
    """
    import time

    measured_s = time.monotonic()
    findings = findings_of(taken, progress)
    seconds = [*taken.seconds, ("report", time.monotonic() - measured_s)]
    if began_s is not None:
        seconds.append(("all", time.monotonic() - began_s))
    findings = replace(findings, taken=replace(taken, seconds=tuple(seconds)))
    progress("write", 0.0)
    text = page_of(findings).encode()
    with atomic_file(Path(path)) as temporary:
        temporary.write_bytes(text)
    return Report(numbers_of(findings), len(text))
