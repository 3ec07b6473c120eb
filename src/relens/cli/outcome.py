"""Outcome: what a command tells the user when it is done."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """A line that sums it up, for stdout, and what the user should know about it, for stderr."""

    summary: str
    notes: tuple[str, ...] = ()

    def show(self) -> None:
        """Print the notes, a line each, then the summary."""
        for note in self.notes:
            print(f"relens: note: {note}", file=sys.stderr)
        print(self.summary)
